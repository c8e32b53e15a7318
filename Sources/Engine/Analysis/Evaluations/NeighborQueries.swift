import Basics
import Datasets

/// The images whose neighbours are asked for. As text: `3` (of val), `train/3`, the path of a picture, `val` for all validation images, `val:1000` for
/// so many of them, evenly drawn.
public enum NeighborQueries: Hashable, Sendable, Codable, CustomStringConvertible {
  case image(Split, Int)
  /// From elsewhere.
  case picture(file: String)
  /// Nil: all of them.
  case validation(Int?)

  public init(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let split = parts.count == 2 ? Split(rawValue: String(parts[0])) : parts.count == 1 ? .val : nil
    if let split, let index = Int(parts[parts.count - 1]) {
      self = .image(split, index)
    } else if text == "val" {
      self = .validation(nil)
    } else if text.hasPrefix("val:"), let count = Int(text.dropFirst(4)), count > 0 {
      self = .validation(count)
    } else {
      self = .picture(file: text)
    }
  }

  public var description: String {
    switch self {
    case .image(.val, let index): "\(index)"
    case .image(.train, let index): "train/\(index)"
    case .validation(let count): "val" + (count.map { ":\($0)" } ?? "")
    // A file may be called as an image is.
    case .picture(let path): if case .picture = Self(path) { path } else { "./" + path }
    }
  }

  public init(from decoder: any Decoder) throws { self = Self(try String(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }

  /// One query, as it is searched for, with its name and class.
  /// - Throws: a ``Problem`` where there is no such image, or the file is none.
  func single(of dataset: any Dataset) throws(Problem) -> (query: NeighborQuery, name: String, label: Int32?)? {
    switch self {
    case .validation: return nil
    case .picture(let path): return (.picture(try Picture(file: path)), path, nil)
    case .image(let split, let index):
      let labels = dataset.labels(split)
      guard labels.indices.contains(index) else {
        throw Problem(
          split == .val ? "there is no such validation image" : "there is no such training image", at: description,
          expected: "an index below \(labels.count), or a file", advice: "a file of that name is ./\(description)", kind: .notFound)
      }
      return (.image(split, index), dataset.identifier(split, index), labels[index])
    }
  }
}
