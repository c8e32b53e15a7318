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
    partition = cut.partition
    var classes = [Int32](repeating: 0, count: hierarchy.count)
    var fines = classes
    for (fine, target) in partition.targets.enumerated() where target >= 0 {
      classes[Int(target)] = 1
      fines[Int(hierarchy.nodeOfFine[fine])] = 1
    }
    let isClass = classes
    for node in hierarchy.nodes.reversed() {
      guard let parent = hierarchy.parent(node) else { continue }
      classes[parent] += classes[node]
      fines[parent] += fines[node]
    }
    marks = hierarchy.nodes.map { node in
      if fines[node] == 0 { return .leftOut }
      if isClass[node] == 1 { return .isClass }
      return topmost[node] >= 0 ? .inside : .open
    }
    classCount = hierarchy.roots.reduce(0) { $0 + Int(classes[$1]) }
    classesBelow = classes
    finesBelow = fines
  }
}
