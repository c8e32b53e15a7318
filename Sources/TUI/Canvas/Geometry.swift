/// How many rows and columns of character cells a terminal, or a part of it, has.
package struct Size: Hashable, Sendable {
  package var rows, columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }
}

/// A rectangle of character cells. Splitting never yields more than there is: a rectangle may be empty, never negative.
package struct Rect: Hashable, Sendable {
  package var row, column, rows, columns: Int

  package init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }

  package init(_ size: Size) { self.init(row: 0, column: 0, rows: size.rows, columns: size.columns) }

  package var isEmpty: Bool { rows == 0 || columns == 0 }
  /// One below the last row.
  package var endRow: Int { row + rows }
  /// One right of the last column.
  package var endColumn: Int { column + columns }
  package var size: Size { Size(rows: rows, columns: columns) }

  /// The `index`-th row as a rectangle of its own; empty where there is none.
  package func line(_ index: Int) -> Rect {
    Rect(row: row + index, column: column, rows: index >= 0 && index < rows ? 1 : 0, columns: columns)
  }

  /// Without `rows` at top and bottom and `columns` at either side.
  package func inset(rows: Int = 0, columns: Int = 0) -> Rect {
    Rect(
      row: row + rows, column: column + columns, rows: self.rows - 2 * rows, columns: self.columns - 2 * columns)
  }

  /// Cuts `count` rows off the top, leaving the rest.
  package mutating func takeTop(_ count: Int) -> Rect {
    let taken = Rect(row: row, column: column, rows: min(max(0, count), rows), columns: columns)
    row += taken.rows
    rows -= taken.rows
    return taken
  }

  /// Cuts `count` rows off the bottom, leaving the rest.
  package mutating func takeBottom(_ count: Int) -> Rect {
    let height = min(max(0, count), rows)
    rows -= height
    return Rect(row: row + rows, column: column, rows: height, columns: columns)
  }

  /// Cuts `count` columns off the left, leaving the rest.
  package mutating func takeLeft(_ count: Int) -> Rect {
    let taken = Rect(row: row, column: column, rows: rows, columns: min(max(0, count), columns))
    column += taken.columns
    columns -= taken.columns
    return taken
  }

  /// Cuts `count` columns off the right, leaving the rest.
  package mutating func takeRight(_ count: Int) -> Rect {
    let width = min(max(0, count), columns)
    columns -= width
    return Rect(row: row, column: column + columns, rows: rows, columns: width)
  }
}
