import Basics

/// How one label set differs from another of the same dataset.
public struct LabelSetDiff: Equatable, Sendable, Codable {
  /// How A's classes lie to B's, on the fine classes that both hold, whatever the classes are called.
  public enum Relation: String, Codable, Sendable {
    case equal
    /// Every class of A lies in one of B.
    case finer
    /// Every class of B lies in one of A.
    case coarser
    case crossing
    /// No fine class is in both.
    case disjoint
  }

  /// A fine class that is in one class of A and in another of B.
  public struct Move: Equatable, Sendable, Codable {
    public var fine, from, to: String
  }

  public let relation: Relation
  /// Target classes (wnids) that only one of them has.
  public let onlyInA, onlyInB: [String]
  /// Fine classes that only one of them holds; the other leaves them out.
  public let heldOnlyByA, heldOnlyByB: [String]
  public let moved: [Move]
  /// How many classes are in both: the same fine classes, whatever they are called together.
  public let equalClasses: Int
  /// How many of these have another wnid in each.
  public let renamedClasses: Int
  /// How far the groupings lie apart, on the fine classes that both hold; nil where there is none.
  public let distance: PartitionDistance?

  /// - Throws: a ``Problem`` where they are of two datasets.
  public init(_ a: LabelSet, _ b: LabelSet) throws(Problem) {
    guard a.dataset == b.dataset else {
      throw Problem(
        "cannot compare label sets of two datasets", at: "\(a.name), \(b.name)", expected: a.dataset, found: b.dataset)
    }
    let nameInA = Dictionary(a.classes.map { ($0.members, $0.wnid) }) { first, _ in first }
    // A's name of each class of B that has the same fine classes.
    let twins = Dictionary(b.classes.compactMap { one in nameInA[one.members].map { (one.wnid, $0) } }) { first, _ in first }
    let (inA, inB) = (Self.targets(a), Self.targets(b))
    let (namesInA, paired) = (Set(a.classes.map(\.wnid)), Set(twins.values))
    let unpairedInB = Set(b.classes.map(\.wnid).filter { twins[$0] == nil })
    onlyInA = namesInA.subtracting(paired).subtracting(unpairedInB).sorted()
    onlyInB = unpairedInB.subtracting(namesInA.subtracting(paired)).sorted()
    heldOnlyByA = inA.keys.filter { inB[$0] == nil }.sorted()
    heldOnlyByB = inB.keys.filter { inA[$0] == nil }.sorted()
    let common = inA.keys.filter { inB[$0] != nil }.sorted()
    moved = common.filter { twins[inB[$0]!] == nil && inA[$0] != inB[$0] }.map { Move(fine: $0, from: inA[$0]!, to: inB[$0]!) }
    equalClasses = twins.count
    renamedClasses = twins.count { $0.key != $0.value }
    distance = common.isEmpty ? nil : PartitionDistance(common.map { (inA[$0]!, inB[$0]!) })

    let finer = Self.isFunction(common.map { (inA[$0]!, inB[$0]!) })
    let coarser = Self.isFunction(common.map { (inB[$0]!, inA[$0]!) })
    relation =
      switch (finer, coarser) {
      case _ where common.isEmpty: .disjoint
      case (true, true): .equal
      case (true, false): .finer
      case (false, true): .coarser
      case (false, false): .crossing
      }
  }

  /// The target class of each fine class that is not left out.
  private static func targets(_ set: LabelSet) -> [String: String] {
    var targets: [String: String] = [:]
    for target in set.classes {
      for member in target.members { targets[member] = target.wnid }
    }
    return targets
  }

  /// Whether each first goes with one second only.
  private static func isFunction(_ pairs: [(String, String)]) -> Bool {
    var image: [String: String] = [:]
    return pairs.allSatisfy { first, second in
      if let known = image[first] { return known == second }
      image[first] = second
      return true
    }
  }
}
