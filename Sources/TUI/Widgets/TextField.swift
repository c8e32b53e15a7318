/// One line of text being typed, with a cursor.
package struct TextField: Equatable, Sendable {
  package private(set) var text: String
  /// In characters from the start.
  package private(set) var cursor: Int

  package init(_ text: String = "") {
    self.text = text
    cursor = text.count
  }

  /// - Returns: whether the text changed. Keys that mean nothing to a text field are left to the caller.
  @discardableResult
  package mutating func take(_ key: Key) -> Bool {
    var characters = Array(text)
    switch key {
    case .character(let character):
      guard characters.count < 1000 else { return false }
      characters.insert(character, at: cursor)
      cursor += 1
    case .backspace:
      guard cursor > 0 else { return false }
      cursor -= 1
      characters.remove(at: cursor)
    case .delete, .control("d"):
      guard cursor < characters.count else { return false }
      characters.remove(at: cursor)
    case .control("u"):
      characters.removeFirst(cursor)
      cursor = 0
    case .control("k"): characters.removeLast(characters.count - cursor)
    case .control("w"):
      while cursor > 0, characters[cursor - 1] == " " { characters.remove(at: cursor - 1); cursor -= 1 }
      while cursor > 0, characters[cursor - 1] != " " { characters.remove(at: cursor - 1); cursor -= 1 }
    case .left:
      cursor = max(0, cursor - 1)
      return false
    case .right:
      cursor = min(characters.count, cursor + 1)
      return false
    case .home, .control("a"):
      cursor = 0
      return false
    case .end, .control("e"):
      cursor = characters.count
      return false
    default: return false
    }
    let changed = String(characters) != text
    text = String(characters)
    // Two characters may have joined into one.
    cursor = min(cursor, text.count)
    return changed
  }

  /// What becomes of a line that is typed for something to be done with it.
  package enum Answer: Equatable, Sendable {
    case typing, left
    case entered(String)
  }

  /// Enter ends the line, Esc leaves it, and all other keys edit it.
  package mutating func answer(_ key: Key) -> Answer {
    switch key {
    case .escape: return .left
    case .enter: return .entered(text)
    default:
      take(key)
      return .typing
    }
  }

  /// Draws the text so that the cursor is in view, and puts the terminal's cursor there.
  package func draw(on canvas: inout Canvas, in area: Rect, placeholder: String = "") {
    guard !area.isEmpty else { return }
    var before = String(text.prefix(cursor))
    while displayWidth(before) >= area.columns { before.removeFirst() }
    canvas.put(before + text.dropFirst(cursor), row: area.row, column: area.column, width: area.columns)
    canvas.cursor = (area.row, area.column + displayWidth(before))
    if text.isEmpty { canvas.put(placeholder, in: area, style: .muted) }
  }
}
