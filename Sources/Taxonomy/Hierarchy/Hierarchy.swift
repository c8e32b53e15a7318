import Basics

/// The tree of a dataset: its fine classes and all their ancestors, each under one primary parent.
///
/// Nodes are numbered in preorder, children with more fine classes first (then by wnid): a subtree is a range of
/// nodes, a parent comes before its children, and a pass over the nodes in order (or in reverse) carries values down
/// (or up) the whole tree. A fine class may be an inner node. Where classes share no root, there are several trees.
public final class Hierarchy: Sendable {
  public let wordNet: WordNet
  public let policy: HypernymPolicy
  /// The wnids that the hierarchy was made of; a fine class is an index into this list.
  public let fineClasses: [String]
  /// The node of each fine class.
  public let nodeOfFine: [Int32]
  public let deepest: Int

  let ids: [SynsetID]
  let parents: [Int32]
  let depths: [Int32]
  /// The end (exclusive) of each node's subtree.
  let ends: [Int32]
  let fines: [Int32]
  let finesBelow: [Int32]
  /// Nodes in the order of their wnids.
  private let byID: [Int32]

  /// - Parameter fineClasses: wnids, in the dataset's index order.
  /// - Throws: a ``Problem`` where a wnid is none, unknown to WordNet or named twice, or where hypernyms run in
  ///   a circle.
  public convenience init(fineClasses: [String], wordNet: WordNet, policy: HypernymPolicy = .name) throws(Problem) {
    try self.init(fineClasses: fineClasses, ids: fineClasses.map { wordNet.idWritten($0) }, wordNet: wordNet, policy: policy)
  }

  /// All synsets as fine classes.
  /// - Throws: as ``init(fineClasses:wordNet:policy:)``.
  package convenience init(allOf wordNet: WordNet, policy: HypernymPolicy = .name) throws(Problem) {
    let ids = Array(wordNet.all())
    try self.init(fineClasses: ids.map { wordNet.wnid(of: $0) }, ids: ids, wordNet: wordNet, policy: policy)
  }

  /// - Parameter ids: the synsets that the wnids name, nil for those that name none.
  private convenience init(
    fineClasses: [String], ids: [SynsetID?], wordNet: WordNet, policy: HypernymPolicy
  ) throws(Problem) {
    let chains = try Chains(fineClasses: fineClasses, ids: ids, wordNet: wordNet, policy: policy)
    let order = chains.preorder()
    var place = [Int32](repeating: -1, count: order.count)
    for (node, chained) in order.enumerated() { place[Int(chained)] = Int32(node) }
    let parents = order.map { chained in
      let parent = chains.parents[Int(chained)]
      return parent < 0 ? -1 : place[Int(parent)]
    }
    self.init(
      ids: order.map { chains.ids[Int($0)] }, parents: parents, fines: order.map { chains.fines[Int($0)] }, fineClasses: fineClasses,
      wordNet: wordNet, policy: policy)
  }

  /// - Parameters: of each node, in preorder, its synset, its parent (−1 at a root) and the fine class that it is (else −1).
  private init(
    ids: [SynsetID], parents: [Int32], fines: [Int32], fineClasses: [String], wordNet: WordNet, policy: HypernymPolicy
  ) {
    var depths = [Int32](repeating: 0, count: ids.count)
    var ends = depths
    var finesBelow = depths
    var nodeOfFine = [Int32](repeating: -1, count: fineClasses.count)
    for node in ids.indices {
      if parents[node] >= 0 { depths[node] = depths[Int(parents[node])] + 1 }
      if fines[node] >= 0 { nodeOfFine[Int(fines[node])] = Int32(node) }
    }
    for node in ids.indices.reversed() {
      ends[node] = max(ends[node], Int32(node) + 1)
      finesBelow[node] += fines[node] < 0 ? 0 : 1
      guard parents[node] >= 0 else { continue }
      ends[Int(parents[node])] = max(ends[Int(parents[node])], ends[node])
      finesBelow[Int(parents[node])] += finesBelow[node]
    }
    self.wordNet = wordNet
    self.policy = policy
    self.fineClasses = fineClasses
    (self.ids, self.parents, self.fines) = (ids, parents, fines)
    (self.depths, self.ends, self.finesBelow, self.nodeOfFine) = (depths, ends, finesBelow, nodeOfFine)
    deepest = Int(depths.max() ?? 0)
    byID = stablySorted(Array(0..<Int32(ids.count)), by: ids.map { UInt32($0.offset) })
  }

  /// The number of nodes.
  public var count: Int { ids.count }
  public var nodes: Range<Int> { 0..<ids.count }
  public var roots: [Int] { siblings(from: 0, to: count) }

  public func id(_ node: Int) -> SynsetID { ids[node] }
  public func wnid(_ node: Int) -> String { wordNet.wnid(of: ids[node]) }
  /// The first lemma; never a key, two synsets may share it.
  public func name(_ node: Int) -> String { wordNet.name(of: ids[node]) }
  /// Everything that WordNet says about a node.
  public func synset(_ node: Int) -> Synset { wordNet.synset(ids[node])! }

