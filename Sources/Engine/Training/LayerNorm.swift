import Kernels
import Networks

/// How large the numbers of one layer are at one step: what tells a dying or a bursting signal from a healthy one.
public struct LayerNorm: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// The root mean square of an activation over the batch, so that it depends on neither batch nor shape; about 1 in a
    /// healthy network.
    case activation
    /// The Euclidean norm of a parameter's gradient, before the update.
    case gradient
  }

  /// What is measured.
  public struct Place: Hashable, Sendable {
    public var kind: Kind
    /// A layer (`conv1`) or a parameter (`conv1.weight`).
    public var name: String

    public init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }

    /// How event files name it: `norm/gradient/conv1.weight`.
    public var tag: String { "norm/\(kind.rawValue)/\(name)" }

    /// Nil where the text is no ``tag``.
    package init?(tag: String) {
      let parts = tag.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "norm", let kind = Kind(rawValue: String(parts[1])) else { return nil }
      self.init(kind, String(parts[2]))
    }
  }

  public var place: Place
  public var value: Float

  public init(_ place: Place, _ value: Float) {
    self.place = place
    self.value = value
  }
}

extension Network {
  /// The norms of the activations of the last pass. In-place layers have none of their own: `conv1` is measured after its ReLU.
  func activationNorms(in pass: Pass) -> [LayerNorm] {
    layers.indices.compactMap { index in
      let layer = layers[index]
      guard !layer.isInPlace, let activation = activation(of: index, in: pass) else { return nil }
      let mean = backend.squaredNorm(activation) / Double(max(activation.count, 1))
      return LayerNorm(.init(.activation, layer.name), Float(mean.squareRoot()))
    }
  }

  /// The norm of the gradient of one of the `parameters`.
  package func norm(of gradient: Gradient, of parameter: Int) -> LayerNorm {
    LayerNorm(.init(.gradient, parameters[parameter].name), Float(backend.squaredNorm(gradient).squareRoot()))
  }
}
