import Taxonomy

/// The lines of a tree as it is unfolded on the screen. Nodes with a single child share a line with it.
package struct TreeOutline: Equatable, Sendable {
  package struct Line: Equatable, Sendable {
    /// From the topmost node of the chain to the lowest, which is the one that can be unfolded.
    package var chain: [Int]
    /// For each level above, whether more lines of that level follow.
    package var guides: [Bool]
    package var isLast: Bool
    package var isUnfolded: Bool
    package var isLeaf: Bool

    package var node: Int { chain[chain.count - 1] }
  }

  package private(set) var lines: [Line] = []
  /// The line of each node, −1 where it is folded away.
  private var lineOfNode: [Int32]

  /// - Parameters:
  ///   - unfolded: the nodes whose children are shown.
  ///   - sort: puts siblings into another order than the tree's own.
  package init(_ hierarchy: Hierarchy, unfolded: Set<Int>, sort: ([Int]) -> [Int] = { $0 }) {
    lineOfNode = Array(repeating: -1, count: hierarchy.count)
    var stack = siblings(sort(hierarchy.roots), guides: [])
    while let (top, guides, isLast) = stack.popLast() {
      let chain = Self.chain(from: top, in: hierarchy)
      let node = chain[chain.count - 1]
      let children = hierarchy.children(node)
      let isUnfolded = unfolded.contains(node) && !children.isEmpty
      for node in chain { lineOfNode[node] = Int32(lines.count) }
      lines.append(
        Line(chain: chain, guides: guides, isLast: isLast, isUnfolded: isUnfolded, isLeaf: children.isEmpty))
      if isUnfolded { stack += siblings(sort(children), guides: guides + [!isLast]) }
    }

    func siblings(_ nodes: [Int], guides: [Bool]) -> [(Int, [Bool], Bool)] {
      nodes.enumerated().reversed().map { ($1, guides, $0 == nodes.count - 1) }
    }
  }

  /// `top` and what follows while a node has one child and is no fine class itself.
  package static func chain(from top: Int, in hierarchy: Hierarchy) -> [Int] {
    var chain = [top]
    while hierarchy.fineClass(chain[chain.count - 1]) == nil {
      let children = hierarchy.children(chain[chain.count - 1])
      guard children.count == 1 else { break }
      chain.append(children[0])
    }
    return chain
  }

  /// The line that shows `node`; nil where it is folded away.
  package func index(of node: Int) -> Int? { lineOfNode[node] < 0 ? nil : Int(lineOfNode[node]) }

  /// The largest nodes unfolded, as long as no more than about `limit` lines show.
  package static func start(_ hierarchy: Hierarchy, limit: Int = 60) -> Set<Int> {
    var unfolded: Set<Int> = []
    var lines = hierarchy.roots.count
    var candidates = hierarchy.roots
    while let largest = candidates.indices.max(by: {
      hierarchy.fineClassesBelow(candidates[$0]) < hierarchy.fineClassesBelow(candidates[$1])
    }) {
      let node = chain(from: candidates.remove(at: largest), in: hierarchy).last!
      let children = hierarchy.children(node)
      if children.isEmpty { continue }
      if lines + children.count > limit && !unfolded.isEmpty { break }
      lines += children.count
      unfolded.insert(node)
      candidates += children
    }
    return unfolded
  }
}

extension TreeOutline.Line {
  /// The line that a node would have if it were not folded away.
  init(folded node: Int, in hierarchy: Hierarchy) {
    self.init(chain: [node], guides: [], isLast: true, isUnfolded: false, isLeaf: hierarchy.isLeaf(node))
  }
}
