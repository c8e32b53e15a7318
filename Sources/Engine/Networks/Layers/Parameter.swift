import Kernels
import Settings

/// A tensor that a layer learns: how it is named, shaped, first filled and trained.
public struct Parameter: Equatable, Sendable {
  /// `conv1.weight`, `fc8.bias`.
  public var name: String
  public var shape: [Int]
  public var initialization: Initialization
  /// The inputs to one output.
  public var fanIn: Int
  /// Factors of the solver's rate and weight decay (Caffe's `lr_mult` and `decay_mult`).
  public var rateFactor: Float
  public var decayFactor: Float

  public var count: Int { shape.reduce(1, *) }
  /// The name of its layer: `layer1.0.conv1` of `layer1.0.conv1.weight`.
  package var layer: String { String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]) }

  /// Weights learn at the solver's rate and decay.
  static func weight(of layer: String, shape: [Int], fanIn: Int, _ initialization: Initialization) -> Parameter {
    Parameter(
      name: layer + ".weight", shape: shape, initialization: initialization, fanIn: fanIn, rateFactor: 1,
      decayFactor: 1)
  }

  /// Biases learn at twice the rate and do not decay (Caffe's AlexNet).
  static func bias(of layer: String, count: Int, fanIn: Int, value: Float) -> Parameter {
    Parameter(
      name: layer + ".bias", shape: [count], initialization: .constant(value), fanIn: fanIn, rateFactor: 2,
      decayFactor: 0)
  }
}

/// What a parameter is before training.
public enum Initialization: Equatable, Sendable {
  case constant(Float)
  /// Normal, mean 0, this standard deviation.
  case gaussian(Float)
  /// Normal, mean 0, variance 2 / fan-in: keeps the variance of activations through ReLUs (He et al. 2015,
  /// arXiv:1502.01852, eq. 10).
  case he
  /// Uniform, mean 0, variance 1 / fan-in.
  case xavier

  /// What draws its numbers draws them so; constants stay.
  func replaced(by weights: WeightInitialization?) -> Initialization {
    if case .constant = self { return self }
    return switch weights {
    case .he: .he
    case .xavier: .xavier
    case .gaussian(let std): .gaussian(std)
    case nil: self
    }
  }

  /// Fills `tensor`; the value at each place depends on `key` and the place alone.
  package func fill(_ tensor: Tensor, fanIn: Int, key: UInt64) {
    let elements = tensor.elements
    let deviation: Float
    switch self {
    case .constant(let value):
      elements.update(repeating: value)
      return
    case .gaussian(let value): deviation = value
    case .he: deviation = (2 / Float(fanIn)).squareRoot()
    case .xavier:
      let (random, limit) = (CounterRandom(key), (3 / Float(fanIn)).squareRoot())
      for place in 0..<elements.count { elements[place] = limit * (2 * random.uniform(place) - 1) }
      return
    }
    // Box–Muller: two independent normal numbers from each pair of uniform ones.
    let random = CounterRandom(key)
    for pair in stride(from: 0, to: elements.count, by: 2) {
      let radius = deviation * (-2 * Float(naturalLogarithm(Double(1 - random.uniform(pair))))).squareRoot()
      let (cosine, sine) = cosineAndSine(turns: Double(random.uniform(pair + 1)))
      elements[pair] = radius * Float(cosine)
      if pair + 1 < elements.count { elements[pair + 1] = radius * Float(sine) }
    }
  }
}
