/// How the cursor goes through the tree, and what is unfolded on the way.
extension TreeScreen {
  mutating func move(_ key: Key, _ page: Int) -> [Effect] {
    pointed = nil
    _ = cursor.move(key, count: outline?.lines.count ?? 0, page: page)
    return settle()
  }

  /// Details are shown and pictures fetched once the cursor rests.
  func settle(after milliseconds: Int = 120) -> [Effect] {
    guard let line else { return [] }
    return [.later(milliseconds: milliseconds, .tree(.settled(node: line.node)))]
  }

  mutating func goRight() -> [Effect] {
    guard let line, !line.isLeaf else { return [] }
    if line.isUnfolded { return move(.down, 1) }
    unfolded.insert(line.node)
    rebuildOutline(keeping: line.node)
    return []
  }

  mutating func goLeft() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    if line.isUnfolded {
      unfolded.remove(line.node)
      rebuildOutline(keeping: line.node)
      return []
    }
    guard let parent = hierarchy.parent(line.top), let index = outline?.index(of: parent) else { return [] }
    cursor.select(index, count: outline?.lines.count ?? 0)
    return settle()
  }

  /// Everything below the cursor, or nothing where all is unfolded.
  mutating func unfoldAll() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    let inner = hierarchy.subtree(line.node).filter { !hierarchy.isLeaf($0) }
    if unfolded.isSuperset(of: inner) { unfolded.subtract(inner) } else { unfolded.formUnion(inner) }
    rebuildOutline(keeping: line.node)
    return []
  }

  /// Goes to the first class that is joined from several, and shows the others, as far as a screen or two hold them.
  mutating func showJoined() -> [Effect] {
    guard let cutView, let hierarchy, let first = cutView.groups.first?.first else { return [] }
    for node in cutView.groups.joined().prefix(100) { unfolded.formUnion(hierarchy.chain(node).dropFirst()) }
    reveal(first)
    return settle()
  }

  /// Moves to a node, unfolding what hides it.
  mutating func reveal(_ node: Int) {
    guard let hierarchy else { return }
    pointed = node
    unfolded.formUnion(hierarchy.chain(node).dropFirst())
    rebuildOutline(keeping: node)
  }
}
