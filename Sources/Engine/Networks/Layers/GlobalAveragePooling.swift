import Basics
import Kernels

/// The mean of each channel over a square image: a flat row of channels (Lin, Chen, Yan 2013, arXiv:1312.4400, §3.2).
public struct GlobalAveragePooling: Layer {
  public let name: String

  public init(_ name: String) { self.name = name }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] {
    let (height, width, channels) = try image(input)
    guard height == width else {
      throw Problem(
        "the layer does not fit the one before it", at: name, expected: "a square image", found: describe(input))
    }
    return [channels]
  }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.averagePoolForward(geometry(of: tensors.input), input: tensors.input, output: tensors.output)
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let inputGradient = tensors.inputGradient else { return }
    backend.averagePoolGradient(
      geometry(of: tensors.input), outputGradient: tensors.outputGradient!, inputGradient: inputGradient)
  }

  private func geometry(of batch: Tensor) -> PoolShape {
    let (side, channels) = (batch.shape[1], batch.shape[3])
    return PoolShape(height: side, width: side, channels: channels, kernel: side, stride: 1)
  }
}