  public func parent(_ node: Int) -> Int? { parents[node] < 0 ? nil : Int(parents[node]) }
  public func children(_ node: Int) -> [Int] { siblings(from: node + 1, to: Int(ends[node])) }
  public func isLeaf(_ node: Int) -> Bool { Int(ends[node]) == node + 1 }
  /// Whether a node has one child, which is then the next node.
  public func hasSingleChild(_ node: Int) -> Bool { Int(ends[node]) > node + 1 && ends[node] == ends[node + 1] }
  /// A node and everything below it.
  public func subtree(_ node: Int) -> Range<Int> { node..<Int(ends[node]) }
  public func isAncestor(_ node: Int, of other: Int) -> Bool { node < other && other < Int(ends[node]) }
  /// 0 at a root.
  public func depth(_ node: Int) -> Int { Int(depths[node]) }
  /// The fine class that a node is, nil for most inner nodes.
  public func fineClass(_ node: Int) -> Int? { fines[node] < 0 ? nil : Int(fines[node]) }
  /// How many fine classes a subtree holds, its root counted.
  public func fineClassesBelow(_ node: Int) -> Int { Int(finesBelow[node]) }

  /// From the node up to its root, both included.
  public func chain(_ node: Int) -> [Int] { Array(sequence(first: node) { self.parent($0) }) }

  /// The ancestor at `depth`; the node itself where it is not deeper.
  public func ancestor(_ node: Int, atDepth depth: Int) -> Int {
    var node = node
    while Int(depths[node]) > depth, parents[node] >= 0 { node = Int(parents[node]) }
    return node
  }

  /// The node of a synset, nil where it is not in this tree.
  public func node(_ id: SynsetID) -> Int? {
    let place = firstPlace(of: byID.count) { ids[Int(byID[$0])] < id }
    guard place < byID.count else { return nil }
    let node = Int(byID[place])
    return ids[node] == id ? node : nil
  }

  public func node(wnid: String) -> Int? { wordNet.id(ofWnid: wnid).flatMap { node($0) } }

  /// The hypernyms of a node beside its parent in this tree.
  public func alsoUnder(_ node: Int) -> [SynsetID] {
    let parent = parent(node).map { ids[$0] }
    return wordNet.hypernyms(of: ids[node]).filter { $0 != parent }
  }

  /// The lowest node that two nodes are at or below; nil where they are in different trees.
  public func lowestCommonAncestor(_ one: Int, _ other: Int) -> Int? {
    var (node, last) = (min(one, other), max(one, other))
    // In preorder a subtree is a range: the first one climbs until its range holds the other.
    while !subtree(node).contains(last) {
      guard let parent = parent(node) else { return nil }
      node = parent
    }
    return node
  }

  /// The lowest node that all of `nodes` are at or below; nil where there is none.
  public func lowestCommonAncestor(of nodes: [Int]) -> Int? {
    nodes.dropFirst().reduce(nodes.first) { found, node in found.flatMap { lowestCommonAncestor($0, node) } }
  }

  /// For each node the sum of `values` (one per fine class) over its subtree.
  public func sums(ofFine values: [Int]) -> [Int] {
    precondition(values.count == fineClasses.count, "\(values.count) values for \(fineClasses.count) fine classes")
    var sums = fines.map { $0 < 0 ? 0 : values[Int($0)] }
    for node in nodes.reversed() where parents[node] >= 0 { sums[Int(parents[node])] += sums[node] }
    return sums
  }

  private func siblings(from start: Int, to end: Int) -> [Int] {
    var siblings: [Int] = []
    var node = start
    while node < end {
      siblings.append(node)
      node = Int(ends[node])
    }
    return siblings
  }
}

/// A tree as plain numbers, to be kept and had again without a look at any synset.
extension Hierarchy {
  /// The synsets of all nodes, then their parents, then their fine classes.
  package var packed: [Int32] { ids.map(\.offset) + parents + fines }

  /// - Parameter packed: what ``packed`` gave for a tree of the same WordNet, whose fine classes are called by their wnids. Nil where it is
  ///   no tree.
  package convenience init?(packed: [Int32], wordNet: WordNet, policy: HypernymPolicy) {
    let count = packed.count / 3
    guard count > 0, packed.count == 3 * count, packed[..<count].allSatisfy({ $0 >= 0 }) else { return nil }
    let ids = packed[..<count].map { SynsetID(offset: $0) }
    let (parents, fines) = (Array(packed[count..<2 * count]), Array(packed[(2 * count)...]))
    guard parents.indices.allSatisfy({ -1..<Int32($0) ~= parents[$0] }) else { return nil }
    var wnids = [String](repeating: "", count: fines.count { $0 >= 0 })
    for node in 0..<count where fines[node] >= 0 {
      guard wnids.indices.contains(Int(fines[node])) else { return nil }
      wnids[Int(fines[node])] = wordNet.wnid(of: ids[node])
    }
    guard !wnids.contains("") else { return nil }
    self.init(ids: ids, parents: parents, fines: fines, fineClasses: wnids, wordNet: wordNet, policy: policy)
  }
}
