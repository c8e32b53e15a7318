/// Which entry of a list is selected. The list itself stays with its owner, who says how long it is.
package struct ListPosition: Equatable, Sendable {
  package private(set) var selected: Int

  package init(_ selected: Int = 0) { self.selected = selected }

  package mutating func select(_ index: Int, count: Int) { selected = max(0, min(index, count - 1)) }

  /// - Returns: whether `key` is one that moves in lists (arrows, paging by a whole or a half, first, last, a click on another entry). Letters are the owner's.
  package mutating func move(_ key: Key, count: Int, page: Int) -> Bool {
    switch key {
    case .up: select(selected - 1, count: count)
    case .down: select(selected + 1, count: count)
    case .pageUp: select(selected - max(1, page), count: count)
    case .pageDown: select(selected + max(1, page), count: count)
    case .control("u"): select(selected - max(1, page / 2), count: count)
    case .control("d"): select(selected + max(1, page / 2), count: count)
    case .home: select(0, count: count)
    case .end: select(count - 1, count: count)
    case .pick(let index) where index != selected: select(index, count: count)
    default: return false
    }
    return true
  }

  /// The entries that `rows` rows show, the selected one in their middle third. The window moves by a third of its
  /// height at a time: most moves of the selection leave all lines where they are, which a slow connection is grateful for.
  package func window(count: Int, rows: Int) -> Range<Int> {
    guard rows > 0 else { return 0..<0 }
    let step = max(1, rows / 3)
    let above = rows < 3 ? 0 : step
    let first = max(0, min(selected / step * step - above, count - rows))
    return first..<min(count, first + rows)
  }
}
