import Basics

extension RunsScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if let form {
      form.draw(on: &canvas, in: area)
    } else if case .news(let position)? = page {
      drawNews(position, on: &canvas, in: area)
    } else if case .classes(let open)? = page, let run = shownRun {
      open.draw(run, marks[run.id], on: &canvas, in: area)
    } else if runs.isEmpty {
      drawEmpty(on: &canvas, in: area)
    } else {
      drawRuns(on: &canvas, in: area)
    }
    switch mode {
    case .question(let question, _)?: question.draw(on: &canvas, in: area)
    case .sort(let picker)?, .chart(let picker)?: picker.draw(on: &canvas, in: area)
    case .notes(let form)?: form.draw(on: &canvas, in: area)
    case .number(let dialog)?: dialog.draw(on: &canvas, in: area)
    case .form?, .filter?, nil: break
    }
  }

  private func drawEmpty(on canvas: inout Canvas, in area: Rect) {
    let lines =
      hasLooked
      ? [
        "No runs yet", "", "t  train on every class of the dataset",
        "1  fold the tree into coarser classes first, then t",
      ]
      : ["Looking for runs …"]
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 26),
        style: index == 0 ? .bold : .muted)
    }
  }

  /// The list or one run, and the charts.
  private func drawRuns(on canvas: inout Canvas, in area: Rect) {
    let layout = RunsLayout(self, in: area)
    let shown = runCharts(of: nil)
    if charts.layout == .beside {
      if case .difference(let open)? = page {
        let names = [open.a, open.b].map { id in (found[id]?.name ?? id, marks[id]) }
        open.draw(names, on: &canvas, in: layout.facts)
      } else if let run = shownRun, page?.run != nil {
        var details: RunDetails?
        if case .run(let detail)? = page { details = detail.details }
        RunDetailView(run: run, details: details, remarks: plots[run.id]?.remarks ?? [], mark: marks[run.id])
          .draw(on: &canvas, in: area, facts: layout.facts)
      } else {
        RunsTable(marks: marks, marked: list.marked, plotted: Set(shown.shown.map(\.run.id)), plots: plots)
          .draw(list, on: &canvas, in: layout.list)
        if list.rows.isEmpty {
          canvas.put(absence, in: layout.list.line(1).inset(columns: 5), style: .muted)
        }
      }
    }
    drawLegend(shown, on: &canvas, in: layout.legend)
    drawStatus(on: &canvas, in: layout.status)
    drawLog(log, of: drawn.flatMap { found[$0] }?.name, on: &canvas, in: layout.log)
    shown.draw(charts.layout, drawnCharts, on: &canvas, in: layout.charts)
  }

  /// The runs on the charts with their marks, the selected one bold; as many as fit.
  private func drawLegend(_ charts: RunCharts, on canvas: inout Canvas, in rect: Rect) {
    guard !rect.isEmpty else { return }
    var column = rect.column + 1
    // The curves of one run have marks of their own.
    if charts.isOfOne, let run = charts.shown.first?.run {
      column = canvas.put(printable(run.name), row: rect.row, column: column, style: .bold, width: rect.columns / 2) + 2
      let state = RunsTable.state(run)
      canvas.put(state.text, row: rect.row, column: column, style: state.style)
      return
    }
    for (place, shown) in charts.shown.enumerated() {
      let name = "\(shown.mark.glyph(canvas.look.glyphs)) \(fit(printable(shown.run.name), 28, .middle))"
      let rest = charts.shown.count - place
      let more = "and \(rest) more"
      let end = column + displayWidth(name) + (rest > 1 ? 2 + displayWidth(more) : 0)
      guard end < rect.endColumn else {
        canvas.put(more, row: rect.row, column: column, style: .muted, width: rect.endColumn - column)
        return
      }
      let isSelected = shown.run.id == charts.selected
      column = canvas.put(name, row: rect.row, column: column, style: Style(shown.mark.color, isSelected ? .bold : [])) + 2
    }
  }

  private func drawStatus(on canvas: inout Canvas, in rect: Rect) {
    if case .filter? = mode { return drawFilter(on: &canvas, in: rect) }
    if let alarm = selected?.alarm { return canvas.put(printable(alarm), in: rect.inset(columns: 2), style: Style(.bad)) }
    if !news.items.isEmpty { return drawNewsLine(on: &canvas, in: rect) }
    guard let run = selected else { return }
    let words = run.tags.map { "#" + $0 } + [run.note].filter { !$0.isEmpty }
    canvas.put(printable(words.joined(separator: "  ")), in: rect.inset(columns: 2), style: .muted)
  }

  private func drawFilter(on canvas: inout Canvas, in rect: Rect) {
    guard case .filter(let field, let problem, _)? = mode, !rect.isEmpty else { return }
    var rest = rect
    canvas.put(" filter ", in: rest.takeLeft(8), style: Style(.accent, .bold))
    let text = problem.map { "✗ \($0)" } ?? "\(NumberText.grouped(list.count)) of \(NumberText.grouped(runs.count)) shown"
    // What was typed stays in sight, and the reason as far as there is room.
    let typed = displayWidth(field.text) + 2
    let width = min(max(rest.columns / 2, rest.columns - typed), displayWidth(text) + 1)
    canvas.put(text, in: rest.takeRight(width), style: problem == nil ? .muted : Style(.bad), align: .right)
    _ = rest.takeRight(1)
    field.draw(on: &canvas, in: rest, placeholder: "net:alexnet classes<500 acc>.8 -tag:old")
  }

  private func drawNewsLine(on canvas: inout Canvas, in rect: Rect) {
    guard !rect.isEmpty else { return }
    var column = rect.column + 2
    for span in news.line { column = canvas.put(span.text, row: rect.row, column: column, style: span.style) }
    canvas.put("   w", row: rect.row, column: column, style: Style(.accent, .bold))
    canvas.put(" what", row: rect.row, column: column + 4, style: .muted)
  }

  private func drawNews(_ position: ListPosition, on canvas: inout Canvas, in area: Rect) {
    var rest = area
    canvas.put("Since you left", in: rest.takeTop(1).inset(columns: 1), style: .bold)
    if news.items.isEmpty {
      canvas.put("no run finished, failed, improved or was lost", in: rest.takeTop(1).inset(columns: 1), style: .muted)
    }
    let (rows, glyphs) = (rest.rows, canvas.look.glyphs)
    Table<RunsNews.Item>([
      .init("", width: 11, rank: 0) { Span("\($0.kind.glyph) \($0.kind.word)", Style($0.kind.color)) },
      .init("", width: 1, rank: 4) { Span(marks[$0.run.id].glyph(glyphs), Style(marks[$0.run.id].color, .bold)) },
      .init("run", width: 12, cut: .middle, isFlexible: true, most: 40, rank: 0) { Span(printable($0.run.name)) },
      .init("label set", width: 14, cut: .middle, rank: 5) { Span(printable($0.run.labelSet), .muted) },
      .init("step", width: 6, align: .right, rank: 3) { Span(NumberText.count($0.run.progress.step)) },
      .init("best", width: 7, align: .right, rank: 1) { Span(RunsTable.best($0.run)) },
      .init("", width: 21, isFlexible: true, rank: 2) { Span(Self.words($0), .muted) },
    ]).draw(news.items, selected: position, on: &canvas, in: rest.takeTop(min(rows, news.items.count + 1)))
  }

  /// What is to be said of a piece of news.
  private static func words(_ item: RunsNews.Item) -> String {
    switch item.kind {
    case .lost: "r resumes it"
    case .failed, .damaged: printable(item.run.problem ?? "")
    case .improved:
      item.run.progress.best.flatMap { best in
        item.before.map { $0 == 0 ? "first validation" : "best \(best.headline.metric.heading) was \(NumberText.text($0, of: best.headline.metric))" }
      } ?? ""
    case .finished: "of \(counted(item.run.epochs, "epoch"))"
    case .stopped, .begun: ""
    }
  }
}
