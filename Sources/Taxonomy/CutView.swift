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
  /// The number of classes.
  public let classCount: Int

  public init(_ cut: Cut) {
    let hierarchy = cut.hierarchy
    let topmost = cut.topmostCollapsed()
    let partition = cut.partition(topmost)
    var classes = [Int32](repeating: 0, count: hierarchy.count)
    var fines = classes
    var marks = [Mark](repeating: .open, count: hierarchy.count)
    // This runs at every edit, over every node of trees as large as WordNet: two plain loops over memory that was taken out once.
    let (parents, nodeOfFine, targets) = (hierarchy.parents, hierarchy.nodeOfFine, partition.targets)
    classes.withUnsafeMutableBufferPointer { classes in
      fines.withUnsafeMutableBufferPointer { fines in
        marks.withUnsafeMutableBufferPointer { marks in
          for fine in targets.indices where targets[fine] >= 0 {
            marks[Int(targets[fine])] = .isClass
            classes[Int(targets[fine])] = 1
            fines[Int(nodeOfFine[fine])] = 1
          }
          // Children come after their parents: what a node adds up to is whole when it is met.
          var node = marks.count - 1
          while node >= 0 {
            if fines[node] == 0 {
              marks[node] = .leftOut
            } else {
              if marks[node] != .isClass, topmost[node] >= 0 { marks[node] = .inside }
              let parent = Int(parents[node])
              if parent >= 0 {
                classes[parent] &+= classes[node]
                fines[parent] &+= fines[node]
              }
            }
            node -= 1
          }
        }
      }
    }
    self.partition = partition
    self.marks = marks
    classCount = hierarchy.roots.reduce(0) { $0 + Int(classes[$1]) }
    classesBelow = classes
    finesBelow = fines
  }
}
