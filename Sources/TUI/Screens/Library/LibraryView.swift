import Basics

/// Where the parts of the library lie.
struct LibraryLayout {
  /// How many there are and in what order; the table; its details, empty where there is no room.
  var notes, list, rule, details: Rect

  init(_ body: Rect) {
    var rest = body
    let height = body.rows < 12 ? 0 : min(16, body.rows * 2 / 5)
    details = rest.takeBottom(height)
    rule = rest.takeBottom(height > 0 ? 1 : 0)
    notes = rest.takeTop(1)
    list = rest
  }
}

extension LibraryScreen {
  static func layout(_ body: Rect) -> LibraryLayout { LibraryLayout(body) }

  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    let layout = Self.layout(area)
    let rows = rows
    drawNotes(on: &canvas, in: layout.notes.inset(columns: 1), count: rows.count)
    if entries.isEmpty {
      drawEmpty(on: &canvas, in: layout.list)
    } else {
      var table = layout.list
      _ = table.takeRight(1)
      LibraryTable(rows: rows, marked: marked).draw(selected: list, on: &canvas, in: table)
      if let selected, !layout.details.isEmpty {
        canvas.horizontalRule(layout.rule)
        LibraryDetails(entry: selected, facts: facts?.isOf(selected) == true ? facts : nil, session: session)
          .draw(on: &canvas, in: layout.details.inset(columns: 1))
      }
    }
    drawMode(on: &canvas, in: area)
  }

  private func drawMode(on canvas: inout Canvas, in area: Rect) {
    switch mode {
    case .prompt(let prompt):
      var inside = canvas.dialog(in: area, title: printable(prompt.title))
      canvas.put(prompt.label, in: inside.takeLeft(5), style: .muted)
      prompt.field.draw(on: &canvas, in: inside, placeholder: prompt.placeholder)
    case .format(let picker, _): picker.draw(on: &canvas, in: area)
    case .question(let question, _): question.draw(on: &canvas, in: area)
    case .filter, nil: break
    }
  }

  private func drawNotes(on canvas: inout Canvas, in area: Rect, count: Int) {
    var area = area
    let notes = [
      marked.isEmpty ? "" : "\(NumberText.grouped(marked.count)) marked", order == .name ? "" : "by \(order.rawValue)",
    ].filter { !$0.isEmpty }.map { $0 + "   " }.joined()
    let place = count == 0 ? notes : notes + "\(NumberText.grouped(list.selected + 1)) of \(NumberText.grouped(count))"
    canvas.put(place, in: area.takeRight(min(area.columns / 2, displayWidth(place))), style: .muted, align: .right)
    _ = area.takeRight(2)
    if case .filter(let field, _, _) = mode {
      canvas.put("/", in: area.takeLeft(2), style: .accent)
      field.draw(on: &canvas, in: area, placeholder: "part of a name, a tag or a recipe")
    } else if !filter.isEmpty {
      canvas.put("/ \(filter)", in: area, style: .accent)
    }
  }

  private func drawEmpty(on canvas: inout Canvas, in area: Rect) {
    let lines =
      hasLooked
      ? ["No label sets yet", "", "1  fold the tree, then s to save what you made"] : ["Looking for label sets …"]
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 26),
        style: index == 0 ? .bold : .muted)
    }
  }
}

/// How the list of label sets looks.
struct LibraryTable {
  let rows: [LibraryEntry]
  let marked: Set<String>

  func draw(selected: ListPosition, on canvas: inout Canvas, in rect: Rect) {
    var table = Table<LibraryEntry>([
      .init("", width: 1, rank: 0) { marked.contains($0.id) ? Span("+", Style(.near, .bold)) : Span("") },
      .init("label set", width: 16, cut: .middle, isFlexible: true, most: 40, rank: 0) { Span($0.id, style($0)) },
      .init("recipe", width: 26, isFlexible: true, rank: 4) { entry in
        // What cannot be used says why where its recipe would stand.
        guard let obstacle = entry.obstacle else { return Span(printable(entry.summary.recipe ?? ""), .muted) }
        return Span("✗ " + printable(obstacle), .muted)
      },
      .init("classes", width: 7, align: .right, rank: 0) { number($0, $0.summary.classes) },
      .init("fine", width: 6, align: .right, rank: 3) { number($0, $0.summary.fineClasses) },
      .init("images", width: 10, align: .right, rank: 5) { number($0, $0.summary.images) },
      .init("hash", width: 8, rank: 8) { Span(String(($0.summary.hash ?? "–").dropFirst("sha256:".count).prefix(8)), .muted) },
      .init("tags", width: 12, rank: 6) { Span($0.summary.tags.joined(separator: " "), .muted) },
      .init("runs", width: 4, align: .right, rank: 2) { number($0, $0.summary.runs.count) },
      .init("saved (UTC)", width: 16, rank: 7) { Span($0.summary.modifiedText ?? "–", .muted) },
    ])
    // As far as the name goes: a whole line would cost a slow connection twice the bytes.
    table.selectedColumns = 2
    table.draw(rows, selected: selected, on: &canvas, in: rect)
  }

  private func style(_ entry: LibraryEntry) -> Style { entry.obstacle == nil ? .plain : .muted }

  private func number(_ entry: LibraryEntry, _ value: Int?) -> Span {
    Span(value.map(NumberText.grouped) ?? "–", style(entry))
  }
}
