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
          found: wrong.isEmpty ? "a group of \(group.count)" : firstFew(wrong))
      }
      if let twice = found.first(where: { !seen.insert($0).inserted }) {
        throw Problem("cannot merge classes", expected: "each class in one group", found: "\(hierarchy.fineClasses[twice]) in two")
      }
      members.append(found.sorted { hierarchy.fineClasses[$0] < hierarchy.fineClasses[$1] })
    }
    var result = self
    var taken = BitSet(count: hierarchy.count)
    for fine in targets.indices where targets[fine] >= 0 && !seen.contains(fine) { taken[Int(targets[fine])] = true }
    for group in members {
      let nodes = group.map { Int(hierarchy.nodeOfFine[$0]) }
      var common: Int? = nodes[0]
      for node in nodes { common = common.flatMap { hierarchy.commonAncestor($0, node) } }
      guard let node = ([common].compactMap { $0 } + nodes).first(where: { !taken[$0] }) else {
        throw Problem(
          "cannot name a merged class", at: hierarchy.fineClasses[group[0]], expected: "a node that no other class has", found: "none")
      }
      taken[node] = true
      for fine in group { result.targets[fine] = Int32(node) }
    }
    return result
  }
}

extension Hierarchy {
  /// The lowest node that both lie at or below; nil in different trees.
  public func commonAncestor(_ a: Int, _ b: Int) -> Int? {
    var node: Int? = a
    while let current = node, !subtree(current).contains(b) { node = parent(current) }
    return node
  }

  /// Of each node the longest way down to a leaf.
  public var heights: [Int] {
    var heights = [Int](repeating: 0, count: count)
    for node in nodes.reversed() {
      if let parent = parent(node) { heights[parent] = max(heights[parent], heights[node] + 1) }
    }
    return heights
  }
}
