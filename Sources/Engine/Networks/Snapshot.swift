import Basics
import Kernels

/// A training between two steps, as named tensors and text: all that is needed to go on in the same bits.
///
/// `conv1.weight` … `fc8.bias` are the parameters in the engine's layout (convolutions [outputs, kernel, kernel, inputs],
/// fully connected [outputs, inputs]), `bn1.running_mean` … what layers keep without learning it, `momentum.conv1.weight` … the
/// velocities, `input.mean` what is subtracted from the images.
public struct Snapshot: Sendable {
  /// In the network's order, names unique. Those of ``Trainer/snapshot()`` are windows into the live training: use
  /// them before its next step.
  public var tensors: [(name: String, tensor: Tensor)]
  /// `network`, `classes`, `seed`, `step`, `epoch`, `validated` (the last step that was), `losses` (what the watch over them
  /// remembers).
  public var metadata: [String: String]

  package static let mean = "input.mean"
  package static let momentum = "momentum."

  public init(tensors: [(name: String, tensor: Tensor)], metadata: [String: String]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of that name.
  /// - Throws: a ``Problem`` where it is missing, or of another shape than `shape` (nil: any).
  public func tensor(_ name: String, shape: [Int]? = nil) throws(Problem) -> Tensor {
    guard let tensor = tensors.first(where: { $0.name == name })?.tensor else {
      throw Problem("the checkpoint does not fit the network", at: name, expected: "this tensor", found: "none", kind: .data)
    }
    if let shape, tensor.shape != shape {
      throw Problem(
        "the checkpoint does not fit the network", at: name, expected: describe(shape), found: describe(tensor.shape), kind: .data)
    }
    return tensor
  }

  /// - Throws: a ``Problem`` where there is no such entry, or it is no whole number ≥ 0.
  package func number(_ key: String) throws(Problem) -> Int {
    guard let value = metadata[key].flatMap({ Int($0) }), value >= 0 else {
      throw Problem(
        "the checkpoint does not record the state of the training", at: key, expected: "a whole number",
        found: metadata[key] ?? "nothing", kind: .data)
    }
    return value
  }

  /// Fills a network's parameters and state.
  /// - Throws: a ``Problem`` naming the first tensor that is missing or of another shape; the network is then unchanged.
  public func restore(_ network: Network) throws(Problem) {
    try restore(
      network.parameters + network.state, into: network.values + network.stateValues, prefix: "", network.backend)
  }

  package func restore(
    _ parameters: [Parameter], into targets: [Tensor], prefix: String, _ backend: any Backend
  ) throws(Problem) {
    var sources: [Tensor] = []
    for parameter in parameters { sources.append(try tensor(prefix + parameter.name, shape: parameter.shape)) }
    for (source, target) in zip(sources, targets) { backend.copy(source, to: target) }
  }
}
