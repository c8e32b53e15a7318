import Basics
import Kernels

/// The largest or the mean value of each window, channel by channel; sizes round up (Caffe's rule) or down (torchvision's).
public struct Pooling: Layer {
  public enum Kind: Sendable { case max, average }

  public let name: String
  let kind: Kind
  let kernel: Int
  public let stride: Int
  var padding: Int
  var roundsUp: Bool

  public init(
    _ name: String, _ kind: Kind = .max, kernel: Int, stride: Int, padding: Int = 0, roundsUp: Bool = true
  ) {
    precondition(padding < kernel, "windows of \(kernel) can lie wholly in a padding of \(padding)")
    self.name = name
    self.kind = kind
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.roundsUp = roundsUp
  }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    let (height, width, channels) = try image(input)
    guard min(height, width) + 2 * padding >= kernel else { throw tooSmall(input, kernel: kernel - 2 * padding) }
    return geometry(height, width, channels).outputShape
  }

  /// Which input of each window was the largest.
  public func scratch(for input: [Int]) -> Scratch? {
    kind == .max ? .image(geometry(input[0], input[1], input[2]).outputShape) : nil
  }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    let shape = geometry(of: tensors.input)
    switch kind {
    case .max:
      backend.maxPoolForward(
        shape, input: tensors.input, output: tensors.output,
        choices: tensors.outputGradient == nil ? nil : tensors.scratch)
    case .average: backend.averagePoolForward(shape, input: tensors.input, output: tensors.output)
    }
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let inputGradient = tensors.inputGradient else { return }
    let shape = geometry(of: tensors.input)
    switch kind {
    case .max:
      backend.maxPoolGradient(
        shape, choices: tensors.scratch!, outputGradient: tensors.outputGradient!, inputGradient: inputGradient)
    case .average:
      backend.averagePoolGradient(
        shape, outputGradient: tensors.outputGradient!, inputGradient: inputGradient)
    }
  }

  private func geometry(of batch: Tensor) -> PoolShape { geometry(batch.shape[1], batch.shape[2], batch.shape[3]) }

  private func geometry(_ height: Int, _ width: Int, _ channels: Int) -> PoolShape {
    PoolShape(
      height: height, width: width, channels: channels, kernel: kernel, stride: stride, padding: padding,
      roundsUp: roundsUp)
  }
}

extension PoolShape {
  /// The shape of the output for one image.
  fileprivate var outputShape: [Int] { [outputHeight, outputWidth, channels] }
}
