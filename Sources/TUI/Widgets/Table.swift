/// Rows in columns. Where room is short, columns give way, the least important first; flexible ones take what is left over.
package struct Table<Row> {
  package struct Column {
    package var title: String
    /// The least width for the column that takes what is left over, the width for all others.
    package var width: Int
    package var align: Alignment
    package var cut: Shortening
    package var isFlexible: Bool
    /// A flexible column is never wider: numbers should stand near the name that they belong to.
    package var most: Int
    /// Columns of a higher rank give way first.
    package var rank: Int
    package var cell: (Row) -> Span

    package init(
      _ title: String, width: Int, align: Alignment = .left, cut: Shortening = .end, isFlexible: Bool = false,
      most: Int = .max, rank: Int,
      cell: @escaping (Row) -> Span
    ) {
      self.title = title
      self.width = width
      self.align = align
      self.cut = cut
      self.isFlexible = isFlexible
      self.most = most
      self.rank = rank
      self.cell = cell
    }
  }

  package var columns: [Column]
  /// How many columns of the selected row, from the left, are drawn as selected; nil for the whole row.
  package var selectedColumns: Int?

  package init(_ columns: [Column]) { self.columns = columns }

  private static var gap: Int { 2 }

  /// Draws a heading and below it as many of `rows` as fit, the selected one among them and marked.
  package func draw<Rows: RandomAccessCollection>(
    _ rows: Rows, selected: ListPosition, on canvas: inout Canvas, in rect: Rect
  ) where Rows.Element == Row, Rows.Index == Int {
    let cursorWidth = 2
    let columns = fitting(rect.columns - cursorWidth)
    var area = rect
    let heading = area.takeTop(1)
    drawCells(columns, heading, cursorWidth, &canvas) { Span($0.title, .muted) }
    for (line, index) in selected.window(count: rows.count, rows: area.rows).enumerated() {
      let row = area.line(line)
      canvas.onClick(row, .key(.pick(index)))
      let shown = rows[index]
      drawCells(columns, row, cursorWidth, &canvas) { $0.cell(shown) }
      if index == selected.selected {
        canvas.put("›", row: row.row, column: row.column, style: Style(.accent, .bold))
        canvas.restyle(selectedPart(of: row, columns)) { $0.background = .selection }
      }
    }
  }

  private func selectedPart(of row: Rect, _ columns: [Column]) -> Rect {
    guard let selectedColumns else { return row }
    var row = row
    return row.takeLeft(columns.prefix(selectedColumns).reduce(2) { $0 + $1.width + Self.gap } - 1)
  }

  private func drawCells(
    _ columns: [Column], _ row: Rect, _ indent: Int, _ canvas: inout Canvas, text: (Column) -> Span
  ) {
    var rest = row
    _ = rest.takeLeft(indent)
    for column in columns {
      let span = text(column)
      canvas.put(span.text, in: rest.takeLeft(column.width), style: span.style, align: column.align, cut: column.cut)
      _ = rest.takeLeft(Self.gap)
    }
  }

  /// The columns that fit into `width` cells, at their final widths.
  private func fitting(_ width: Int) -> [Column] {
    var kept = columns
    func needed() -> Int { kept.reduce(-Self.gap) { $0 + $1.width + Self.gap } }
    while kept.count > 1, needed() > width, let rank = kept.map(\.rank).max() {
      kept.remove(at: kept.lastIndex { $0.rank == rank }!)
    }
    // Columns that have a most share what is left over, then those that have none; what is missing is the first one's.
    var spare = width - needed()
    let flexible = kept.indices.filter { kept[$0].isFlexible }
    if spare < 0, let first = flexible.first { kept[first].width = max(0, kept[first].width + spare) }
    let bounded = flexible.filter { kept[$0].most < .max }.sorted { kept[$0].most < kept[$1].most }
    for sharing in [bounded, flexible.filter { kept[$0].most == .max }] {
      for (place, column) in sharing.enumerated() {
        let share = max(0, min(spare / (sharing.count - place), kept[column].most - kept[column].width))
        kept[column].width += share
        spare -= share
      }
    }
    return kept
  }
}
