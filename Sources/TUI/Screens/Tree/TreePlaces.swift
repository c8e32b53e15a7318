import Basics

/// A list of nodes to go to.
package struct PlaceMenu: Sendable {
  package enum Kind: Sendable {
    /// The hypernyms of a class that the tree does not show it under.
    case alsoUnder
    case bookmarks
  }

  package let kind: Kind
  package var menu: TreeMenu
  /// The node of each entry; nil where the tree has none.
  package var nodes: [Int?]

  var selected: Int? { nodes.indices.contains(menu.list.selected) ? nodes[menu.list.selected] : nil }

  package var hints: [KeyHint] {
    [KeyHint("Enter", "go there", isAvailable: selected != nil), KeyHint("↑ ↓", "choose")]
      + (kind == .bookmarks ? [KeyHint("d", "remove it")] : []) + [KeyHint("Esc", "close")]
  }
}

/// Jumps, and the way back from them.
extension TreeScreen {
  /// As many as anybody goes back.
  private static let longest = 200

  /// Moves to a node that may be far away; ^O comes back.
  mutating func jump(to node: Int) -> [Effect] {
    rememberPlace()
    reveal(node)
    return settle()
  }

  mutating func rememberPlace() {
    guard let here = line?.node, jumps.last != here else { return }
    jumps.append(here)
    if jumps.count > Self.longest { jumps.removeFirst() }
  }

  mutating func jumpBack() -> [Effect] {
    // Where the cursor is already is no way back.
    while let last = jumps.last, last == line?.node { jumps.removeLast() }
    guard let last = jumps.popLast() else { return [] }
    reveal(last)
    return settle()
  }

  // MARK: Other parents

  /// Goes to the other parent of the class under the cursor, or lists them where there are several.
  mutating func goAlsoUnder() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    let parents = otherParents(of: line)
    if parents.count == 1, let only = hierarchy.node(parents[0].parent) { return jump(to: only) }
    let nodes = parents.map { hierarchy.node($0.parent) }
    let entries = zip(parents, nodes).map { found, node in
      TreeMenu.Entry(
        printable(hierarchy.wordNet.name(of: found.parent)) + "  " + hierarchy.wordNet.wnid(of: found.parent),
        detail: node.map { "contains \(counted(hierarchy.fineClassesBelow($0), "fine class"))" } ?? "contains none of these classes",
        isAvailable: node != nil)
    }
    let title = "\(printable(hierarchy.name(line.node))) is also under"
    mode = .places(PlaceMenu(kind: .alsoUnder, menu: TreeMenu(title: title, entries: entries), nodes: nodes))
    return []
  }

  // MARK: Bookmarks

  mutating func toggleBookmark() -> [Effect] {
    guard let line, let hierarchy else { return [] }
    let wnids = line.chain.map { hierarchy.wnid($0) }
    if bookmarks.contains(where: wnids.contains) {
      bookmarks.removeAll(where: wnids.contains)
    } else {
      bookmarks.append(hierarchy.wnid(pointed.flatMap { line.chain.contains($0) ? $0 : nil } ?? line.node))
    }
    return remember()
  }

  mutating func listBookmarks() -> [Effect] {
    guard let hierarchy else { return [] }
    let nodes = bookmarks.map { hierarchy.node(wnid: $0) }
    let entries = zip(bookmarks, nodes).map { wnid, node in
      let above = node.map { hierarchy.chain($0).dropFirst().prefix(2).map { printable(hierarchy.name($0)) } } ?? []
      return TreeMenu.Entry(
        "◆ " + (node.map { printable(hierarchy.name($0)) } ?? printable(wnid)),
        detail: node == nil ? "not in this tree" : above.joined(separator: " ‹ "), isAvailable: node != nil)
    }
    mode = .places(PlaceMenu(kind: .bookmarks, menu: TreeMenu(title: "Bookmarks", entries: entries), nodes: nodes))
    return []
  }

  /// Keeps what is no edit of the label set once nothing follows for a while.
  mutating func remember() -> [Effect] {
    edits += 1
    return [.later(milliseconds: 1000, .keepDraft(edit: edits))]
  }

  /// The keys of a list of places.
  mutating func take(_ key: Key, places menu: PlaceMenu) -> [Effect] {
    var menu = menu
    if menu.menu.move(key) {
      mode = .places(menu)
      return []
    }
    switch key {
    case .enter:
      guard let node = menu.selected else { return [] }
      mode = nil
      return jump(to: node)
    case "d" where menu.kind == .bookmarks, .delete where menu.kind == .bookmarks:
      guard bookmarks.indices.contains(menu.menu.list.selected) else { return [] }
      let place = menu.menu.list.selected
      bookmarks.remove(at: place)
      if bookmarks.isEmpty { mode = nil } else { _ = listBookmarks() }
      if case .places(var shorter) = mode {
        shorter.menu.list.select(place, count: bookmarks.count)
        mode = .places(shorter)
      }
      return remember()
    case .escape, "q", "a", "'": mode = nil
    default: break
    }
    return []
  }
}
