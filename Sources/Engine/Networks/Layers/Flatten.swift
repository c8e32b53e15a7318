import Basics
import Kernels

/// Sees an image as one row of features, in the order height, width, channel. Nothing moves.
public struct Flatten: Layer {
  public let name: String

  public init(_ name: String) { self.name = name }

  public var isInPlace: Bool { true }
  public var flattensImages: Bool { true }
  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { [input.reduce(1, *)] }
  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {}
  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {}
}
