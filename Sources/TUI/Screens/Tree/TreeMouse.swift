extension TreeScreen {
  /// The line of the tree that is shown there.
  func line(atRow row: Int, column: Int, _ session: Session) -> Int? {
    let list = layout(session.body).list
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
