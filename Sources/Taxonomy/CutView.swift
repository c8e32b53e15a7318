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
  public let marks: [Mark]
  /// The number of classes at or below each node; 0 inside a class.
  public let classesBelow: [Int32]
  /// The number of fine classes at or below each node that are not left out.
  public let finesBelow: [Int32]
  /// What it means for a training, as far as that can be told without images.
  public let consequences: Consequences

  /// The number of classes.
  public var classCount: Int { consequences.classes }

  public init(_ cut: Cut) {
    let hierarchy = cut.hierarchy
    let topmost = cut.topmostCollapsed()
    let partition = cut.partition(topmost)
    var classes = [Int32](repeating: 0, count: hierarchy.count)
    var fines = classes
    var marks = [Mark](repeating: .open, count: hierarchy.count)
    // This runs at every edit, over every node of trees as large as WordNet: two plain loops over memory that was taken out once.
    consequences = classes.withUnsafeMutableBufferPointer { classes in
      fines.withUnsafeMutableBufferPointer { fines in
        marks.withUnsafeMutableBufferPointer { marks in
          Self.mark(partition, classes, fines, marks)
          return topmost.withUnsafeBufferPointer { Self.addUp(hierarchy, classes, fines, marks, $0) }
        }
      }
    }
    self.partition = partition
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
