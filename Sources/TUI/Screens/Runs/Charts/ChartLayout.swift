/// How the charts share the screen.
package enum ChartLayout: Sendable {
  /// As many as fit beside each other, under a list or beside facts.
  case beside
  /// As many as fit on the whole screen.
  case grid
  /// One, as large as possible.
  case one

  package var next: ChartLayout {
    switch self {
    case .beside: .grid
    case .grid: .one
    case .one: .beside
    }
  }

  /// Where the charts go: those around the one in focus, in pages.
  func places(_ kinds: [ChartKind], focus: ChartKind, in rect: Rect) -> [(kind: ChartKind, rect: Rect)] {
    let focused = kinds.firstIndex(of: focus) ?? 0
    let (rows, columns) = self == .one ? (1, 1) : shape(kinds.count, in: rect)
    let page = rows * columns
    let start = focused / page * page
    let shown = kinds[start..<min(kinds.count, start + page)]
    var places: [(kind: ChartKind, rect: Rect)] = []
    var rest = rect
    let lines = (shown.count + columns - 1) / columns
    for line in 0..<lines {
      var row = rest.takeTop(rest.rows / (lines - line))
      let inLine = shown.dropFirst(line * columns).prefix(columns)
      for (place, kind) in inLine.enumerated() {
        let isLast = place == columns - 1
        places.append((kind, row.takeLeft(isLast ? row.columns : (row.columns + 1) / (columns - place) - 1)))
        _ = row.takeLeft(1)
      }
    }
    return places
  }

  /// How many rows and columns of charts that can be read fit.
  private func shape(_ count: Int, in rect: Rect) -> (rows: Int, columns: Int) {
    switch self {
    case .one: return (1, 1)
    case .grid:
      let columns = max(1, min(3, rect.columns / 46, count))
      return (max(1, min(rect.rows / 8, (count + columns - 1) / columns)), columns)
    case .beside:
      let columns = rect.columns >= 165 ? 3 : rect.columns >= 76 ? 2 : 1
      return (max(1, min(3, rect.rows / (columns == 1 ? 7 : 12))), columns)
    }
  }
}
