/// What the mouse did, and where.
package struct Mouse: Equatable, Sendable {
  package enum Kind: Sendable {
    case click, wheelUp, wheelDown
  }
  package var kind: Kind
  package var row, column: Int

  package init(_ kind: Kind, row: Int, column: Int) {
    self.kind = kind
    self.row = row
    self.column = column
  }
}

extension AppState {
  /// What a click asks for: a screen's tab, a hint of the footer, a line of the tree. Nil where there is nothing to click on.
  func target(of mouse: Mouse) -> MouseTarget? {
    guard finder == nil else { return nil }
    if mouse.row == 0 { return tabs.first { $0.columns.contains(mouse.column) }.map { .action(.show($0.name)) } }
    if mouse.row == session.size.rows - 1, capture == nil {
      return footer.first { $0.columns.contains(mouse.column) }.map { .action($0.binding.action) }
    }
    guard screen == .tree, capture == nil else { return nil }
    return tree.line(atRow: mouse.row, column: mouse.column, session).map { .treeLine($0) }
  }
}

enum MouseTarget {
  case action(Action)
  case treeLine(Int)
}
