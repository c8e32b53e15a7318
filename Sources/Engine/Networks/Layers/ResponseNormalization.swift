import Basics
import Kernels

/// Local response normalisation across neighbouring channels (Krizhevsky et al. 2012, §3.3):
/// y = x / (k + (α/n) Σ x²)^β.
public struct ResponseNormalization: Layer {
  public let name: String
  let constants: LocalResponse

  public init(_ name: String, _ constants: LocalResponse = LocalResponse()) {
    self.name = name
    self.constants = constants
  }

  public var turnsGradientInPlace: Bool { true }
  public var backwardReads: BackwardReads { .input }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    _ = try image(input)
    return input
  }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.lrnForward(constants, input: tensors.input, output: tensors.output)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let inputGradient = tensors.inputGradient else { return }
    backend.lrnGradient(
      constants, input: tensors.input, outputGradient: tensors.outputGradient!, inputGradient: inputGradient)
  }
}
