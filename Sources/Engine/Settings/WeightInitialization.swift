/// How the weights of a network are drawn at random, whatever its authors did. Biases and what batch normalisation learns keep their constants.
public enum WeightInitialization: Codable, Equatable, Sendable {
  /// Normal with variance 2 / fan-in (He et al. 2015, arXiv:1502.01852, eq. 10).
  case he
  /// Uniform with variance 1 / fan-in, as Caffe's filler of this name (after Glorot and Bengio 2010).
  case xavier
  /// Normal with this standard deviation.
  case gaussian(Float)

  /// Reads what ``text`` writes: `he`, `xavier`, `gaussian:STD`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "he": self = .he
    case "xavier": self = .xavier
    default:
      guard text.hasPrefix("gaussian:"), let std = Float(text.dropFirst(9)), std > 0, std.isFinite else { return nil }
      self = .gaussian(std)
    }
  }

  public var text: String {
    switch self {
    case .he: "he"
    case .xavier: "xavier"
    case .gaussian(let std): "gaussian:\(std)"
    }
  }
}
