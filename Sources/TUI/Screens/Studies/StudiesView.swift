import Basics
import Pictures
import Runs
import Studies

/// Where the parts of an open study lie.
struct StudyLayout {
  /// Its title; its tables; below them the cell under the cursor, and beside that the report's figure, both empty where there is no room.
  var title, grid, rule, cell, figure: Rect

  /// - Parameter lines: how many lines the tables take; what they leave is for the figure.
  init(_ body: Rect, lines: Int) {
    var rest = body
    title = rest.takeTop(1)
    let height = rest.rows < 12 ? 0 : max(min(20, rest.rows * 2 / 5), min(30, rest.rows - lines - 2))
    cell = rest.takeBottom(height)
    rule = rest.takeBottom(height > 0 ? 1 : 0)
    figure = cell.takeRight(body.columns >= 100 ? body.columns / 2 : 0)
    grid = rest
  }
}

extension StudiesScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if opened == nil { drawList(on: &canvas, in: area) } else { drawStudy(on: &canvas, in: area) }
    question?.question.draw(on: &canvas, in: area)
  }

  // MARK: The list

  private func drawList(on canvas: inout Canvas, in area: Rect) {
    guard !entries.isEmpty else {
      let lines =
        hasLooked
        ? ["No studies yet", "", "4  mark label sets, then n makes a study of them", "imagenet-tui study new --from fig-2 --dataset NAME", "   writes one of the paper's"]
        : ["Looking for studies …"]
      for (index, line) in lines.enumerated() {
        canvas.put(
          line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 26), style: index == 0 ? .bold : .muted)
      }
      return
    }
    var table = area
    _ = table.takeTop(1)
    Table<StudyEntry>([
      .init("study", width: 14, cut: .middle, isFlexible: true, most: 20, rank: 0) { Span(printable($0.id), $0.problem == nil ? .plain : .muted) },
      .init("dataset", width: 12, cut: .middle, isFlexible: true, most: 14, rank: 3) { Span(printable($0.dataset), .muted) },
      .init("nets", width: 4, align: .right, rank: 2) { Span($0.problem == nil ? "\($0.nets)" : "") },
      .init("tests", width: 5, align: .right, rank: 2) { Span($0.problem == nil ? "\($0.tests)" : "") },
      .init("reports", width: 7, align: .right, rank: 4) { Span($0.problem == nil ? "\($0.reports)" : "") },
      .init("title", width: 12, isFlexible: true, rank: 1) { entry in
        entry.problem.map { Span("✗ " + printable($0), Style(.bad)) } ?? Span(printable(entry.title), .muted)
      },
    ]).draw(entries, selected: list, on: &canvas, in: table)
  }

  // MARK: A study

  private func drawStudy(on canvas: inout Canvas, in area: Rect) {
    let layout = StudyLayout(area, lines: gridLines)
    guard let view else {
      let lines = problem.map { [$0.description] + $0.details.prefix(20) } ?? ["Looking at \(opened ?? "") …"]
      var row = area.row + 1
      for (index, line) in lines.enumerated() {
        for part in wrap(printable(line), area.columns - 4) where row < area.endRow {
          canvas.put(part, row: row, column: area.column + 2, style: problem == nil ? .muted : index == 0 ? Style(.bad) : .plain)
          row += 1
        }
      }
      return
    }
    canvas.put(printable(view.title.isEmpty ? view.name : view.title), in: layout.title.inset(columns: 1), style: .bold)
    var rest = area
    _ = rest.takeTop(page == .plan ? 2 : 1)
    switch page {
    case .tables: break
    case .plan: return drawPlan(view, on: &canvas, in: rest.inset(columns: 1))
    case .figure(let number, let line):
      let charts = charts
      return DrawnFigure(charts[number].drawing, note: charts.count > 1 ? "figure \(number + 1) of \(charts.count)" : "", focus: line)
        .draw(on: &canvas, in: rest.inset(columns: 1))
    }
    StudyGridView(view: view, cursor: cursor).draw(on: &canvas, in: layout.grid)
    guard !layout.cell.isEmpty else { return }
    canvas.horizontalRule(layout.rule)
    drawCell(view, on: &canvas, in: layout.cell.inset(columns: 1))
    guard !layout.figure.isEmpty, let (table, _, _) = shownCell else { return }
    DrawnFigure(chart.map { charts[$0].drawing } ?? Self.chart(of: table, column: cursor.column), focus: chart == nil ? cursor.row : 0)
      .draw(on: &canvas, in: layout.figure.inset(columns: 1))
  }

  /// A column over its rows, for a report without a plot.
  private static func chart(of table: StudyTable, column: Int) -> ChartDrawing {
    let metric = table.columns[column].metric
    var own: [ChartDrawing.Point] = [], paper: [ChartDrawing.Point] = []
    for (row, cells) in table.cells.enumerated() {
      let cell = cells[column]
      if let shown = cell.shown {
        own.append(.init(Double(row), shown, low: cell.shownDeviation.map { shown - $0 }, high: cell.shownDeviation.map { shown + $0 }))
      }
      if let published = cell.paper { paper.append(.init(Double(row), published.value)) }
    }
    let heading = table.columns[column].heading
    return ChartDrawing(
      title: "\(table.report.name): \(heading)", base: .categories(table.rows.map(\.net), title: ""),
      left: .init(metric.heading + (metric.form == .percent ? ", %" : ""), hasZero: true),
      series: [.init(heading, .bars, own, colour: 0)] + (paper.isEmpty ? [] : [.init("the paper", .points, paper, colour: 0, isHollow: true)]))
  }

  var shownCell: (table: StudyTable, row: Int, cell: StudyTable.Cell)? {
    guard let view, rows.indices.contains(cursor.row) else { return nil }
    let (table, row) = rows[cursor.row]
    let shown = view.tables[table]
    return shown.columns.indices.contains(cursor.column) ? (shown, row, shown.cells[row][cursor.column]) : nil
  }

  /// Its number, the paper's beside it, and a line for each of its works.
  private func drawCell(_ view: StudyView, on canvas: inout Canvas, in area: Rect) {
    guard let (table, row, cell) = shownCell else { return }
    let column = table.columns[cursor.column]
    canvas.put(printable("\(table.rows[row].net) · \(column.heading): \(column.metric.heading)"), in: area.line(0), style: .bold)
    var words = cell.obstacle ?? cell.text
    if let paper = cell.paperText { words += "   paper \(paper)" }
    if let difference = cell.differenceText { words += "   \(difference)" }
    canvas.put(printable(words), in: area.line(1), style: cell.obstacle == nil ? .plain : .muted)
    for (index, (value, work)) in zip(cell.values, works).enumerated() where index + 2 < area.rows {
      var line = area.line(index + 2)
      let (glyph, style) = Self.look(of: work.state)
      canvas.put(glyph, in: line.takeLeft(2), style: style)
      let number = value.value.map { NumberText.fixed(cell.form == .percent ? 100 * $0 : $0, cell.form == .percent ? 1 : 3) } ?? work.state.word
      canvas.put("seed \(value.seed)" + (cell.values.contains { $0.repeated > 1 } ? " repeat \(value.repeated)" : ""), in: line.takeLeft(cell.values.contains { $0.repeated > 1 } ? 17 : 8), style: .muted)
      canvas.put(number, in: line.takeLeft(8), align: .right)
      _ = line.takeLeft(2)
      let reason: String
      if case .failed(let why) = work.state { reason = why } else { reason = work.share.map { $0 < 1 ? "\(Int($0 * 100)) % of " : "" } ?? "" }
      let isFailed = if case .failed = work.state { true } else { false }
      canvas.put(printable(isFailed ? reason : reason + (work.run ?? "")), in: line, style: isFailed ? Style(.bad) : .muted, cut: isFailed ? .end : .middle)
    }
  }

  private func drawPlan(_ view: StudyView, on canvas: inout Canvas, in area: Rect) {
    let estimate = view.estimate
    let open = view.works.filter { $0.state != .done }
    var lines = open.isEmpty ? ["Everything is done"] : [
      "\(estimate.words) to make, \(estimate.done) done"
    ] + (estimate.shared > 0 ? ["\(counted(estimate.shared, "piece")) of work shared by several cells"] : []) + [
      "about \(NumberText.duration(seconds: estimate.seconds)) of training on this machine" + (estimate.isCounted ? ", by multiply-adds where no run tells the speed" : ""),
      "\(NumberText.fixed(Double(estimate.disk) / 1e9, 1)) GB of checkpoints",
    ]
    if !view.obstacles.isEmpty { lines += ["", "Without data:"] + view.obstacles.map { "– " + $0 } }
    if !open.isEmpty { lines += ["", "To make:"] + open.map { "\($0.state.glyph) \($0.title)" } }
    var row = 0
    for line in lines {
      for part in wrap(printable(line), area.columns) where row < area.rows {
        canvas.put(row == area.rows - 1 && lines.count > area.rows ? "…" : part, in: area.line(row), style: .plain)
        row += 1
      }
      if line.isEmpty { row += 1 }
    }
  }

  static func look(of state: WorkState) -> (glyph: String, style: Style) {
    let style: Style =
      switch state {
      case .done: Style(.good)
      case .running, .paused: Style(.accent, .bold)
      case .queued, .submitted: Style(.accent)
      case .failed, .diverged: Style(.bad, .bold)
      case .lost, .stopped, .blocked: Style(.near)
      case .open, .waiting: .muted
      }
    return (state.glyph, style)
  }
}

