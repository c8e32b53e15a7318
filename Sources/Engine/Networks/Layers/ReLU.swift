import Basics
import Kernels

/// max(0, x), in place (Nair and Hinton 2010). Forward has nothing left to do where the layer in front applies it.
public struct ReLU: Layer {
  public let name: String

  public init(_ name: String) { self.name = name }

  public var isInPlace: Bool { true }
  public var isReLU: Bool { true }
  public var isElementwise: Bool { true }
  public var canBeginNetwork: Bool { false }
  public var backwardReads: BackwardReads { .output }
  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { input }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    if !tensors.fusedReLU { backend.reluForward(input: tensors.input, output: tensors.output) }
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.reluGradient(output: tensors.output, gradient: tensors.outputGradient!)
  }
}
