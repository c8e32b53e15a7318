/// A grid of cells that views draw into: everything that falls outside is clipped, nothing wraps, wide characters stay
/// whole. A view's test is its ``text``.
package struct Canvas: Equatable, Sendable {
  package let size: Size
  package let look: Look
  /// `rows · columns` cells, row by row.
  package private(set) var cells: [Cell]
  /// Where the terminal's cursor is shown, for text being typed.
  package var cursor: (row: Int, column: Int)?
  /// What can be clicked.
  package internal(set) var clicks = ClickMap()

  package init(_ size: Size, look: Look = Look()) {
    self.size = size
    self.look = look
    cells = Array(repeating: Cell(), count: size.rows * size.columns)
  }

  package static func == (one: Canvas, other: Canvas) -> Bool {
    one.size == other.size && one.hasCursor(of: other) && one.cells == other.cells
  }

  package func hasCursor(of other: Canvas) -> Bool {
    cursor?.row == other.cursor?.row && cursor?.column == other.cursor?.column
  }

  package var bounds: Rect { Rect(size) }

  package subscript(row: Int, column: Int) -> Cell { cells[row * size.columns + column] }

  /// The cells of one row.
  package func row(_ row: Int) -> ArraySlice<Cell> { cells[row * size.columns..<(row + 1) * size.columns] }

  /// The rows as lines, trailing spaces removed.
  package var text: String {
    (0..<size.rows).map { row in
      var line = ""
      for cell in self.row(row) where !cell.isCovered {
        line.unicodeScalars.append(cell.scalar)
        line.unicodeScalars.append(contentsOf: cell.marks)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// Writes `text` from a cell on to the right, clipped to the canvas and to `width` cells.
  /// - Returns: the column after the last cell written.
  @discardableResult
  package mutating func put(
    _ text: String, row: Int, column: Int, style: Style = .plain, width: Int = .max
  ) -> Int {
    var at = column
    let end = min(size.columns, width >= size.columns ? size.columns : column + max(0, width))
    guard row >= 0, row < size.rows else { return at }
    var last: Int?
    for scalar in text.unicodeScalars {
      switch cellWidth(scalar) {
      case .none: continue
      case .combining:
        if let last, look.glyphs == .unicode { cells[last].marks.append(scalar) }
      case .narrow, .control:
        guard at < end else { return at }
        let shown = cellWidth(scalar) == .control ? "\u{FFFD}" : scalar
        last = set(look.glyphs == .ascii ? asciiGlyph(shown) : shown, row: row, column: at, style: style)
        at += 1
      case .wide:
        guard at + 1 < end else { return at }
        if look.glyphs == .ascii {
          last = set("?", row: row, column: at, style: style)
          set("?", row: row, column: at + 1, style: style)
        } else {
          last = at >= 0 ? set(scalar, row: row, column: at, style: style) : nil
          set(at >= 0 ? Cell.covered : " ", row: row, column: at + 1, style: style)
        }
        at += 2
      }
    }
    return at
  }

  /// Writes `text` into the first row of `rect`, shortened to fit.
  package mutating func put(
    _ text: String, in rect: Rect, style: Style = .plain, align: Alignment = .left, cut: Shortening = .end
  ) {
    guard !rect.isEmpty else { return }
    let fitted = fit(text, rect.columns, cut)
    let spare = rect.columns - displayWidth(fitted)
    let indent = align == .left ? 0 : align == .right ? spare : spare / 2
    put(fitted, row: rect.row, column: rect.column + indent, style: style, width: rect.columns - indent)
  }

  /// Fills `rect` with one narrow character.
  package mutating func fill(_ rect: Rect, _ scalar: Unicode.Scalar = " ", style: Style = .plain) {
    let shown = look.glyphs == .ascii ? asciiGlyph(scalar) : scalar
    for row in rect.row..<rect.endRow {
      for column in rect.column..<rect.endColumn { set(shown, row: row, column: column, style: style) }
    }
  }

  /// Changes how the cells of `rect` are drawn, leaving their characters.
  package mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    for row in max(0, rect.row)..<max(0, min(rect.endRow, size.rows)) {
      for column in max(0, rect.column)..<max(0, min(rect.endColumn, size.columns)) {
        change(&cells[row * size.columns + column].style)
      }
    }
  }

  /// A line from the left to the right end of `rect`'s first row.
  package mutating func horizontalRule(_ rect: Rect, style: Style = .muted) { fill(rect.line(0), "─", style: style) }

  /// A line from the top to the bottom of `rect`'s first column.
  package mutating func verticalRule(_ rect: Rect, style: Style = .muted) {
    fill(Rect(row: rect.row, column: rect.column, rows: rect.rows, columns: min(1, rect.columns)), "│", style: style)
  }

  /// A frame along the inside of `rect`, with a title in its upper edge; its inside is left as it is.
  package mutating func box(_ rect: Rect, title: String = "", style: Style = .muted, heavy: Bool = false) {
    guard rect.rows >= 2, rect.columns >= 2 else { return }
    let (across, down) = heavy ? ("━", "┃") as (Unicode.Scalar, Unicode.Scalar) : ("─", "│")
    let corners = heavy ? ["┏", "┓", "┗", "┛"] : ["┌", "┐", "└", "┘"]
    let (right, bottom) = (rect.endColumn - 1, rect.endRow - 1)
    for row in [rect.row, bottom] {
      fill(Rect(row: row, column: rect.column, rows: 1, columns: rect.columns), across, style: style)
    }
    for column in [rect.column, right] {
      fill(Rect(row: rect.row, column: column, rows: rect.rows, columns: 1), down, style: style)
    }
    for (corner, place) in zip(
      corners, [(rect.row, rect.column), (rect.row, right), (bottom, rect.column), (bottom, right)])
    {
      put(corner, row: place.0, column: place.1, style: style)
    }
    if !title.isEmpty && rect.columns > 6 {
      put(" \(fit(title, rect.columns - 6, .middle)) ", row: rect.row, column: rect.column + 2, style: .bold)
    }
  }

  /// Blanks the cells of pictures that are not in `shown` already.
  /// - Returns: the rows where there are such, and how many cells each has.
  mutating func holdPictures(besides shown: Canvas?) -> [(row: Int, cells: Int)] {
    var held: [(row: Int, cells: Int)] = []
    for row in 0..<size.rows {
      if let shown, shown.row(row) == self.row(row) { continue }
      var count = 0
      var isHeld = false
      for place in row * size.columns..<(row + 1) * size.columns {
        // The right half of a wide character goes with it.
        if !cells[place].isCovered { isHeld = cells[place].style.isExact && shown?.cells[place] != cells[place] }
        guard isHeld else { continue }
        cells[place] = Cell()
        count += 1
      }
      if count > 0 { held.append((row, count)) }
    }
    return held
  }

  mutating func copy(row: Int, of canvas: Canvas) {
    let place = row * size.columns..<(row + 1) * size.columns
    cells.replaceSubrange(place, with: canvas.cells[place])
  }

  /// Sets one cell, blanking the other half of a wide character that it breaks.
  @discardableResult
  private mutating func set(_ scalar: Unicode.Scalar, row: Int, column: Int, style: Style) -> Int? {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return nil }
    let index = row * size.columns + column
    if scalar != Cell.covered, cells[index].isCovered, column > 0 {
      cells[index - 1] = Cell(style: cells[index - 1].style)
    }
    if column + 1 < size.columns, cells[index + 1].isCovered, !cells[index].isCovered {
      cells[index + 1] = Cell(style: cells[index + 1].style)
    }
    cells[index] = Cell(scalar, style: style)
    return index
  }
}

package enum Alignment: Sendable {
  case left, center, right
}
