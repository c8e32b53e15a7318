/// How large pictures are and where they lie, for so many runs in a given area.
package struct NeighborsLayout: Equatable, Sendable {
  /// Of one picture with its frame.
  package let card: Size
  package let neighborsPerLine: Int
  package let linesPerRow: Int
  /// The runs that are shown at the same time.
  package let rowsShown: Int

  /// A picture needs so many columns to be recognised, and no more than so many to be good.
  private static let pictureColumns = stride(from: 28, through: 6, by: -2)
  private static let leastNeighbors = 5

  package init(rows: Int, in area: Rect) {
    let rows = max(1, rows)
    // The largest pictures with which every run has a line; else the smallest, and as many runs as fit.
    var chosen = (columns: 6, shown: 1)
    for columns in Self.pictureColumns {
      let card = Self.card(columns)
      let fits = (area.columns + 1) / (card.columns + 1) > Self.leastNeighbors
      // Each run has a title; one line is kept for the dotted line.
      let shown = (area.rows - 1) / (card.rows + 1)
      if fits && shown >= rows || columns == 6 {
        chosen = (columns, max(1, min(rows, shown)))
        break
      }
    }
    card = Self.card(chosen.columns)
    rowsShown = chosen.shown
    neighborsPerLine = max(1, (area.columns + 1) / (card.columns + 1) - 1)
    linesPerRow = max(1, ((area.rows - 1) / rowsShown - 1) / card.rows)
  }

  private static func card(_ pictureColumns: Int) -> Size {
    Size(rows: pictureColumns / 2 + 2, columns: pictureColumns + 2)
  }

  /// The rows of the area that one run takes, its title among them.
  package var rowHeight: Int { 1 + linesPerRow * card.rows }

  /// Where a card lies in its run's part of the screen; slot 0 of the first line is the query's.
  package func frame(line: Int, slot: Int, in area: Rect) -> Rect {
    Rect(
      row: area.row + line * card.rows, column: area.column + slot * (card.columns + 1), rows: card.rows,
      columns: card.columns)
  }
}

extension NeighborsScreen {
  /// The cards, and below them what is said of the query and the selected neighbour, where there is room.
  static func parts(_ body: Rect) -> (cards: Rect, facts: Rect) {
    var cards = body
    let facts = cards.takeBottom(body.rows >= 16 ? 2 : 0)
    return (cards, facts)
  }
}
