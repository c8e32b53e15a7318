/// What a label set has at each node of a tree, which need not be the tree that it was made on: for two sets side by side.
public struct LabelSetOnTree: Sendable {
  public enum Part: Equatable, Sendable {
    /// Above classes, so many.
    case open(classes: Int)
    /// A class of the label set (an index into its classes).
    case isClass(Int)
    /// Part of a class that is named further up.
    case inside(Int)
    /// Every fine class here is left out.
    case leftOut
  }

  public let set: LabelSet
  public let parts: [Part]
  /// Of each node, a class that has fine classes there; -1 where none has.
  private let anyClass: [Int]

  /// - Parameter hierarchy: a tree of the same fine classes, with any parents.
  public init(_ set: LabelSet, on hierarchy: Hierarchy) {
    self.set = set
    let targets = set.targets(for: hierarchy.fineClasses)
    var places: [(node: Int, target: Int)] = []
    for (fine, target) in targets.enumerated() where target >= 0 {
      places.append((Int(hierarchy.nodeOfFine[fine]), Int(target)))
    }
    places.sort { $0.node < $1.node }
    // Each class once below every node: its members in preorder, and what two neighbouring ones share counted once.
    var classes = [Int](repeating: 0, count: hierarchy.count)
    var held = classes, anyTarget = [Int](repeating: -1, count: hierarchy.count)
    var last = [Int](repeating: -1, count: set.classes.count)
    for (node, target) in places {
      classes[node] += 1
      held[node] += 1
      anyTarget[node] = target
      if last[target] >= 0, let shared = hierarchy.lowestCommonAncestor(last[target], node) { classes[shared] -= 1 }
      last[target] = node
    }
    for node in hierarchy.nodes.reversed() {
      guard let parent = hierarchy.parent(node), held[node] > 0 else { continue }
      classes[parent] += classes[node]
      held[parent] += held[node]
      anyTarget[parent] = anyTarget[node]
    }
    anyClass = anyTarget
    let nodeOfClass = set.classes.map { hierarchy.node(wnid: $0.wnid) ?? -1 }
    let classOfNode = Dictionary(nodeOfClass.enumerated().filter { $1 >= 0 }.map { ($1, $0) }) { first, _ in first }
    parts = hierarchy.nodes.map { node in
      if held[node] == 0 { return .leftOut }
      // What is joined bears the name of a node that has other classes below it.
      if let own = classOfNode[node], classes[node] == 1 || set.classes[own].members == [hierarchy.wnid(node)] { return .isClass(own) }
      let target = anyTarget[node]
      guard classes[node] == 1 else { return .open(classes: classes[node]) }
      let isBelowIts = nodeOfClass[target] >= 0 && hierarchy.isAncestor(nodeOfClass[target], of: node)
      return isBelowIts || held[node] < set.classes[target].members.count ? .inside(target) : .open(classes: 1)
    }
  }

  /// The topmost nodes at which two label sets group something else: what is below follows from that. The same fine classes are the
  /// same class, whatever each calls it.
  public static func differences(_ a: LabelSetOnTree, _ b: LabelSetOnTree, on hierarchy: Hierarchy) -> [Int] {
    let placeInB = Dictionary(b.set.classes.enumerated().map { ($1.members, $0) }) { first, _ in first }
    let twins = a.set.classes.map { placeInB[$0.members] }
    func differ(_ node: Int) -> Bool {
      switch (a.parts[node], b.parts[node]) {
      case (.open, .open), (.leftOut, .leftOut): false
      case (.leftOut, _), (_, .leftOut): true
      case (.open(let classes), _), (_, .open(let classes)): classes > 1 || twins[a.anyClass[node]] != b.anyClass[node]
      default: twins[a.anyClass[node]] != b.anyClass[node]
      }
    }
    var found: [Int] = []
    var node = 0
    while node < hierarchy.count {
      if differ(node) {
        found.append(node)
        node = hierarchy.subtree(node).upperBound
      } else {
        node += 1
      }
    }
    return found
  }
}
