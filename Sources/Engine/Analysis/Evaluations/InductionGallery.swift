import Basics

/// The images among which induction looks for neighbours.
public enum InductionGallery: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The training images of the tested classes (the paper's).
  case train
  /// Their validation images; an image is never its own neighbour.
  case val
  /// So many of each class's training images, drawn as a label set's budget of images is.
  case perClass(Int)

  /// - Throws: a ``Problem`` that shows the forms.
  public init(_ text: String) throws(Problem) {
    switch text {
    case "train": self = .train
    case "val": self = .val
    default:
      guard let count = Int(text), count > 0 else {
        throw Problem("there is no such gallery", at: text, expected: "train, val, or a number of training images per class", kind: .usage)
      }
      self = .perClass(count)
    }
  }

  public var description: String {
    switch self {
    case .train: "all training images of these classes"
    case .val: "the other validation images of these classes"
    case .perClass(let count): "\(counted(count, "training image")) per class"
    }
  }

  public init(from decoder: any Decoder) throws {
    self = try Self(String(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .train: try "train".encode(to: encoder)
    case .val: try "val".encode(to: encoder)
    case .perClass(let count): try "\(count)".encode(to: encoder)
    }
  }
}