/// The tables of a study, below each other, the one under the cursor in view.
struct StudyGridView {
  let view: StudyView
  let cursor: StudiesScreen.Cursor

  private enum Line { case heading(Int), row(Int, Int, number: Int), blank }

  func draw(on canvas: inout Canvas, in area: Rect) {
    var lines: [Line] = []
    var selected = 0, number = 0
    for (table, shown) in view.tables.enumerated() {
      if table > 0 { lines.append(.blank) }
      lines.append(.heading(table))
      for row in shown.rows.indices {
        if number == cursor.row { selected = lines.count }
        lines.append(.row(table, row, number: number))
        number += 1
      }
    }
    let window = ListPosition(selected).window(count: lines.count, rows: area.rows)
    for (place, index) in window.enumerated() { draw(lines[index], on: &canvas, in: area.line(place)) }
  }

  /// The columns of a table that are shown: from the first one on, or as many before the cursor's as fit.
  private func columns(_ table: StudyTable, isUnderCursor: Bool, room: Int) -> [(index: Int, width: Int)] {
    let widths = table.columns.indices.map { column in
      min(30, max(displayWidth(printable(table.columns[column].heading)), table.cells.map { displayWidth($0[column].text) }.max() ?? 0, 4))
    }
    var first = 0
    func fits(_ last: Int) -> Bool { (first...last).reduce(0) { $0 + widths[$1] + 2 } <= room }
    if isUnderCursor { while first < cursor.column, !fits(cursor.column) { first += 1 } }
    var shown: [(index: Int, width: Int)] = []
    var used = 0
    for column in widths.indices.dropFirst(first) {
      guard used + widths[column] + 2 <= room || shown.isEmpty else { break }
      shown.append((column, widths[column]))
      used += widths[column] + 2
    }
    return shown
  }

