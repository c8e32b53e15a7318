/// The smallest terminal that the screens are made for.
package let smallestSize = Size(rows: 10, columns: 40)

/// The whole terminal as cells. Pure.
package func view(_ state: AppState) -> Canvas {
  let session = state.session
  var canvas = Canvas(session.size, look: session.look)
  guard session.size.rows >= smallestSize.rows, session.size.columns >= smallestSize.columns else {
    drawTooSmall(on: &canvas)
    return canvas
  }
  switch state.screen {
  case .tree: state.tree.draw(on: &canvas, in: session.body, session)
  case .runs: state.runs.draw(on: &canvas, in: session.body, session)
  case .neighbors: state.neighbors.draw(on: &canvas, in: session.body, session)
  }
  state.drawHeader(on: &canvas)
  state.drawFooter(on: &canvas)
  state.finder?.draw(on: &canvas, state)
  state.notice?.draw(on: &canvas, above: session.size.rows - 1)
  return canvas
}

private func drawTooSmall(on canvas: inout Canvas) {
  let lines = ["Too small", "\(smallestSize.columns)×\(smallestSize.rows) at least,", "this is \(canvas.size.columns)×\(canvas.size.rows)"]
  for (index, line) in lines.enumerated() {
    let middle = (canvas.size.rows - lines.count) / 2
    canvas.put(line, in: canvas.bounds.line(max(0, middle) + index), align: .center)
  }
}

extension AppState {
  fileprivate func drawHeader(on canvas: inout Canvas) {
    var column = 1
    if session.size.columns >= 70 {
      column = canvas.put("imagenet-tui", row: 0, column: column, style: .bold) + 2
    }
    for (index, name) in ScreenName.allCases.enumerated() {
      let isShown = name == screen
      let style = isShown ? Style(.accent, [.bold, .underline]) : .muted
      column = canvas.put("\(index + 1) \(name.title)", row: 0, column: column, style: style) + 2
    }
    let spans = headline
    let room = session.size.columns - column - 1
    let width = spans.reduce(0) { $0 + displayWidth($1.text) }
    if width <= room {
      var at = session.size.columns - 1 - width
      for span in spans { at = canvas.put(span.text, row: 0, column: at, style: span.style) }
    } else if room > 8 {
      canvas.put(
        spans.map(\.text).joined(), in: Rect(row: 0, column: column, rows: 1, columns: room), style: .muted,
        align: .right, cut: .start)
    }
  }

  private var headline: [Span] {
    switch screen {
    case .tree: tree.headline(session)
    case .runs: runs.headline(session)
    case .neighbors: neighbors.headline(session)
    }
  }

  fileprivate func drawFooter(on canvas: inout Canvas) {
    var area = Rect(row: session.size.rows - 1, column: 1, rows: 1, columns: session.size.columns - 2)
    if let capture {
      drawHints(capture, on: &canvas, in: area)
      return
    }
    let always = [KeyHint("?", "help"), KeyHint(":", "command"), KeyHint("q", "quit")]
    let shown = session.size.columns >= 60 ? always : [always[0]]
    let right = area.takeRight(shown.reduce(-2) { $0 + $1.width + 2 })
    drawHints(shown, on: &canvas, in: right)
    area.columns -= 2
    let hints = KeyTable.bindings(of: screen).filter(\.isInFooter).map {
      KeyHint($0.keys[0].title, $0.title, isAvailable: $0.obstacle(self) == nil)
    }
    drawHints(hints, on: &canvas, in: area)
  }
}

/// As many hints as fit whole.
func drawHints(_ hints: [KeyHint], on canvas: inout Canvas, in area: Rect) {
  var column = area.column
  for hint in hints where column + hint.width <= area.endColumn {
    let style = hint.isAvailable ? Style(.accent, .bold) : .muted
    column = canvas.put(hint.key, row: area.row, column: column, style: style) + 1
    column = canvas.put(hint.title, row: area.row, column: column, style: hint.isAvailable ? .plain : .muted) + 2
  }
}

extension KeyHint {
  fileprivate var width: Int { displayWidth(key) + 1 + displayWidth(title) }
}

extension Notice {
  /// Up to four lines just above the footer.
  fileprivate func draw(on canvas: inout Canvas, above row: Int) {
    let (mark, color): (String, Color) =
      switch kind {
      case .done: ("✓", .good)
      case .problem: ("✗", .bad)
      case .unavailable: ("≈", .near)
      }
    let lines = wrap(text, canvas.size.columns - 4).prefix(4)
    let area = Rect(row: row - lines.count, column: 0, rows: lines.count, columns: canvas.size.columns)
    canvas.fill(area, style: Style(on: .selection))
    canvas.put(mark, row: area.row, column: 1, style: Style(color, on: .selection, .bold))
    for (index, line) in lines.enumerated() {
      canvas.put(line, row: area.row + index, column: 3, style: Style(color, on: .selection))
    }
  }
}
