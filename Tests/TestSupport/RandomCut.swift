import Taxonomy

extension Cut {
  /// A cut with random nodes collapsed and random subtrees left out.
  /// - Parameter joining: whether random classes are joined, too.
  package static func random(_ tree: Hierarchy, joining: Bool = false, _ random: inout SeededGenerator) -> Cut {
    var cut = Cut(tree)
    for _ in 0..<Int.random(in: 0...(joining ? 12 : 6), using: &random) {
      func node() -> Int { Int.random(in: tree.nodes, using: &random) }
      switch Int.random(in: 0..<(joining ? 8 : 6), using: &random) {
      case 0: cut.leaveOut(node())
      case 1: cut.takeIn(node())
      case 2: cut.expandOneLevel(node())
      case 6: cut.join([node(), node(), node()])
      case 7: cut.separate([node()])
      default: cut.collapse(node())
      }
    }
    return cut
  }
}
