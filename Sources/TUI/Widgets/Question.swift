/// A question that must be answered before anything else is done, with one key for each answer.
package struct Question: Equatable, Sendable {
  package var title: String
  /// What follows from a yes.
  package var detail: String
  /// The word for yes, beginning with its key: "stop".
  package var yes: String
  package var no: String

  package init(_ title: String, detail: String, yes: String, no: String = "keep") {
    self.title = title
    self.detail = detail
    self.yes = yes
    self.no = no
  }

  package enum Answer: Sendable { case yes, no }

  /// Nil where `key` answers nothing. Enter answers nothing: a habit must not stop a training.
  package func answer(_ key: Key) -> Answer? {
    switch key {
    case "y", "Y": .yes
    case "n", "N", "q", .escape: .no
    default: nil
    }
  }

  package var hints: [KeyHint] { [KeyHint("y", yes), KeyHint("n", no)] }

  package func draw(on canvas: inout Canvas, in area: Rect) {
    let width = min(area.columns - 2, 64)
    let lines = wrap(detail, width - 4)
    // Blank lines around the detail where there is room.
    let margin = area.rows >= lines.count + 5 ? 1 : 0
    let rows = min(area.rows, lines.count + 3 + 2 * margin)
    let inside = canvas.frame(in: area, rows: rows, columns: width, title: title, style: Style(.near), heavy: true)
    for (index, line) in lines.enumerated() { canvas.put(line, in: inside.line(index + margin)) }
    drawHints(hints, on: &canvas, in: inside.line(inside.rows - 1))
  }
}
