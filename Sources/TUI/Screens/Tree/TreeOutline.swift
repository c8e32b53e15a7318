import Basics
import Taxonomy

/// The lines of a tree as it is unfolded on the screen. Nodes with a single child share a line with it.
package struct TreeOutline: Equatable, Sendable {
  /// No array in it: there may be 80,000 of them.
  package struct Line: Equatable, Sendable {
    /// The topmost node of the line, and the lowest, which is the one that can be unfolded. A node with a single child comes
    /// just before it, so that all between are the line's too.
    package var top, node: Int
    /// How many lines it hangs below.
    package var depth: Int
    package var isLast: Bool
    package var isUnfolded: Bool
    package var isLeaf: Bool
    /// For each level above, a bit: whether more lines of that level follow.
    fileprivate var guides: UInt64

    /// From the topmost node to the lowest.
    package var chain: ClosedRange<Int> { top...node }

    /// Whether more lines of a level above follow; levels beyond 63 are not told of.
    package func follows(atLevel level: Int) -> Bool { level < 64 && guides >> UInt64(level) & 1 == 1 }
  }

  package private(set) var lines: [Line] = []
  /// The line of each node, −1 where it is folded away.
  private var lineOfNode: [Int32]

  /// - Parameters:
  ///   - unfolded: the nodes whose children are shown.
  ///   - sort: puts siblings into another order than the tree's own.
  package init(_ hierarchy: Hierarchy, unfolded: Set<Int>, sort: ([Int]) -> [Int] = { $0 }) {
    lineOfNode = Array(repeating: -1, count: hierarchy.count)
    var stack: [(top: Int, depth: Int, guides: UInt64, isLast: Bool)] = []
    push(sort(hierarchy.roots), depth: 0, guides: 0)
    while let (top, depth, guides, isLast) = stack.popLast() {
      let node = Self.chain(from: top, in: hierarchy).upperBound
      let isLeaf = hierarchy.isLeaf(node)
      let isUnfolded = !isLeaf && unfolded.contains(node)
      for node in top...node { lineOfNode[node] = Int32(lines.count) }
      lines.append(
        Line(top: top, node: node, depth: depth, isLast: isLast, isUnfolded: isUnfolded, isLeaf: isLeaf, guides: guides))
      if isUnfolded {
        push(sort(hierarchy.children(node)), depth: depth + 1, guides: isLast || depth > 63 ? guides : guides | 1 << UInt64(depth))
      }
    }

    func push(_ siblings: [Int], depth: Int, guides: UInt64) {
      for (index, node) in siblings.enumerated().reversed() {
        stack.append((node, depth, guides, index == siblings.count - 1))
      }
    }
  }

  /// `top` and what follows while a node has one child and is no fine class itself.
  package static func chain(from top: Int, in hierarchy: Hierarchy) -> ClosedRange<Int> {
    var node = top
    while hierarchy.fineClass(node) == nil, hierarchy.hasSingleChild(node) { node += 1 }
    return top...node
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
      let node = chain(from: candidates.remove(at: largest), in: hierarchy).upperBound
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
  /// The lines that join it to its parent and siblings, and whether it can be unfolded.
  var twig: String {
    var twig = ""
    // The first level's guides would be a line along the whole left side.
    for level in 1..<max(1, depth) { twig += follows(atLevel: level) ? "│ " : "  " }
    if depth > 0 { twig += isLast ? "└─" : "├─" }
    return twig + (isLeaf ? "· " : isUnfolded ? "▾ " : "▸ ")
  }

  /// The name of a chain's lowest node, with as many of those above as there is room for.
  static func label(_ lowest: String, below names: ArraySlice<String>, columns: Int) -> String {
    var label = lowest
    var shown = names.endIndex
    while shown > names.startIndex,
      displayWidth(names[shown - 1]) + 3 + displayWidth(label) + (shown > names.startIndex + 1 ? 4 : 0) <= columns
    {
      shown -= 1
      label = names[shown] + " › " + label
    }
    return shown > names.startIndex && displayWidth(label) + 4 <= columns ? "… › " + label : label
  }

  /// The line that a node would have if it were not folded away.
  init(folded node: Int, in hierarchy: Hierarchy) {
    self.init(top: node, node: node, depth: 0, isLast: true, isUnfolded: false, isLeaf: hierarchy.isLeaf(node), guides: 0)
  }
}
