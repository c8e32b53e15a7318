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
    let isUnicode = look.glyphs == .unicode
    withRow(row) { cells in
      var last: Int?
      for scalar in text.unicodeScalars {
        let kind = cellWidth(scalar)
        switch kind {
        case .none: continue
        case .combining:
          if let last, isUnicode { cells[last].marks.append(scalar) }
        case .narrow, .control:
          guard at < end else { return }
          let shown = kind == .control ? "\u{FFFD}" : scalar
          last = Self.set(isUnicode ? shown : asciiGlyph(shown), column: at, of: cells, style: style)
          at += 1
        case .wide:
          guard at + 1 < end else { return }
          if isUnicode {
            last = at >= 0 ? Self.set(scalar, column: at, of: cells, style: style) : nil
            Self.set(at >= 0 ? Cell.covered : " ", column: at + 1, of: cells, style: style)
          } else {
            last = Self.set("?", column: at, of: cells, style: style)
            Self.set("?", column: at + 1, of: cells, style: style)
          }
          at += 2
        }
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
    for row in rect.row..<rect.endRow where row >= 0 && row < size.rows {
      withRow(row) { cells in
        for column in rect.column..<rect.endColumn { Self.set(shown, column: column, of: cells, style: style) }
      }
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

  /// Part of a row.
  struct Part {
    var row: Int
    var columns: Range<Int>
  }

  /// For each row that `shown` does not have so the part where it differs, with whole characters; all where there is none.
  func parts(besides shown: Canvas?) -> [Part] {
    guard let shown else { return (0..<size.rows).map { Part(row: $0, columns: 0..<size.columns) } }
    var parts: [Part] = []
    cells.withUnsafeBufferPointer { own in
      shown.cells.withUnsafeBufferPointer { other in
        for row in 0..<size.rows {
          let place = row * size.columns..<(row + 1) * size.columns
          guard var first = place.first(where: { own[$0] != other[$0] }), var last = place.last(where: { own[$0] != other[$0] }) else { continue }
          while first > place.lowerBound, own[first].isCovered || other[first].isCovered { first -= 1 }
          while last + 1 < place.upperBound, own[last + 1].isCovered || other[last + 1].isCovered { last += 1 }
          parts.append(Part(row: row, columns: first - place.lowerBound..<last + 1 - place.lowerBound))
        }
      }
    }
    return parts
  }

  /// The cells of pictures in `parts` that are not in `shown` already, row by row: their places in ``cells``.
  func pictures(in parts: [Part], besides shown: Canvas?) -> [(row: Int, places: [Int])] {
    parts.compactMap { part in
      var places: [Int] = []
      var isPicture = false
      for place in part.columns.lowerBound + part.row * size.columns..<part.columns.upperBound + part.row * size.columns {
        // The right half of a wide character goes with it.
        if !cells[place].isCovered { isPicture = cells[place].style.isExact && shown?.cells[place] != cells[place] }
        if isPicture { places.append(place) }
      }
      return places.isEmpty ? nil : (part.row, places)
    }
  }

  mutating func blank(_ places: [Int]) {
    for place in places { cells[place] = Cell() }
  }

  mutating func copy(_ part: Part, of canvas: Canvas) {
    let place = part.row * size.columns + part.columns.lowerBound..<part.row * size.columns + part.columns.upperBound
    cells.replaceSubrange(place, with: canvas.cells[place])
  }

  /// Copies another canvas to a place, clipped to this one; none of its wide characters may lie across an edge.
  mutating func put(_ other: Canvas, row: Int, column: Int) {
    let first = max(0, -column)
    let count = min(other.size.columns, size.columns - column) - first
    guard count > 0 else { return }
    for from in 0..<other.size.rows where row + from >= 0 && row + from < size.rows {
      let start = (row + from) * size.columns + column + first
      cells.replaceSubrange(start..<start + count, with: other.row(from).dropFirst(first).prefix(count))
    }
  }

  /// Copies cells of which each takes one column, clipped to the canvas.
  mutating func put(_ cells: ArraySlice<Cell>, row: Int, column: Int) {
    guard row >= 0, row < size.rows else { return }
    withRow(row) { own in
      for (place, cell) in cells.enumerated() { Self.set(cell.scalar, column: column + place, of: own, style: cell.style) }
    }
  }

  private mutating func withRow(_ row: Int, _ body: (UnsafeMutableBufferPointer<Cell>) -> Void) {
    cells.withUnsafeMutableBufferPointer { all in
      body(UnsafeMutableBufferPointer(rebasing: all[row * size.columns..<(row + 1) * size.columns]))
    }
  }

  /// Sets one cell of a row, blanking the other half of a wide character that it breaks.
  /// - Returns: the column; nil where it lies outside.
  @discardableResult
  private static func set(_ scalar: Unicode.Scalar, column: Int, of cells: UnsafeMutableBufferPointer<Cell>, style: Style) -> Int? {
    guard column >= 0, column < cells.count else { return nil }
    if scalar != Cell.covered, cells[column].isCovered, column > 0 {
      cells[column - 1] = Cell(style: cells[column - 1].style)
    }
    if column + 1 < cells.count, cells[column + 1].isCovered, !cells[column].isCovered {
      cells[column + 1] = Cell(style: cells[column + 1].style)
    }
    cells[column] = Cell(scalar, style: style)
    return column
  }
}

package enum Alignment: Sendable {
  case left, center, right
}
