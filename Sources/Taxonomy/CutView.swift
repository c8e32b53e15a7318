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
    let (nodeOfFine, targets) = (hierarchy.nodeOfFine, partition.targets)
    for fine in targets.indices where targets[fine] >= 0 {
      marks[Int(targets[fine])] = .isClass
      fines[Int(nodeOfFine[fine])] = 1
    }
    Self.addUp(&classes, &fines, &marks, topmost, hierarchy.parents)
    self.partition = partition
    self.marks = marks
    classCount = hierarchy.roots.reduce(0) { $0 + Int(classes[$1]) }
    classesBelow = classes
    finesBelow = fines
  }

  /// Sums over subtrees, and what each node is. Children come after their parents: what a node adds up to is whole when it is met.
  private static func addUp(
    _ classes: inout [Int32], _ fines: inout [Int32], _ marks: inout [Mark], _ topmost: [Int32], _ parents: [Int32]
  ) {
    classes.withUnsafeMutableBufferPointer { classes in
      fines.withUnsafeMutableBufferPointer { fines in
        marks.withUnsafeMutableBufferPointer { marks in
          topmost.withUnsafeBufferPointer { topmost in
            parents.withUnsafeBufferPointer { parents in
              var node = marks.count - 1
              while node >= 0 {
                if fines[node] == 0 {
                  marks[node] = .leftOut
                } else {
                  if marks[node] == .isClass { classes[node] &+= 1 } else if topmost[node] >= 0 { marks[node] = .inside }
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
      }
    }
  }
}
