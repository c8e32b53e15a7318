import Basics
import Kernels

/// Adds another layer's output to that of the layer in front, in place: where a residual block's shortcut comes back
/// (He et al. 2015, arXiv:1512.03385, eq. 1).
public struct Sum: Layer {
  public let name: String
  public let shortcut: String?

  public init(_ name: String, with shortcut: String) {
    self.name = name
    self.shortcut = shortcut
  }

  public var isInPlace: Bool { true }
  public var canBeginNetwork: Bool { false }
  public var canFuseReLU: Bool { true }
  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { input }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    backend.add(tensors.shortcut!, to: tensors.output, relu: tensors.fusedReLU)
  }

  /// The gradient of each summand is that of the sum; the first one's is its window already.
  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let gradient = tensors.shortcutGradient else { return }
    if tensors.addsToShortcutGradient {
      backend.add(tensors.outputGradient!, to: gradient)
    } else {
      backend.copy(tensors.outputGradient!, to: gradient)
    }
  }
}
