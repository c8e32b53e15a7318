/// What a cut comes to at each node of its tree, computed in one pass: for screens that show every node's part in it.
public struct CutView: Sendable {
  public enum Mark: Sendable {
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
    // Taken out once: this runs at every edit, over every node of trees as large as WordNet.
    let (parents, nodeOfFine) = (hierarchy.parents, hierarchy.nodeOfFine)
    for (fine, target) in partition.targets.enumerated() where target >= 0 {
      classes[Int(target)] = 1
      fines[Int(nodeOfFine[fine])] = 1
    }
    let isClass = classes
    var node = hierarchy.count - 1
    while node >= 0 {
      let parent = Int(parents[node])
      if parent >= 0 {
        classes[parent] += classes[node]
        fines[parent] += fines[node]
      }
      node -= 1
    }
    var marks = [Mark](repeating: .open, count: hierarchy.count)
    for node in marks.indices {
      if fines[node] == 0 {
        marks[node] = .leftOut
      } else if isClass[node] == 1 {
        marks[node] = .isClass
      } else if topmost[node] >= 0 {
        marks[node] = .inside
      }
    }
    self.partition = partition
    self.marks = marks
    classCount = hierarchy.roots.reduce(0) { $0 + Int(classes[$1]) }
    classesBelow = classes
    finesBelow = fines
  }
}
