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

extension TreeScreen {
  /// The line of the tree that is shown there.
  func line(atRow row: Int, column: Int, _ session: Session) -> Int? {
    let list = Self.layout(session.body, showsDetails).list
    guard let outline, row >= list.row, row < list.endRow, column >= list.column, column < list.endColumn else { return nil }
    let window = cursor.window(count: outline.lines.count, rows: list.rows)
    let index = window.lowerBound + row - list.row
    return window.contains(index) ? index : nil
  }

  /// A click moves the cursor; one on the line that has it folds or unfolds that.
  mutating func click(line index: Int) -> [Effect] {
    guard index == cursor.selected else {
      pointed = nil
      cursor.select(index, count: outline?.lines.count ?? 0)
      return settle()
    }
    return line?.isUnfolded == true ? goLeft() : goRight()
  }
}