  private func draw(_ line: Line, on canvas: inout Canvas, in area: Rect) {
    let (place, row): (Int, Int?)
    switch line {
    case .blank: return
    case .heading(let table): (place, row) = (table, nil)
    case .row(let table, let at, _): (place, row) = (table, at)
    }
    let table = view.tables[place]
    let isUnderCursor = StudyGridView.table(of: cursor.row, in: view) == place
    let names = min(24, max(area.columns / 5, 8), max(displayWidth(printable(table.report.name)), table.rows.map { displayWidth(printable($0.net)) }.max() ?? 0))
    let hasClasses = area.columns >= 60 && table.rows.contains { $0.classes != nil }
    let left = names + 3 + (hasClasses ? 9 : 0)
    var rest = area
    _ = rest.takeLeft(2)
    canvas.put(printable(row.map { table.rows[$0].net } ?? table.report.name), in: rest.takeLeft(names), style: row == nil ? Style(.standard, .bold) : .plain, cut: .middle)
    if hasClasses {
      _ = rest.takeLeft(2)
      canvas.put(row.map { table.rows[$0].classes.map(NumberText.grouped) ?? "–" } ?? "classes", in: rest.takeLeft(7), style: .muted, align: .right)
    }
    for (column, width) in columns(table, isUnderCursor: isUnderCursor, room: area.columns - left) {
      _ = rest.takeLeft(2)
      let place = rest.takeLeft(width)
      guard let row else {
        canvas.put(printable(table.columns[column].heading), in: place, style: .muted, align: .right)
        continue
      }
      let cell = table.cells[row][column]
      canvas.put(cell.text, in: place, style: style(cell), align: .right)
      if case .row(_, _, let number) = line {
        canvas.onClick(place, .key(.pick(number * 1000 + column)))
        if number == cursor.row, column == cursor.column { canvas.restyle(place) { $0.background = .selection } }
      }
    }
    if case .row(_, _, let number) = line, number == cursor.row { canvas.put("›", row: area.row, column: area.column, style: Style(.accent, .bold)) }
  }

  private func style(_ cell: StudyTable.Cell) -> Style {
    if cell.obstacle != nil { return .muted }
    if cell.isComplete { return .plain }
    if cell.hasFailed { return Style(.bad) }
    guard let state = cell.state else { return .muted }
    return cell.shown != nil ? .muted : StudiesScreen.look(of: state).style
  }

  static func table(of row: Int, in view: StudyView) -> Int {
    var rest = row
    for (index, table) in view.tables.enumerated() {
      if rest < table.rows.count { return index }
      rest -= table.rows.count
    }
    return 0
  }
}
