/// What a cut comes to at each node of its tree, computed in one pass: for screens that show every node's part in it.
public struct CutView: Sendable {
  public enum Mark: UInt8, Sendable {
    /// Above the classes: what lies below is in several of them.
    case open
    /// A class of the label set.
    case isClass
    /// Below a class, and part of it.
    case inside
    /// Every fine class of the subtree is left out.
    case leftOut
  }

  public let partition: Partition
  /// A class that is joined from several is marked at each of them.
  public let marks: [Mark]
  /// The nodes of each class that is joined from several, in the tree's order.
  public let groups: [[Int]]
  /// The group of each node that is in one: an index into ``groups``.
  public let groupOfNode: [Int: Int]

  /// The group of the first node of a chain that is in one. Asked of every line of every frame, and seldom is there any.
  public func group(along chain: ClosedRange<Int>) -> Int? {
    if groupOfNode.isEmpty { return nil }
    for node in chain { if let group = groupOfNode[node] { return group } }
    return nil
  }
  /// What each joined class is called, by its target.
  private let joinedNames: [Int32: String]
  /// The number of classes at or below each node; 0 inside a class.
  public let classesBelow: [Int32]
  /// The number of fine classes at or below each node that are not left out.
  public let finesBelow: [Int32]
  /// What it means for a training, as far as that can be told without images.
  public let consequences: Consequences

  /// The number of classes.
  public var classCount: Int { consequences.classes }

  /// What the class of a target is called.
  public func name(ofClass target: Int) -> String { joinedNames[Int32(target)] ?? partition.hierarchy.name(target) }

  public init(_ cut: Cut) {
    let hierarchy = cut.hierarchy
    let topmost = cut.topmostCollapsed()
    let apart = cut.apart(topmost)
    groups = cut.groups(topmost)
    let groups = groups
    var classes = [Int32](repeating: 0, count: hierarchy.count)
    var fines = classes
    var marks = [Mark](repeating: .open, count: hierarchy.count)
    // This runs at every edit, over every node of trees as large as WordNet: two plain loops over memory that was taken out once.
    let told = classes.withUnsafeMutableBufferPointer { classes in
      fines.withUnsafeMutableBufferPointer { fines in
        marks.withUnsafeMutableBufferPointer { marks in
          Self.mark(apart, classes, fines, marks)
          // A class once below every node: what two neighbouring nodes of it share counts it once.
          for group in groups {
            for (node, next) in zip(group, group.dropFirst()) { if let shared = hierarchy.lowestCommonAncestor(node, next) { classes[shared] -= 1 } }
          }
          return topmost.withUnsafeBufferPointer { Self.addUp(hierarchy, classes, fines, marks, $0) }
        }
      }
    }
    partition = groups.isEmpty ? apart : cut.partition(topmost)
    consequences = groups.isEmpty ? told : Consequences(targets: partition.targets, imagesPerFine: nil)
    groupOfNode = Dictionary(uniqueKeysWithValues: groups.enumerated().flatMap { place, nodes in nodes.map { ($0, place) } })
    joinedNames = Dictionary(
      uniqueKeysWithValues: groups.map { [partition] nodes in
        let member = cut.keptFines(nodes[0], topmost)[0]
        return (partition.targets[member], TargetClass.name(joining: nodes.map { hierarchy.name($0) }))
      })
    self.marks = marks
    classesBelow = classes
    finesBelow = fines
  }

  private typealias Counts = UnsafeMutableBufferPointer<Int32>

  /// One for each class, and for each fine class that is in one.
  private static func mark(
    _ partition: Partition, _ classes: Counts, _ fines: Counts, _ marks: UnsafeMutableBufferPointer<Mark>
  ) {
    partition.targets.withUnsafeBufferPointer { targets in
      partition.hierarchy.nodeOfFine.withUnsafeBufferPointer { nodeOfFine in
        for fine in 0..<targets.count where targets[fine] >= 0 {
          marks[Int(targets[fine])] = .isClass
          classes[Int(targets[fine])] = 1
          fines[Int(nodeOfFine[fine])] = 1
        }
      }
    }
  }

  /// Sums over subtrees, and what each node is. Children come after their parents: what a node adds up to is whole when it is met.
  private static func addUp(
    _ hierarchy: Hierarchy, _ classes: Counts, _ fines: Counts, _ marks: UnsafeMutableBufferPointer<Mark>,
    _ topmost: UnsafeBufferPointer<Int32>
  ) -> Consequences {
    var (count, held, singletons) = (0, 0, 0)
    var (largest, most, smallest, least) = (-1, Int32.min, -1, Int32.max)
    hierarchy.parents.withUnsafeBufferPointer { parents in
      var node = marks.count - 1
      while node >= 0 {
        if fines[node] == 0 {
          marks[node] = .leftOut
        } else {
          // A fine class that is no collapsed node is a class of itself alone, whatever lies below it.
          let size = topmost[node] == node ? fines[node] : 1
          if marks[node] == .isClass {
            count += 1
            held += Int(size)
            singletons += size == 1 ? 1 : 0
            // Of equal ones the first, which comes last here.
            if size >= most { (largest, most) = (node, size) }
            if size <= least { (smallest, least) = (node, size) }
          } else if topmost[node] >= 0 {
            marks[node] = .inside
          }
          let parent = Int(parents[node])
          if parent >= 0 {
            classes[parent] &+= classes[node]
            fines[parent] &+= fines[node]
          }
        }
        node -= 1
      }
    }
    return Consequences(
      classes: count, fineClasses: held, leftOut: hierarchy.fineClasses.count - held, singletons: singletons,
      largest: largest < 0 ? nil : Consequences.Extreme(target: largest, size: Int(most)),
      smallest: smallest < 0 ? nil : Consequences.Extreme(target: smallest, size: Int(least)))
  }
}
