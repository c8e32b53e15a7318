import Datasets
import Taxonomy

/// Whether a neighbour is what its query is (Huh, Agrawal, Efros 2016, Fig. 5).
public enum Verdict: String, Codable, Sendable, CaseIterable {
  /// The same fine class: green, ✓.
  case fine
  /// Another fine class, but the same coarse class: orange, ≈.
  case coarse
  /// Neither: red, ✗.
  case wrong

  /// Says the verdict where there is no colour.
  public var glyph: String {
    switch self {
    case .fine: "✓"
    case .coarse: "≈"
    case .wrong: "✗"
    }
  }
}

/// Judges neighbours by the fine classes of a dataset and the coarse classes of a label set.
///
/// A fine class that the label set leaves out belongs to no coarse class: its images are right only
/// among themselves, finely.
public struct Judge: Sendable {
  /// The coarse class of each fine class by the dataset's index, −1 where it is left out.
  public let coarse: [Int32]

  /// - Parameter classes: the dataset's fine classes in index order.
  public init(_ labelSet: LabelSet, classes: [FineClass]) {
    coarse = labelSet.targets(for: classes.map(\.wnid))
  }

  /// - Parameters: the fine labels of both images; a label that the dataset does not have is wrong.
  public func verdict(query: Int32, neighbor: Int32) -> Verdict {
    let known = 0..<Int32(coarse.count)
    guard known.contains(query), known.contains(neighbor) else { return .wrong }
    if query == neighbor { return .fine }
    let target = coarse[Int(query)]
    return target >= 0 && target == coarse[Int(neighbor)] ? .coarse : .wrong
  }

  /// The same where there may be no coarse classes: then a neighbour is right or wrong.
  public static func verdict(_ judge: Judge?, query: Int32, neighbor: Int32) -> Verdict {
    judge?.verdict(query: query, neighbor: neighbor) ?? (query == neighbor ? .fine : .wrong)
  }
}

extension LabelSet {
  /// Whether a fine class is a class of its own.
  public func holds(_ fine: String) -> Bool { classes.contains { $0.members == [fine] } }
}
