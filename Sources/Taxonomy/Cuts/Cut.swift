import Basics

/// A hand-made cut through the tree: which nodes are collapsed into one class, which of these are joined though they stand apart, and which
/// fine classes are left out.
///
/// A fine class belongs to its topmost collapsed ancestor-or-self, and is a class of its own where there is none. Classes that are joined
/// are one. Collapsing a node keeps what is collapsed and joined below it, so that expanding it again gives back what was there. A cut is
/// a small value (a few bits a node): an undo list is an array of cuts.
public struct Cut: Hashable, Sendable {
  public let hierarchy: Hierarchy
  private var collapsed: BitSet
  /// Nodes whose classes are one, as long as they are classes: each in one list at most.
  private var joined: [[Int]] = []
  /// Fine classes that are in no class.
  private var leftOut: BitSet

  /// Nothing collapsed, nothing left out: every fine class is a class of its own.
  public init(_ hierarchy: Hierarchy) {
    self.hierarchy = hierarchy
    collapsed = BitSet(count: hierarchy.count)
    leftOut = BitSet(count: hierarchy.fineClasses.count)
  }

  /// The cut that gives the classes of `partition`: one that is no whole subtree is joined from such.
  /// - Throws: a ``Problem`` naming the class that bears another node's name than its members give it.
  public init(_ partition: Partition) throws(Problem) {
    self.init(partition.hierarchy)
    var parts: [Int32: [Int]] = [:]
    for block in partition.blocks {
      if block.isSubtree { collapse(block.node) }
      parts[block.target, default: []].append(block.node)
    }
    for fine in partition.targets.indices where partition.targets[fine] < 0 { leftOut[fine] = true }
    let groups = parts.filter { $1.count > 1 }.sorted { $0.value[0] < $1.value[0] }
    // Of two groups that lie under one node the first bears its name.
    func bearsAncestor(_ group: (key: Int32, value: [Int])) -> Bool { hierarchy.lowestCommonAncestor(of: group.value) == Int(group.key) }
    joined = (groups.filter(bearsAncestor) + groups.filter { !bearsAncestor($0) }).map(\.value)
    let result = self.partition.targets
    if let fine = result.indices.first(where: { result[$0] != partition.targets[$0] }) {
      let node = Int(partition.targets[fine])
      throw Problem(
        "the label set is not a cut through the tree", at: hierarchy.wnid(node),
        expected: "every fine class below \(hierarchy.name(node)) in this class",
        found: "some in another", advice: "open it with the policy that it was made with")
    }
  }

  // MARK: Single nodes

  /// Whether the node is marked as collapsed (an ancestor may be as well, and then covers it).
  public func isCollapsed(_ node: Int) -> Bool { collapsed[node] }

  /// The topmost collapsed node strictly above `node`: while there is one, collapsing or expanding `node` shows no
  /// change.
  public func collapsedAncestor(of node: Int) -> Int? {
    hierarchy.chain(node).dropFirst().last { collapsed[$0] }
  }

  /// Everything below `node` becomes one class. A leaf is that already, and stays as it is.
  public mutating func collapse(_ node: Int) {
    if !hierarchy.isLeaf(node) { collapsed[node] = true }
  }

  /// Takes `collapse` back.
  public mutating func expand(_ node: Int) { collapsed[node] = false }

  public mutating func toggle(_ node: Int) {
    if collapsed[node] { expand(node) } else { collapse(node) }
  }

  /// Replaces a collapsed node by its children, each one class.
  public mutating func expandOneLevel(_ node: Int) {
    expand(node)
    for child in hierarchy.children(node) { collapse(child) }
  }

  // MARK: Joined

  /// Everything at or below the nodes becomes one class, with what any of them is joined to.
  public mutating func join(_ nodes: [Int]) {
    for node in nodes { collapse(node) }
    // What lies in another of them is part of it already.
    let apart = Set(nodes.filter { collapsedAncestor(of: $0) == nil })
    let touched = joined.filter { !apart.isDisjoint(with: $0) }
    joined.removeAll { !apart.isDisjoint(with: $0) }
    joined.append(touched.reduce(apart) { $0.union($1) }.sorted())
  }

  /// Takes the nodes out of what they are joined to; each is a class of its own again.
  public mutating func separate(_ nodes: Set<Int>) {
    joined = joined.map { $0.filter { !nodes.contains($0) } }.filter { $0.count > 1 }
  }

  /// Whether any classes were joined, which may lie in others by now.
  public var hasJoined: Bool { !joined.isEmpty }

  /// The nodes of each class that is joined from several, in the tree's order.
  public var groups: [[Int]] { groups(topmostCollapsed()) }

  /// The same, where ``topmostCollapsed()`` is known.
  func groups(_ topmost: [Int32]) -> [[Int]] {
    joined.map { $0.filter { !keptFines($0, topmost).isEmpty } }.filter { $0.count > 1 }
  }

  /// The fine classes of a node that is a class, without those that are left out; empty where the node is none.
  func keptFines(_ node: Int, _ topmost: [Int32]) -> [Int] {
    let members = topmost[node] == node ? hierarchy.subtree(node) : topmost[node] < 0 ? node..<node + 1 : node..<node
    return members.compactMap { hierarchy.fineClass($0) }.filter { !leftOut[$0] }
  }

  // MARK: Left out

  public func isLeftOut(fine: Int) -> Bool { leftOut[fine] }

  /// Leaves out every fine class of a subtree.
  public mutating func leaveOut(_ node: Int) { setLeftOut(node, true) }

