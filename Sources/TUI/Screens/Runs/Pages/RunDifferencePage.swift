import Basics
import Runs

/// Two runs beside each other: what they were asked differently, what became of them, and their curves.
package struct RunDifferencePage: Equatable, Sendable {
  /// The runs' ids, the older one first.
  package let a, b: String
  /// Nil while their files are read.
  package var difference: RunDifference?
  package private(set) var list = ListPosition()

  package init(a: String, b: String, difference: RunDifference? = nil) {
    self.a = a
    self.b = b
    self.difference = difference
  }

  private var lines: [RunDifference.Line] { (difference?.configuration ?? []) + (difference?.results ?? []) }

  mutating func move(_ key: Key, page: Int) { _ = list.move(key, count: lines.count, page: page) }

  /// - Parameter names: of both runs, with their marks.
  func draw(_ names: [(name: String, mark: SeriesMark)], on canvas: inout Canvas, in area: Rect) {
    var rest = area
    let label = min(24, rest.columns * 2 / 5)
    let width = (rest.columns - label - 3) / 2
    func put(_ field: String, _ a: String, _ b: String, _ style: Style, in row: Rect) {
      var row = row
      _ = row.takeLeft(1)
      canvas.put(field, in: row.takeLeft(label), style: .muted)
      for text in [a, b] {
        canvas.put(printable(text), in: row.takeLeft(width), style: style, cut: .middle)
        _ = row.takeLeft(1)
      }
    }
    var head = rest.takeTop(1)
    canvas.put("‹ two runs", in: head.takeLeft(label + 1), style: .bold)
    for (name, mark) in names {
      let cell = head.takeLeft(width)
      let end = canvas.put("\(mark.glyph(canvas.look.glyphs)) ", row: cell.row, column: cell.column, style: Style(mark.color, .bold))
      canvas.put(printable(name), in: Rect(row: cell.row, column: end, rows: 1, columns: cell.endColumn - end), style: .bold, cut: .middle)
      _ = head.takeLeft(1)
    }
    guard let difference else { return canvas.put("reading …", in: rest.takeTop(1).inset(columns: 1), style: .muted) }
    if difference.configuration.isEmpty {
      canvas.put("same settings", in: rest.takeTop(1).inset(columns: 1), style: .muted)
    }
    // The heading of the results is a line of the list, so that it scrolls with them.
    let asked = difference.configuration.count
    let all = difference.configuration.map(Optional.some) + [nil] + difference.results.map(Optional.some)
    let place = list.selected < asked ? list.selected : list.selected + 1
    for index in ListPosition(place).window(count: all.count, rows: rest.rows) {
      let row = rest.takeTop(1)
      if let line = all[index] {
        put(line.field, line.a, line.b, line.a == line.b ? .muted : .plain, in: row)
      } else {
        canvas.horizontalRule(row)
        canvas.put(" results ", row: row.row, column: row.column + 1, style: .bold)
      }
      if index == place { canvas.restyle(row) { $0.background = .selection } }
    }
  }
}
