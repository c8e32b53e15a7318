extension TreeScreen {
  /// A click moves the cursor; one on the line that has it folds or unfolds that.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    guard index == cursor.selected else {
      pointed = nil
      cursor.select(index, count: outline?.lines.count ?? 0)
      return settle()
    }
    return line?.isUnfolded == true ? goLeft() : goRight()
  }
}
