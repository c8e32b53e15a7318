import Basics

extension Partition {
  /// The fine classes of each group become one class, whatever classes they were in. Its node is the lowest common ancestor of the
  /// group where no other class has that, else the node of the group's first member that no class has.
  /// - Throws: a ``Problem`` where a group has fewer than two classes, names one that is none or left out, or shares one with another.
  public func merging(_ groups: [[String]]) throws(Problem) -> Partition {
    let fines = Dictionary(uniqueKeysWithValues: hierarchy.fineClasses.enumerated().map { ($1, $0) })
    var seen: Set<Int> = []
    var members: [[Int]] = []
    for group in groups {
      let found = group.map { fines[$0] ?? -1 }
      let wrong = zip(group, found).filter { $1 < 0 || targets[$1] < 0 }.map(\.0)
      guard wrong.isEmpty, group.count > 1 else {
        throw Problem(
          "cannot merge classes", expected: "groups of two or more of the dataset's classes",
          found: wrong.isEmpty ? "a group of \(group.count)" : firstFew(wrong), kind: .usage)
      }
      if let twice = found.first(where: { !seen.insert($0).inserted }) {
        throw Problem("cannot merge classes", expected: "each class in one group", found: "\(hierarchy.fineClasses[twice]) in two", kind: .usage)
      }
      members.append(found)
    }
    var result = self
    try result.join(members)
    return result
  }

  /// The same for groups of indices into the fine classes, none of which is left out or in two groups.
  /// - Throws: a ``Problem`` where every node that could bear a group is another class.
  mutating func join(_ groups: [[Int]]) throws(Problem) {
    let before = targets
    var (group, taken) = ([Int](repeating: -1, count: targets.count), BitSet(count: hierarchy.count))
    for (index, members) in groups.enumerated() { for fine in members { group[fine] = index } }
    for fine in targets.indices where targets[fine] >= 0 && group[fine] < 0 { taken[Int(targets[fine])] = true }
    for (index, members) in groups.enumerated() {
      let nodes = members.sorted { hierarchy.fineClasses[$0] < hierarchy.fineClasses[$1] }.map { Int(hierarchy.nodeOfFine[$0]) }
      // A fine class keeps its own node.
      func isFree(_ node: Int) -> Bool {
        !taken[node] && (hierarchy.fineClass(node).map { group[$0] == index || before[$0] < 0 } ?? true)
      }
      let common = hierarchy.lowestCommonAncestor(of: nodes)
      guard let node = common.flatMap({ isFree($0) ? $0 : nil }) ?? nodes.first(where: isFree) else {
        throw Problem(
          "cannot name a merged class", at: hierarchy.fineClasses[members[0]], expected: "a node that no other class has", found: "none",
          kind: .usage)
      }
      taken[node] = true
      for fine in members { targets[fine] = Int32(node) }
    }
  }

  /// A part of a class: everything at or below a node that is not left out, or the node's own fine class alone.
  struct Block {
    let target: Int32, node: Int
    let isSubtree: Bool
  }

  /// The fewest parts that each class is made of, in the tree's order. A class that is a whole subtree is one part, its own node.
  var blocks: [Block] {
    // What each subtree holds: one class alone, nothing, or several.
    let (nothing, several): (Int32, Int32) = (-1, -2)
    var only = [Int32](repeating: nothing, count: hierarchy.count)
    var kept = only.map { _ in 0 }
    for (fine, target) in targets.enumerated() where target >= 0 {
      only[Int(hierarchy.nodeOfFine[fine])] = target
      kept[Int(hierarchy.nodeOfFine[fine])] = 1
    }
    for node in hierarchy.nodes.reversed() {
      guard let parent = hierarchy.parent(node), kept[node] > 0 else { continue }
      kept[parent] += kept[node]
      only[parent] = only[parent] == nothing || only[parent] == only[node] ? only[node] : several
    }
    var blocks: [Block] = []
    var node = 0
    while node < hierarchy.count {
      let target = only[node]
      if target == several, let fine = hierarchy.fineClass(node), targets[fine] >= 0 {
        blocks.append(Block(target: targets[fine], node: node, isSubtree: false))
      }
      guard target >= 0 else {
        node = target == nothing ? hierarchy.subtree(node).upperBound : node + 1
        continue
      }
      // Of a chain of nodes that hold the same the class's own, else the lowest.
      var lowest = node
      while lowest != target, let next = hierarchy.children(lowest).first(where: { kept[$0] == kept[node] }) { lowest = next }
      let holdsOwn = hierarchy.fineClass(lowest).map { targets[$0] >= 0 } ?? false
      blocks.append(Block(target: target, node: lowest, isSubtree: kept[lowest] > (holdsOwn ? 1 : 0)))
      node = hierarchy.subtree(node).upperBound
    }
    return blocks
  }
}

extension Hierarchy {
  /// Of each node the longest way down to a leaf.
  public var heights: [Int] {
    var heights = [Int](repeating: 0, count: count)
    for node in nodes.reversed() {
      if let parent = parent(node) { heights[parent] = max(heights[parent], heights[node] + 1) }
    }
    return heights
  }
}
