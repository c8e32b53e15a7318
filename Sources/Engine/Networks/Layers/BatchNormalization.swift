import Basics
import Kernels

/// Gives every channel mean 0 and variance 1 over the batch and its pixels, then a learned scale and shift (Ioffe and Szegedy
/// 2015, arXiv:1502.03167). Inference takes running averages instead, which training moves along.
///
/// Parameters and state are named as in PyTorch: `weight`, `bias`, `running_mean`, `running_var`.
public struct BatchNormalization: Layer {
  public let name: String
  let constants: BatchNorm
  /// Frozen, it takes the running averages in training too, and leaves them and its scale and shift alone: one image's say nothing.
  public internal(set) var learns = true

  public init(_ name: String, _ constants: BatchNorm = BatchNorm()) {
    self.name = name
    self.constants = constants
  }

  public var canFuseReLU: Bool { true }
  public var backwardReads: BackwardReads { .input }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    _ = try image(input)
    return input
  }

  public func parameters(for input: [Int]) -> [Parameter] {
    [channelwise(".weight", input, 1), channelwise(".bias", input, 0)]
  }

  public func state(for input: [Int]) -> [Parameter] {
    [channelwise(".running_mean", input, 0), channelwise(".running_var", input, 1)]
  }

  /// Mean and inverse deviation of each channel.
  public func scratch(for input: [Int]) -> Scratch? { .batch([2, input[2]]) }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.batchNormForward(
      constants, input: tensors.input, weight: tensors.parameters[0], bias: tensors.parameters[1],
      runningMean: tensors.state[0], runningVariance: tensors.state[1], fromBatch: learns && phase != .inference,
      relu: tensors.fusedReLU, statistics: tensors.scratch!, output: tensors.output)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.batchNormGradient(
      input: tensors.input, weight: tensors.parameters[0], statistics: tensors.scratch!,
      outputGradient: tensors.outputGradient!, fromBatch: learns && phase != .inference, inputGradient: tensors.inputGradient,
      weightGradient: learns ? tensors.gradients[0].values! : nil, biasGradient: learns ? tensors.gradients[1].values! : nil)
  }

  private func channelwise(_ suffix: String, _ input: [Int], _ value: Float) -> Parameter {
    Parameter(
      name: name + suffix, shape: [input[2]], initialization: .constant(value), fanIn: 1, rateFactor: 1, decayFactor: 1)
  }
}
