import Basics
import Kernels

/// Every output is a weighted sum of all inputs: output = input · weightsᵀ + bias.
public struct FullyConnected: Layer {
  public let name: String
  public let source: String?
  let outputs: Int
  let weight: Initialization
  let bias: Float

  /// - Parameter source: the layer whose output it reads; nil: the one in front.
  public init(_ name: String, from source: String? = nil, outputs: Int, weight: Initialization, bias: Float = 0) {
    self.name = name
    self.source = source
    self.outputs = outputs
    self.weight = weight
    self.bias = bias
  }

  public var canFuseReLU: Bool { true }
  public var backwardReads: BackwardReads { .input }
  public var weightGradientIsProduct: Bool { true }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    guard input.count == 1 else {
      throw Problem(
        "the layer does not fit the one before it", at: name, expected: "a flat input", found: describe(input),
        advice: "put a Flatten in front")
    }
    return [outputs]
  }

  public func parameters(for input: [Int]) -> [Parameter] {
    [
      .weight(of: name, shape: [outputs, input[0]], fanIn: input[0], weight),
      .bias(of: name, count: outputs, fanIn: input[0], value: bias),
    ]
  }

  public func multiplyAdds(for input: [Int]) -> Int { input[0] * outputs }

  public func backendScratch(input: [Int], batch: Int, backend: any Backend) -> Int {
    backend.scratchFloats(outputs: outputs, inputs: input[0], batch: batch)
  }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.fullyConnectedForward(
      input: tensors.input, weights: tensors.parameters[0], bias: tensors.parameters[1], relu: tensors.fusedReLU,
      output: tensors.output)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    let outputGradient = tensors.outputGradient!
    backend.fullyConnectedWeightGradient(
      input: tensors.input, outputGradient: outputGradient, weightGradient: tensors.gradients[0].values,
      biasGradient: tensors.gradients[1].values!)
    if let inputGradient = tensors.inputGradient {
      backend.fullyConnectedDataGradient(
        outputGradient: outputGradient, weights: tensors.parameters[0], inputGradient: inputGradient)
    }
  }
}
