import Basics

/// What a label set is while it is being made: the target node of every fine class, on a tree.
///
/// Every fine class lies at or below its target. Each clustering takes a partition and makes a coarser or a
/// smaller one.
public struct Partition: Equatable, Sendable {
  public let hierarchy: Hierarchy
  /// The target node of each fine class, −1 where the class is left out.
  public internal(set) var targets: [Int32]

  /// Every fine class is a class of its own.
  public init(_ hierarchy: Hierarchy) {
    self.hierarchy = hierarchy
    targets = hierarchy.nodeOfFine
  }

  init(_ hierarchy: Hierarchy, targets: [Int32]) {
    self.hierarchy = hierarchy
    self.targets = targets
  }

  /// The nodes that are classes, in the order of their wnids.
  public var classes: [Int] {
    var isClass = BitSet(count: hierarchy.count)
    for target in targets where target >= 0 { isClass[Int(target)] = true }
    return isClass.members.sorted { hierarchy.id($0) < hierarchy.id($1) }
  }

  /// The number of classes.
  public var count: Int {
    var isClass = BitSet(count: hierarchy.count)
    var count = 0
    for target in targets where target >= 0 && !isClass[Int(target)] {
      isClass[Int(target)] = true
      count += 1
    }
    return count
  }

  /// Replaces the target of every fine class that is not left out.
  mutating func mapTargets(_ change: (Int) -> Int) {
    for fine in targets.indices where targets[fine] >= 0 { targets[fine] = Int32(change(Int(targets[fine]))) }
  }

  /// Leaves out the fine classes whose target does not satisfy `keeps`.
  mutating func keep(where keeps: (Int) -> Bool) {
    for fine in targets.indices where targets[fine] >= 0 && !keeps(Int(targets[fine])) { targets[fine] = -1 }
  }

  public static func == (a: Self, b: Self) -> Bool { a.hierarchy === b.hierarchy && a.targets == b.targets }
}
