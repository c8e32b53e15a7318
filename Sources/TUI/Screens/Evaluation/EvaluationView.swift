import Analysis
import Basics
import Pictures

extension EvaluationScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    var rest = area
    drawPanes(on: &canvas, in: rest.takeTop(1))
    if let context, !context.runs.isEmpty {
      let body = rest.inset(columns: 1)
      switch pane {
      case .coarseFine: drawCoarseFine(on: &canvas, in: body)
      case .induction: drawInduction(context, on: &canvas, in: body)
      case .map: drawMap(on: &canvas, in: body)
      }
    } else {
      let lines = context == nil ? ["Looking for runs …"] : ["No run has a checkpoint yet", "2  launch a training; it can be looked at after the first epoch"]
      for (index, line) in lines.enumerated() {
        canvas.put(line, in: rest.line(rest.rows / 3 + index).inset(columns: 2), style: index == 0 ? .bold : .muted)
      }
    }
    picker?.list.draw(on: &canvas, in: area)
    if let prompt {
      let isName = if case .labelSet = prompt.kind { true } else { false }
      let inside = canvas.dialog(in: area, title: isName ? "Keep the joined classes as" : "Write the picture to")
      prompt.field.draw(on: &canvas, in: inside, placeholder: isName ? "a name" : "the path of a PNG file")
    }
    question?.question.draw(on: &canvas, in: area)
  }

  private func drawPanes(on canvas: inout Canvas, in line: Rect) {
    var column = line.column + 1
    let panes: [(Pane, String, String)] = [
      (.coarseFine, "c", "coarse classes"), (.induction, "i", "induction"), (.map, "p", "map"),
    ]
    for (pane, key, title) in panes {
      let start = column
      column = canvas.put(key, row: line.row, column: column, style: Style(.accent, .bold)) + 1
      column = canvas.put(title, row: line.row, column: column, style: pane == self.pane ? Style(.standard, [.bold, .underline]) : .muted)
      canvas.onClick(Rect(row: line.row, column: start, rows: 1, columns: column - start), .action(.evaluation(.pane(pane))))
      column += 3
    }
  }

  /// What is under way, or why there is nothing; false where there is something else to show.
  private func drawStanding(_ hasAnswer: Bool, on canvas: inout Canvas, in area: inout Rect) -> Bool {
    if let progress = job?.progress {
      progress.draw(on: &canvas, in: hasAnswer ? area.takeTop(1) : area)
      return !hasAnswer
    }
    if let trouble {
      let lines = wrap("✗ \(printable(trouble))", max(1, area.columns - 1)).prefix(3)
      for line in lines { canvas.put(line, in: area.takeTop(1), style: Style(.bad)) }
      return !hasAnswer || answered != wanted
    }
    if job != nil {
      canvas.put("measuring …   Esc stops", in: hasAnswer ? area.takeTop(1) : area.line(0), style: .accent)
      return !hasAnswer
    }
    return false
  }

  // MARK: Coarse classes

  private func drawCoarseFine(on canvas: inout Canvas, in area: Rect) {
    var area = area
    if coarseFine.merges != nil { return drawMerges(on: &canvas, in: area) }
    if let behind = coarseFine.behind { return draw(behind.confusions, behind.list, on: &canvas, in: area) }
    if coarseFine.coarse == nil {
      return canvas.put("The tree suggests no coarse classes: o chooses a label set", in: area.line(1), style: .muted)
    }
    if drawStanding(coarseFine.facts != nil, on: &canvas, in: &area) { return }
    guard let facts = coarseFine.facts else { return }
    let study = facts.study
    let words = "coarse − fine accuracy in percentage points, \(printable(study.labels)), \(counted(study.minMembers, "member")) or more"
    canvas.put(words, in: area.takeTop(1), style: .bold)
    let left = study.result.small > 0 ? ", \(counted(study.result.small, "class", "has")) fewer" : ""
    canvas.put(
      "\(study.step.map { "step \(NumberText.count($0)), " } ?? "")\(counted(study.images, "image")), every member weighs the same\(left)",
      in: area.takeTop(1), style: .muted)
    if area.columns >= 108 {
      var side = area.takeRight(36)
      canvas.verticalRule(side.takeLeft(1))
      _ = side.takeLeft(1)
      drawTree(study.tree, on: &canvas, in: side)
      _ = area.takeRight(1)
    } else if area.rows >= 12 {
      drawTreeLines(study.tree, on: &canvas, in: area.takeBottom(3))
    }
    if study.result.rows.isEmpty {
      return canvas.put("No coarse class has \(counted(study.minMembers, "member")); - asks for fewer", in: area.line(1), style: .muted)
    }
    drawBars(study.result.rows, on: &canvas, in: area)
  }

  /// The most columns that a class's name takes.
  private static let mostName = 32

  private func drawBars(_ rows: [CoarseFromFine.Row], on canvas: inout Canvas, in area: Rect) {
    let most = max(rows.map(\.difference).max() ?? 0, 1e-9)
    let width = max(6, (area.columns - 46) / 2, area.columns - 46 - Self.mostName)
    var table = Table<CoarseFromFine.Row>([
      .init("class", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span(printable($0.name)) },
      .init("members", width: 7, align: .right, rank: 3) { Span(NumberText.grouped($0.members)) },
      .init("images", width: 7, align: .right, rank: 4) { Span(NumberText.grouped($0.images)) },
      .init("coarse", width: 6, align: .right, rank: 2) { Span(NumberText.fixed(100 * $0.coarse, 1), .muted) },
      .init("fine", width: 6, align: .right, rank: 2) { Span(NumberText.fixed(100 * $0.fine, 1), .muted) },
      .init("points", width: 6, align: .right, rank: 0) { Span(NumberText.fixed($0.difference, 1), .bold) },
      .init("", width: width, rank: 1) { Span(Bar.text($0.difference / most, columns: width), .accent) },
    ])
    table.selectedColumns = 1
    table.draw(rows, selected: coarseFine.list, on: &canvas, in: area)
  }

  private func drawTree(_ tree: HierarchicalError, on canvas: inout Canvas, in area: Rect) {
    var rest = area
    canvas.put("by the tree", in: rest.takeTop(1), style: .bold)
    canvas.put("\(counted(tree.errors, "error")) of \(counted(tree.images, "image"))", in: rest.takeTop(1))
    canvas.put("height where truth and error meet", in: rest.takeTop(1), style: .muted)
    let height = tree.meanHeightOfErrors.map { "\(NumberText.fixed($0, 2)) of errors, " } ?? ""
    canvas.put(height + "\(NumberText.fixed(tree.meanHeight, 2)) of all", in: rest.takeTop(1))
    canvas.put("depth  classes  right there", in: rest.takeTop(1), style: .muted)
    for level in tree.levels {
      guard rest.rows > 0 else { return }
      var line = rest.takeTop(1)
      canvas.put("\(level.depth)", in: line.takeLeft(5), align: .right)
      canvas.put(NumberText.grouped(level.classes), in: line.takeLeft(9), align: .right)
      canvas.put(NumberText.fixed(100 * level.accuracy, 1) + " %", in: line.takeLeft(9), align: .right)
      _ = line.takeLeft(1)
      canvas.put(Bar.text(level.accuracy, columns: line.columns), in: line, style: .accent)
    }
  }

  /// The same in three lines.
  private func drawTreeLines(_ tree: HierarchicalError, on canvas: inout Canvas, in area: Rect) {
    canvas.horizontalRule(area.line(0))
    canvas.put(" by the tree ", row: area.row, column: area.column + 1, style: .bold)
    let height = tree.meanHeightOfErrors.map { "truth and error meet \(NumberText.fixed($0, 2)) high (\(NumberText.fixed(tree.meanHeight, 2)) over all images)" }
    canvas.put(height ?? "no errors", in: area.line(1))
    // Depths at which nothing changes say nothing.
    var levels: [String] = []
    var last: Double?
    for level in tree.levels where level.accuracy != last && level.classes > 1 {
      levels.append("\(level.depth) \(NumberText.fixed(100 * level.accuracy, 1))")
      last = level.accuracy
    }
    func text() -> String { "right at depth, %: " + levels.joined(separator: "  ") }
    // Where there is no room for all, every second one, and the last.
    while displayWidth(text()) > area.columns, levels.count > 2 {
      levels = levels.enumerated().filter { ($0.offset + levels.count) % 2 == 1 }.map(\.element)
    }
    canvas.put(text(), in: area.line(2), style: .muted)
  }

  private func draw(_ behind: CoarseFineResult.Behind, _ list: ListPosition, on canvas: inout Canvas, in area: Rect) {
    var area = area
    canvas.put("‹ what images of \(printable(behind.name)) are taken for", in: area.takeTop(1), style: .bold)
    if behind.confusions.isEmpty { return canvas.put("for nothing else", in: area.line(0), style: .muted) }
    let most = behind.confusions.map(\.images).max() ?? 1
    let width = max(4, area.columns / 4, area.columns - 15 - 2 * Self.mostName)
    var table = Table<CoarseFineResult.Pair>([
      .init("class", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span(printable($0.truth)) },
      .init("is taken for", width: 12, cut: .middle, isFlexible: true, most: Self.mostName, rank: 0) { Span("→ \(printable($0.prediction))") },
      .init("images", width: 7, align: .right, rank: 0) { Span(NumberText.grouped($0.images)) },
      .init("", width: width, rank: 1) { Span(Bar.text(Double($0.images) / Double(most), columns: width), .accent) },
    ])
    table.selectedColumns = 2
    table.draw(behind.confusions, selected: list, on: &canvas, in: area)
  }

  private func drawMerges(on canvas: inout Canvas, in area: Rect) {
    guard let page = coarseFine.merges else { return }
    var area = area
    let how = page.likeness == .confusion ? "images taken for each other" : "minus the distance of mean features, in mean distances"
    let least = NumberText.fixed(page.least, 2)
    canvas.put("‹ classes to join \(page.alongTree ? "along the tree" : "wherever they lie"), \(least) alike or more", in: area.takeTop(1), style: .bold)
    canvas.put("alike: \(how)   l changes that, a where, + - how much", in: area.takeTop(1), style: .muted)
    if drawStanding(page.proposal != nil, on: &canvas, in: &area) { return }
    guard let groups = page.proposal?.suggestion.groups else { return }
    if groups.isEmpty { return canvas.put("nothing is so alike; - asks for less", in: area.line(0), style: .muted) }
    var table = Table<MergeSuggestion.Group>([
      .init("alike", width: 6, align: .right, rank: 0) { Span(NumberText.fixed($0.likeness, 3)) },
      .init("classes", width: 7, align: .right, rank: 1) { Span(NumberText.grouped($0.wnids.count)) },
      .init("", width: 20, isFlexible: true, rank: 0) { Span(printable($0.names.joined(separator: ", "))) },
    ])
    table.selectedColumns = 2
    table.draw(groups, selected: page.list, on: &canvas, in: area)
  }

  // MARK: Induction

  private func drawInduction(_ context: FeatureContext, on canvas: inout Canvas, in area: Rect) {
    var area = area
    if induction.runs.isEmpty {
      for (index, line) in ["Every run was taught all fine classes: there is nothing to induce", "2  launch a training on a label set with coarser classes"].enumerated() {
        canvas.put(line, in: area.line(1 + index), style: index == 0 ? .bold : .muted)
      }
      return
    }
    if drawStanding(induction.study != nil, on: &canvas, in: &area) { return }
    guard let study = induction.study else { return }
    canvas.put("right by the nearest image; gallery: \(study.reading.galleryInWords)", in: area.takeTop(1), style: .bold)
    let baseline = induction.baselines.compactMap { context.run($0)?.run.name }.joined(separator: ", ")
    canvas.put(
      printable("\(study.reading.space), \(study.reading.metric.rawValue)   baseline: \(baseline.isEmpty ? "none, B chooses" : baseline)"),
      in: area.takeTop(1), style: .muted)
    let bars = study.bars
    let below = min(bars.count + 2, area.rows / 2)
    let chart = area.takeBottom(below)
    drawTable(study, context, on: &canvas, in: area)
    guard chart.rows > 2 else { return }
    canvas.horizontalRule(chart.line(0))
    let title = " top-\(study.ks[0]) by label set, ├─┤ \(study.groups.contains { $0.runs > 1 } ? "deviation of repeats, or " : "")95 % of draws" + (baseline.isEmpty ? " " : ", ┃ baseline ")
    canvas.put(fit(title, chart.columns - 2), row: chart.row, column: chart.column + 1, style: .bold)
    var lines = chart
    _ = lines.takeTop(1)
    BarList(bars, unit: "%").draw(on: &canvas, in: lines)
  }

  private func drawTable(_ study: InductionResult, _ context: FeatureContext, on canvas: inout Canvas, in area: Rect) {
    func percent(_ share: Double?) -> String { share.map { $0.isFinite ? NumberText.fixed(100 * $0, 1) : "–" } ?? "–" }
    func name(_ row: InductionResult.Row) -> String { context.run(row.run)?.run.name ?? row.run }
    var columns: [Table<InductionResult.Row>.Column] = [
      .init("run", width: 8, cut: .middle, isFlexible: true, most: 40, rank: 0) { Span(printable(name($0)), .bold) },
      .init("label set", width: 12, cut: .middle, isFlexible: true, most: 40, rank: 4) { Span(printable($0.labels)) },
      .init("classes", width: 7, align: .right, rank: 3) { Span(NumberText.grouped($0.trainedClasses)) },
      .init("tested", width: 6, align: .right, rank: 5) { Span(NumberText.grouped($0.testedClasses)) },
    ]
    for (at, k) in study.ks.enumerated() {
      columns.append(.init("top-\(k) %", width: 7, align: .right, rank: at) { Span(percent($0.accuracy[at].value), .bold) })
      columns.append(
        .init("95 %", width: 11, align: .right, rank: at == 0 ? 1 : 6) { row in
          Span("\(percent(row.accuracy[at].low))–\(percent(row.accuracy[at].high))", .muted)
        })
      if !study.baselines.isEmpty {
        columns.append(.init("of base", width: 7, align: .right, rank: at == 0 ? 2 : 7) { Span(percent($0.ofBaseline?[at])) })
      }
    }
    columns.append(.init("chance", width: 6, align: .right, rank: 8) { Span(percent($0.chance), .muted) })
    var table = Table(columns)
    table.selectedColumns = 1
    table.draw(study.rows, selected: induction.list, on: &canvas, in: area)
  }

  // MARK: Map

  private func drawMap(on canvas: inout Canvas, in area: Rect) {
    var area = area
    if drawStanding(map.map != nil, on: &canvas, in: &area) { return }
    guard let found = map.map, let coloured = map.coloured else { return }
    canvas.put(
      "\(found.space) of \(NumberText.grouped(found.points.count)) \(found.split.rawValue) images, by \(printable(coloured.colouring.words))",
      in: area.takeTop(1), style: .bold)
    let shares = found.shares.map { NumberText.fixed(100 * $0, 1) + " %" }.joined(separator: " and ")
    canvas.put("→ ↑ the two directions of most variance: \(shares)   + - the level", in: area.takeTop(1), style: .muted)
    let legend = coloured.legend
    var side = area.takeRight(area.columns >= 70 ? min(36, area.columns / 3) : 0)
    let selected = map.list.selected
    for (row, rank) in map.list.window(count: legend.count, rows: side.rows).enumerated() {
      let line = side.line(row)
      canvas.onClick(line, .key(.pick(rank)))
      var text = line
      _ = text.takeLeft(1)
      canvas.put(String(ScatterPicture.letter(rank)), in: text.takeLeft(2), style: Style(Self.color(rank), .bold))
      canvas.put(NumberText.grouped(legend[rank].points), in: text.takeRight(7), style: .muted, align: .right)
      canvas.put(printable(legend[rank].name), in: text, cut: .middle)
      if rank == selected { canvas.restyle(line) { $0.background = .selection } }
    }
    side = area
    canvas.box(side)
    let inside = side.inset(rows: 1, columns: 1)
    for (place, rank) in coloured.cells(columns: inside.columns, rows: inside.rows).enumerated() {
      guard let rank else { continue }
      // What is selected stands out without colours too.
      let style = rank == selected ? Style(Self.color(rank), [.bold, .reverse]) : Style(Self.color(rank))
      canvas.put(
        String(ScatterPicture.letter(rank)), row: inside.row + place / inside.columns, column: inside.column + place % inside.columns, style: style)
    }
  }

  private static func color(_ rank: Int) -> Color { .series(UInt8(rank % 8)) }
}
