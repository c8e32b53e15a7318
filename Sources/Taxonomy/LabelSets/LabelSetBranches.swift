/// Where the members of each class of a label set are in another one: the difference of two sets class by class, small enough
/// to be read.
///
/// A class that both have, with the same members, is in no branch. One that the other set divides is a branch with a part for each
/// class that has some of its members; what it divides into is then no branch of its own. So a class that was folded, or
/// unfolded, is one branch, and only where the sets cross a fine class is in two.
public struct LabelSetBranches: Equatable, Sendable, Codable {
  public enum Side: String, Codable, Sendable {
    case a, b
  }

  public struct Part: Equatable, Sendable, Codable {
    /// The class of the other set; nil: the other set leaves these fine classes out.
    public var wnid, name: String?
    /// How many of the branch's fine classes are in it.
    public var fineClasses: Int

    public init(wnid: String?, name: String?, fineClasses: Int) {
      (self.wnid, self.name, self.fineClasses) = (wnid, name, fineClasses)
    }
  }

  public struct Branch: Equatable, Sendable, Codable {
    /// Which set has this class; its parts are in the other.
    public var side: Side
    public var wnid, name: String
    public var fineClasses: Int
    /// The larger first; those that are left out last.
    public var parts: [Part]

    public init(side: Side, wnid: String, name: String, fineClasses: Int, parts: [Part]) {
      (self.side, self.wnid, self.name, self.fineClasses, self.parts) = (side, wnid, name, fineClasses, parts)
    }
  }

  /// By wnid; where both sets have a branch of one wnid, A's first.
  public let branches: [Branch]

  public init(_ a: LabelSet, _ b: LabelSet) {
    let ofA = Self.branches(of: a, in: b, side: .a), ofB = Self.branches(of: b, in: a, side: .b)
    let partsOfB = Dictionary(ofB.map { ($0.wnid, $0.parts.count) }) { first, _ in first }
    let kept =
      ofA.filter { branch in
        guard branch.parts.count == 1, let only = branch.parts[0].wnid else { return true }
        // It is a part of that one's branch, or the two hold the same: then it is told once, and only if the names differ.
        return partsOfB[only] == 1 && only != branch.wnid
      } + ofB.filter { $0.parts.count > 1 || $0.parts[0].wnid == nil }
    branches = kept.sorted { ($0.wnid, $0.side.rawValue) < ($1.wnid, $1.side.rawValue) }
  }

  private static func branches(of set: LabelSet, in other: LabelSet, side: Side) -> [Branch] {
    var targets: [String: Int] = [:]
    for (index, target) in other.classes.enumerated() {
      for member in target.members { targets[member] = index }
    }
    return set.classes.map { target in
      var counts: [Int: Int] = [:]
      for member in target.members { counts[targets[member] ?? -1, default: 0] += 1 }
      // Those that are left out come last, whatever their number.
      let order = counts.sorted { ($0.key < 0 ? 1 : 0, -$0.value, $0.key) < ($1.key < 0 ? 1 : 0, -$1.value, $1.key) }
      return Branch(
        side: side, wnid: target.wnid, name: target.name, fineClasses: target.members.count,
        parts: order.map { index, count in
          let found = index < 0 ? nil : other.classes[index]
          return Part(wnid: found?.wnid, name: found?.name, fineClasses: count)
        })
    }
  }
}
