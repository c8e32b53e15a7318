import Basics

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
  case .library: state.library.draw(on: &canvas, in: session.body, session)
  case .comparison: state.comparison.draw(on: &canvas, in: session.body, session)
  case .evaluation: state.evaluation.draw(on: &canvas, in: session.body, session)
  case .studies: state.studies.draw(on: &canvas, in: session.body, session)
  }
  state.header.draw(on: &canvas)
  state.finder?.draw(on: &canvas, state)
  state.drawFooter(on: &canvas)
  (state.waiting ?? state.notice)?.draw(on: &canvas, above: session.size.rows - 1, session)
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
  private static let always = [KeyTable.binding(for: .help)!, KeyTable.binding(for: .palette)!, KeyTable.binding(for: .quit)!]

  /// What the footer names, while no screen takes the keys itself: as many as fit whole, and at the right what always goes.
  var footer: [(binding: Binding, hint: KeyHint, columns: Range<Int>)] {
    func placed(_ bindings: [Binding], _ first: Int, _ end: Int) -> [(binding: Binding, hint: KeyHint, columns: Range<Int>)] {
      let hints = bindings.map { KeyHint($0.keys[0].title, $0.title, isAvailable: $0.obstacle(self) == nil) }
      return place(hints, in: first..<end).map { (bindings[$0.index], hints[$0.index], $0.columns) }
    }
    let end = session.size.columns - 1
    let shown = session.size.columns >= 60 ? Self.always : [Self.always[0]]
    let width = shown.reduce(-2) { $0 + KeyHint($1.keys[0].title, $1.title).width + 2 }
    return placed(KeyTable.bindings(of: screen).filter { $0.isInFooter(self) }, 1, end - width - 2) + placed(shown, end - width, end)
  }

  fileprivate var header: Header {
    let reserve = screen == .tree && tree.history?.isEdited == false ? displayWidth(TreeScreen.editedMark) : 0
    return Header(screen: screen, headline: headline, reserve: reserve, columns: session.size.columns)
  }

  private var headline: [Span] {
    switch screen {
    case .tree: tree.headline(session)
    case .runs: runs.headline(session)
    case .neighbors: neighbors.headline(session)
    case .library: library.headline(session)
    case .comparison: comparison.headline(session)
    case .evaluation: evaluation.headline(session)
    case .studies: studies.headline(session)
    }
  }

  fileprivate func drawFooter(on canvas: inout Canvas) {
    let row = session.size.rows - 1
    if let capture = finder?.hints ?? capture {
      drawHints(capture, on: &canvas, in: Rect(row: row, column: 1, rows: 1, columns: session.size.columns - 2))
      return
    }
    for (binding, hint, columns) in footer {
      hint.draw(on: &canvas, row: row, column: columns.lowerBound)
      canvas.onClick(Rect(row: row, column: columns.lowerBound, rows: 1, columns: columns.count), .action(binding.action))
    }
  }
}

/// Where hints stand in a line: as many as fit whole.
private func place(_ hints: [KeyHint], in room: Range<Int>) -> [(index: Int, columns: Range<Int>)] {
  var column = room.lowerBound
  return hints.enumerated().compactMap { index, hint in
    guard column + hint.width <= room.upperBound else { return nil }
    defer { column += hint.width + 2 }
    return (index, column..<(column + hint.width))
  }
}

func drawHints(_ hints: [KeyHint], on canvas: inout Canvas, in area: Rect) {
  for (index, columns) in place(hints, in: area.column..<area.endColumn) {
    hints[index].draw(on: &canvas, row: area.row, column: columns.lowerBound)
    if let key = hints[index].press {
      canvas.onClick(Rect(row: area.row, column: columns.lowerBound, rows: 1, columns: columns.count), .key(key))
    }
  }
}

extension KeyHint {
  var width: Int { displayWidth(key) + 1 + displayWidth(title) }

  fileprivate func draw(on canvas: inout Canvas, row: Int, column: Int) {
    canvas.put(key, row: row, column: column, style: isAvailable ? Style(.accent, .bold) : .muted)
    canvas.put(title, row: row, column: column + displayWidth(key) + 1, style: isAvailable ? .plain : .muted)
  }
}

extension Notice {
  /// Up to four lines just above the footer, and below them up to two of the command that does the same.
  fileprivate func draw(on canvas: inout Canvas, above row: Int, _ session: Session) {
    let (mark, color): (String, Color) =
      switch kind {
      case .done: ("✓", .good)
      case .problem: ("✗", .bad)
      case .unavailable: ("≈", .near)
      }
    let said = wrap(text, canvas.size.columns - 4).prefix(4)
    let command = command.map { "same as " + printable(String($0.text(options: session.options).prefix(2000))) }
    let lines = said + (command.map { wrap($0, canvas.size.columns - 4, most: 2) } ?? [])
    let area = Rect(row: row - lines.count, column: 0, rows: lines.count, columns: canvas.size.columns)
    canvas.fill(area, style: Style(on: .selection))
    canvas.onClick(area, nil)
    canvas.put(mark, row: area.row, column: 1, style: Style(color, on: .selection, .bold))
    for (index, line) in lines.enumerated() {
      canvas.put(line, row: area.row + index, column: 3, style: Style(index < said.count ? color : .standard, on: .selection))
    }
  }
}