  /// Takes every fine class of a subtree in again.
  public mutating func takeIn(_ node: Int) { setLeftOut(node, false) }

  /// Leaves out the fine classes of a subtree that are in, and takes in those that are out.
  public mutating func invert(below node: Int) {
    for below in hierarchy.subtree(node) {
      if let fine = hierarchy.fineClass(below) { leftOut[fine].toggle() }
    }
  }

  private mutating func setLeftOut(_ node: Int, _ value: Bool) {
    leftOut.set(hierarchy.fines[hierarchy.subtree(node)], to: value)
  }

  // MARK: The whole cut

  /// Every chain cut at `depth`, as bottom-up clustering does; what is left out stays so.
  public mutating func cut(atDepth depth: Int) {
    collapsed = BitSet(count: hierarchy.count)
    joined = []
    for node in hierarchy.nodes where hierarchy.depth(node) == max(0, depth) { collapse(node) }
  }

  /// One level coarser: the deepest classes merge into their parents. From the bottom-up set of depth D (where D is
  /// the depth of its deepest class) this is the one of depth D − 1.
  public mutating func coarser() { coarser(in: hierarchy.nodes, notAbove: 0) }

  /// The same for what is at or below `node` alone, which becomes one class in the end.
  public mutating func coarser(below node: Int) { coarser(in: hierarchy.subtree(node), notAbove: hierarchy.depth(node)) }

  private mutating func coarser(in range: Range<Int>, notAbove top: Int) {
    let topmost = topmostCollapsed()
    let (ends, fines, depths, parents) = (hierarchy.ends, hierarchy.fines, hierarchy.depths, hierarchy.parents)
    let holds = leftOut.isEmpty ? nil : prefixCountsOfKept()
    // The classes of the range; what a class above the range covers is none of them, and neither is one that is left out.
    func isTarget(_ node: Int) -> Bool {
      let covering = Int(topmost[node])
      guard covering == node || covering < 0 && fines[node] >= 0 else { return false }
      return holds.map { $0[Int(ends[node])] > $0[node] } ?? true
    }
    // Twice over all nodes and no list of them: this is done at a key press on trees as large as WordNet.
    var deepest: Int32 = -1
    for node in range where depths[node] > deepest && isTarget(node) { deepest = depths[node] }
    guard deepest > top else { return }
    collapsed.clear(range)
    for node in range where (depths[node] == deepest || topmost[node] == node) && isTarget(node) {
      if depths[node] == deepest { collapse(Int(parents[node])) } else { collapse(node) }
    }
  }

  /// How many fine classes that are not left out come before each node, and in all.
  private func prefixCountsOfKept() -> [Int32] {
    var counts: [Int32] = [0]
    counts.reserveCapacity(hierarchy.count + 1)
    var count: Int32 = 0
    for fine in hierarchy.fines {
      if fine >= 0, !leftOut[Int(fine)] { count += 1 }
      counts.append(count)
    }
    return counts
  }

  /// One level finer: every class that is a collapsed node is replaced by its children, each one class, and what is joined is taken
  /// apart. From the bottom-up set of depth D this is the one of depth D + 1.
  public mutating func finer() { finer(in: hierarchy.nodes) }

  /// The same for what is at or below `node` alone.
  public mutating func finer(below node: Int) { finer(in: hierarchy.subtree(node)) }

  private mutating func finer(in range: Range<Int>) {
    let topmost = topmostCollapsed()
    // A range inside a class has no classes of its own.
    guard let first = range.first, topmost[first] < 0 || range.contains(Int(topmost[first])) else { return }
    let parts = Set(groups(topmost).filter { $0.contains(where: range.contains) }.joined())
    separate(parts)
    collapsed.clear(range)
    for node in range where topmost[node] == node {
      if parts.contains(node) { collapse(node) } else { expandOneLevel(node) }
    }
  }

  /// Whether every fine class is a class of its own, so that there is nothing finer.
  public var isFinest: Bool { collapsed.isEmpty && joined.isEmpty }

  // MARK: What it comes to

  /// For each node its topmost collapsed ancestor-or-self, −1 where there is none.
  public func topmostCollapsed() -> [Int32] { hierarchy.topmost(of: collapsed) }

  /// The target of each fine class.
  public var partition: Partition { partition(topmostCollapsed()) }

  /// The same, where ``topmostCollapsed()`` is known.
  func partition(_ topmost: [Int32]) -> Partition {
    var partition = apart(topmost)
    // A name is free for each: no other class is a node that is one of the group's own fine classes.
    if !joined.isEmpty { try! partition.join(groups(topmost).map { $0.flatMap { keptFines($0, topmost) } }) }
    return partition
  }

  /// The target of each fine class before any are joined.
  func apart(_ topmost: [Int32]) -> Partition {
    let nodeOfFine = hierarchy.nodeOfFine
    var targets = [Int32](unsafeUninitializedCapacity: nodeOfFine.count) { targets, count in
      for (fine, node) in nodeOfFine.enumerated() {
        let covering = topmost[Int(node)]
        targets[fine] = covering >= 0 ? covering : node
      }
      count = nodeOfFine.count
    }
    leftOut.forEach { targets[$0] = -1 }
    return Partition(hierarchy, targets: targets)
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.hierarchy === b.hierarchy && a.collapsed == b.collapsed && a.joined == b.joined && a.leftOut == b.leftOut
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(collapsed)
    hasher.combine(joined)
    hasher.combine(leftOut)
  }
}
