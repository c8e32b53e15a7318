/// One line of text being typed, with a cursor.
package struct TextField: Equatable, Sendable {
  package private(set) var text: String
  /// In characters from the start.
  package private(set) var cursor: Int
  /// How many characters of the last paste it had no room for.
  package private(set) var leftOut = 0
  /// Those of `text`, so that a key costs the same wherever it falls.
  private var characters: [Character]

  /// What it takes: characters, and bytes, as one character may be any number of marks.
  package static let most = 1000
  private static let mostBytes = 4 * most
  /// What is typed first replaces it all: so it is in every field that holds a number.
  package private(set) var isSelected = false

  package mutating func select() { isSelected = !text.isEmpty }

  package init(_ text: String = "") {
    self.text = text
    characters = Array(text)
    cursor = characters.count
  }

  /// Whether `key` is one that changes a text or moves in it.
  package static func edits(_ key: Key) -> Bool {
    var text = TextField("text")
    text.take(.left)
    let before = text
    text.take(key)
    return text != before
  }

  /// - Returns: whether the text changed. Keys that mean nothing to a text field are left to the caller.
  @discardableResult
  package mutating func take(_ key: Key) -> Bool {
    leftOut = 0
    if isSelected {
      isSelected = false
      switch key {
      case .character, .paste: replace(0..<characters.count)
      default: break
      }
    }
    switch key {
    case .character(let character): return insert([character]) > 0
    case .paste(let pasted):
      let line = Array(Self.line(pasted))
      leftOut = line.count - insert(line)
      return leftOut < line.count
    case .backspace:
      guard cursor > 0 else { return false }
      replace(cursor - 1..<cursor)
    case .delete, .control("d"):
      guard cursor < characters.count else { return false }
      replace(cursor..<cursor + 1)
    case .control("u"):
      guard cursor > 0 else { return false }
      replace(0..<cursor)
    case .control("k"):
      guard cursor < characters.count else { return false }
      replace(cursor..<characters.count)
    case .control("w"):
      var start = cursor
      while start > 0, characters[start - 1] == " " { start -= 1 }
      while start > 0, characters[start - 1] != " " { start -= 1 }
      guard start < cursor else { return false }
      replace(start..<cursor)
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
    return true
  }

  /// - Returns: how many of `new` there was room for.
  private mutating func insert(_ new: [Character]) -> Int {
    var room = Self.mostBytes - text.utf8.count
    let taken = new.prefix(max(0, Self.most - characters.count)).prefix {
      room -= $0.utf8.count
      return room >= 0
    }
    if !taken.isEmpty { replace(cursor..<cursor, with: taken) }
    return taken.count
  }

  /// Puts `new` in place of part of the text, and the cursor behind it.
  private mutating func replace(_ part: Range<Int>, with new: ArraySlice<Character> = []) {
    characters.replaceSubrange(part, with: new)
    text = String(characters)
    cursor = part.lowerBound + new.count
    // Characters that came to stand side by side may have joined into one.
    guard text.utf8.count > characters.count else { return }
    characters = Array(text)
    cursor = min(cursor, characters.count)
  }

  /// A paste as one line: ends of lines, but those at its end, and tabs are spaces, other controls are left out.
  package static func line(_ pasted: String) -> String {
    var line = String.UnicodeScalarView()
    var last: Unicode.Scalar?
    for scalar in pasted.unicodeScalars {
      switch scalar {
      case "\n" where last == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\t": line.append(scalar == "\t" ? " " : "\n")
      default: if cellWidth(scalar) != .control { line.append(scalar) }
      }
      last = scalar
    }
    while line.last == "\n" { line.removeLast() }
    return String(String.UnicodeScalarView(line.map { $0 == "\n" ? " " : $0 }))
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

  /// Draws the text so that the cursor is in view, and puts the terminal's cursor there: where that is, text is typed.
  package func draw(on canvas: inout Canvas, in area: Rect, placeholder: String = "") {
    guard !area.isEmpty else { return }
    var area = area
    if leftOut > 0 {
      let words = "\(NumberText.grouped(leftOut)) more left out"
      canvas.put(words, in: area.takeRight(min(area.columns / 2, displayWidth(words) + 1)), style: Style(.near), align: .right)
    }
    var (start, width) = (cursor, 0)
    while start > 0 {
      width += displayWidth(String(characters[start - 1]))
      guard width < area.columns else { break }
      start -= 1
    }
    let before = String(characters[start..<cursor])
    // No character takes more than its bytes; what is beyond the edge need not be measured.
    canvas.put(before + String(characters[cursor...].prefix(area.columns)), row: area.row, column: area.column,
      style: isSelected ? Style(on: .selection) : .plain, width: area.columns)
    canvas.cursor = (area.row, area.column + displayWidth(before))
    if text.isEmpty { canvas.put(placeholder, in: area, style: .muted) }
  }
}
