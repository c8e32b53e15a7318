import Basics
import Kernels

/// A convolution with square kernels, zero padding and groups (Krizhevsky et al. 2012): output channels of group i see
/// the input channels of group i alone. Where batch normalisation follows it needs no bias.
public struct Convolution: Layer {
  public let name: String
  public internal(set) var source: String?
  let outputs, kernel, groups: Int
  public let stride: Int
  var padding: Int
  public internal(set) var learns = true
  let weight: Initialization
  let bias: Float?

  /// - Parameters:
  ///   - source: the layer whose output it reads; nil: the one in front.
  ///   - bias: what biases begin with; nil: there are none.
  public init(
    _ name: String, from source: String? = nil, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, weight: Initialization, bias: Float? = 0
  ) {
    self.name = name
    self.source = source
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
    self.weight = weight
    self.bias = bias
  }

  public var canFuseReLU: Bool { true }
  public var backwardReads: BackwardReads { .input }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    let (height, width, channels) = try image(input)
    guard min(height, width) + 2 * padding >= kernel else { throw tooSmall(input, kernel: kernel - 2 * padding) }
    guard channels % groups == 0, outputs % groups == 0 else {
      throw Problem(
        "the layer's groups do not divide its channels", at: name, expected: "multiples of \(groups)",
        found: "\(channels) in, \(outputs) out")
    }
    let shape = geometry(height, width, channels)
    return [shape.outputHeight, shape.outputWidth, outputs]
  }

  public func parameters(for input: [Int]) -> [Parameter] {
    let shape = geometry(input[0], input[1], input[2])
    let weights = Parameter.weight(of: name, shape: shape.weightShape, fanIn: shape.fanIn, weight)
    return [weights] + (bias.map { [.bias(of: name, count: outputs, fanIn: shape.fanIn, value: $0)] } ?? [])
  }

  public func multiplyAdds(for input: [Int]) -> Int { geometry(input[0], input[1], input[2]).multiplyAdds }

  public func backendScratch(input: [Int], batch: Int, backend: any Backend) -> Int {
    backend.scratchFloats(geometry(input[0], input[1], input[2]), batch: batch)
  }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.convolutionForward(
      geometry(of: tensors.input), input: tensors.input, weights: tensors.parameters[0],
      bias: bias == nil ? nil : tensors.parameters[1], relu: tensors.fusedReLU, output: tensors.output)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    let shape = geometry(of: tensors.input)
    let outputGradient = tensors.outputGradient!
    if learns {
      backend.convolutionWeightGradient(
        shape, input: tensors.input, outputGradient: outputGradient, weightGradient: tensors.gradients[0].values!,
        biasGradient: bias == nil ? nil : tensors.gradients[1].values)
    }
    if let inputGradient = tensors.inputGradient {
      backend.convolutionDataGradient(
        shape, outputGradient: outputGradient, weights: tensors.parameters[0], inputGradient: inputGradient)
    }
  }

  private func geometry(of batch: Tensor) -> ConvolutionShape {
    geometry(batch.shape[1], batch.shape[2], batch.shape[3])
  }

  private func geometry(_ height: Int, _ width: Int, _ channels: Int) -> ConvolutionShape {
    ConvolutionShape(
      height: height, width: width, channels: channels, outputs: outputs, kernel: kernel, stride: stride,
      padding: padding, groups: groups)
  }
}
