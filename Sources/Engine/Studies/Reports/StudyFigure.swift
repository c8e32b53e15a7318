import Basics
import Pictures
import Runs

/// A report that has a `plot`, as charts of the paper's kinds: lines over classes or images (Fig. 1 and 2), bars with their baseline (Fig. 4), the classes at
/// both ends (Fig. 6), bars beside each other for each row (Fig. 9).
public struct StudyFigure: Sendable {
  public let report: String
  /// Below each other; more than one where several nets have classes at both ends.
  public let charts: [ChartDrawing]

  public func svg(_ theme: ChartTheme = .auto) -> String { charts.svg(theme) }

  /// The report's name as a file may be called, unlike those of the study's other figures.
  public private(set) var fileName: String

  /// Of a chart that is of one cell: the classes of a net at both ends.
  package static func title(_ table: StudyTable, row: Int, column: Int) -> String {
    "\(table.report.name): \(table.columns[column].heading) of \(table.rows[row].net)"
  }

  private static func fileName(_ report: String) -> String {
    let name = plainName(report)
    return name.first == "." || name.first == "-" ? "report" + name : name
  }

  /// Nil where the report has no plot.
  package init?(_ table: StudyTable, _ grid: StudyGrid, _ study: Study, _ standing: StudyStanding) {
    guard let plot = table.report.plot else { return nil }
    report = table.report.name
    fileName = Self.fileName(report)
    let maker = Maker(table: table, grid: grid, plot: plot, subtitle: study.title.isEmpty ? [] : [study.title], standing: standing, study: study)
    charts = maker.charts
  }

  /// The figures of those reports that have a plot.
  package static func all(_ tables: [StudyTable], _ plan: StudyPlan, _ standing: StudyStanding) -> [StudyFigure] {
    var figures: [StudyFigure] = []
    for (table, grid) in zip(tables, plan.grids) {
      guard var figure = StudyFigure(table, grid, plan.study, standing) else { continue }
      let name = figure.fileName
      var number = 1
      while figures.contains(where: { $0.fileName == figure.fileName }) {
        number += 1
        figure.fileName = "\(name)-\(number)"
      }
      figures.append(figure)
    }
    return figures
  }
}

/// What a figure is made of.
private struct Maker {
  let table: StudyTable
  let grid: StudyGrid
  let plot: StudyReport.Plot
  let subtitle: [String]
  let standing: StudyStanding
  let study: Study

  var charts: [ChartDrawing] {
    let ends = columns(plot.left).filter { hasClasses(table.columns[$0]) }
    if plot.bars, !ends.isEmpty {
      return ends.flatMap { column in table.rows.indices.map { classes(row: $0, column: column) } }
    }
    if plot.bars || !baselines.isEmpty { return [bars] }
    return [plot.x == .rows ? points : lines]
  }

  private func columns(_ headings: [String]) -> [Int] { headings.compactMap { heading in table.columns.firstIndex { $0.heading == heading } } }

  /// Whether its figure is one bar for each coarse class.
  private func hasClasses(_ column: StudyGrid.Column) -> Bool {
    if case .measure(let measure)? = study.test(column.test)?.kind { measure.kind == .coarseFine } else { false }
  }

  // MARK: Lines

  private var lines: ChartDrawing {
    let places = table.rows.map { row in (plot.x == .images ? row.images : row.classes).map(Double.init) }
    let order = places.indices.filter { places[$0] ?? 0 > 0 }.sorted { (places[$0]!, $0) < (places[$1]!, $1) }
    var series: [ChartDrawing.Series] = []
    for (number, column) in (columns(plot.left) + columns(plot.right)).enumerated() {
      let isRight = number >= columns(plot.left).count
      let own = order.compactMap { row in point(row, column, at: places[row]!) }
      series.append(.init(heading(column), .line(hasMarkers: true), own, colour: number, isRight: isRight, isDashed: isRight))
      series += paper(column, colour: number, isRight: isRight, rows: order) { places[$0]! }
    }
    let lacking = table.rows.indices.filter { !order.contains($0) }.map { table.rows[$0].net }
    let word = plot.x == .images ? "images" : "classes"
    return chart(
      .numbers(.init(plot.x == .images ? "training images" : "classes", scale: .logarithmic)), series,
      notes: lacking.isEmpty ? [] : ["not shown, as \(lacking.count == 1 ? "its" : "their") number of \(word) is not known: \(lacking.joined(separator: ", "))"])
  }

  /// Values over the rows' names.
  private var points: ChartDrawing {
    let chosen = columns(plot.left) + columns(plot.right)
    var series: [ChartDrawing.Series] = []
    for (number, column) in chosen.enumerated() {
      let isRight = number >= columns(plot.left).count
      let own = table.rows.indices.compactMap { point($0, column, at: Double($0)) }
      series.append(.init(heading(column), .points, own, colour: number, slot: number, isRight: isRight))
      series += paper(column, colour: number, slot: number, isRight: isRight, rows: Array(table.rows.indices)) { Double($0) }
    }
    return chart(.categories(table.rows.map(\.net), title: ""), series)
  }

  // MARK: Bars

  /// Which column is the baseline of which: the same test's `baseline5` of `top5`.
  private var baselines: [(baseline: Int, of: Int)] {
    let chosen = columns(plot.left)
    return chosen.compactMap { place in
      let column = table.columns[place]
      guard column.metric.name.hasPrefix("baseline") else { return nil }
      let wanted = "top" + column.metric.name.dropFirst("baseline".count)
      return chosen.first { table.columns[$0].test == column.test && table.columns[$0].net == column.net && table.columns[$0].metric.name == wanted }.map { (place, $0) }
    }
  }

  private var bars: ChartDrawing {
    let marks = baselines
    let chosen = columns(plot.left).filter { column in !marks.contains { $0.baseline == column } }
    let rows = Array(table.rows.indices)
    var series: [ChartDrawing.Series] = []
    for (slot, column) in chosen.enumerated() {
      series.append(.init(heading(column), .bars, rows.compactMap { point($0, column, at: Double($0)) }, colour: slot, slot: slot))
    }
    for (slot, column) in chosen.enumerated() {
      for mark in marks where mark.of == column {
        let points = rows.compactMap { row in point(row, mark.baseline, at: Double(row)).map { ChartDrawing.Point($0.x, $0.y, note: $0.note) } }
        series.append(.init(series.contains { $0.form == .marks } ? "" : "baseline", .marks, points, colour: 4, slot: slot))
      }
      series += paper(column, colour: slot, slot: slot, rows: rows) { Double($0) }
    }
    let names = table.rows.map { row in
      guard plot.x == .classes || plot.x == .images, let count = plot.x == .images ? row.images : row.classes else { return row.net }
      return row.net == "\(count)" ? grouped(count) : "\(row.net) (\(grouped(count)))"
    }
    let isCounts = zip(names, table.rows).allSatisfy { $0 == grouped($1.classes ?? -1) }
    return chart(
      .categories(names, title: plot.x == .rows ? "" : plot.x == .images ? "net (training images)" : isCounts ? "classes" : "net (classes)"), series, hasZero: true,
      left: chosen)
  }

  /// The classes of a net at both ends, each the mean over what was repeated.
  private func classes(row: Int, column: Int) -> ChartDrawing {
    let found = grid.cells[row][column].all.compactMap { standing.works[$0].bars }
    var values: [String: [Double]] = [:], notes: [String: String] = [:]
    for bar in found.joined() where bar.value.isFinite {
      values[bar.name, default: []].append(bar.value)
      notes[bar.name] = bar.note
    }
    var bars = values.map { name, values in (name: name, estimate: RunStatistics.Estimate(values)!) }
    bars.sort { ($1.estimate.mean, $0.name) < ($0.estimate.mean, $1.name) }
    let all = bars.count
    let isCut = plot.ends.map { all > 2 * $0 } ?? false
    if isCut, let ends = plot.ends { bars = Array(bars.prefix(ends) + bars.suffix(ends)) }
    // Between the ends is a gap.
    func place(_ index: Int) -> Double { Double(isCut && index >= bars.count / 2 ? index + 1 : index) }
    var names = bars.map(\.name)
    var texts = bars.map { bar in
      decimalsSigned(bar.estimate.mean) + (bar.estimate.deviation.map { " ± " + decimals($0, 1) } ?? "") + ((notes[bar.name] ?? "").isEmpty ? "" : ", \(notes[bar.name]!)")
    }
    if isCut {
      names.insert("…", at: bars.count / 2)
      texts.insert("\(counted(all - bars.count, "class", "is")) between", at: bars.count / 2)
    }
    let points = bars.enumerated().map { index, bar in
      ChartDrawing.Point(
        place(index), bar.estimate.mean, low: bar.estimate.deviation.map { bar.estimate.mean - $0 }, high: bar.estimate.deviation.map { bar.estimate.mean + $0 }, note: "\(bar.name): \(texts[Int(place(index))])")
    }
    let wanted = grid.cells[row][column].all.count
    var remarks: [String] = []
    if points.contains(where: { $0.low != nil }) { remarks.append("error bars: ± sample standard deviation of \(counted(found.count, "net"))") }
    if found.count < wanted { remarks.append("\(found.count) of \(counted(wanted, "measure", "is")) there") }
    return ChartDrawing(
      title: StudyFigure.title(table, row: row, column: column), subtitle: subtitle, base: .categories(names, title: ""),
      left: .init(table.columns[column].metric.heading + ", points", hasZero: true), series: points.isEmpty ? [] : [.init("", .bars, points, colour: 0)], notes: remarks,
      isLying: true, values: texts)
  }

  // MARK: Parts

  private var report: String { table.report.name }

  private func heading(_ column: Int) -> String { table.columns[column].heading }

  private func decimalsSigned(_ value: Double) -> String { (value < 0 ? "−" : "+") + decimals(abs(value), 1) }

  private func point(_ row: Int, _ column: Int, at x: Double) -> ChartDrawing.Point? {
    let cell = table.cells[row][column]
    guard let shown = cell.shown else { return nil }
    let deviation = cell.shownDeviation
    return .init(x, shown, low: deviation.map { shown - $0 }, high: deviation.map { shown + $0 }, note: "\(table.rows[row].net), \(heading(column)): \(cell.text)")
  }

  /// The paper's numbers, hollow; none where it has none.
  private func paper(
    _ column: Int, colour: Int, slot: Int = 0, isRight: Bool = false, rows: [Int], at place: (Int) -> Double
  ) -> [ChartDrawing.Series] {
    let points = rows.compactMap { row -> ChartDrawing.Point? in
      let cell = table.cells[row][column]
      guard let paper = cell.paper else { return nil }
      return .init(
        place(row), paper.value, low: paper.deviation.map { paper.value - $0 }, high: paper.deviation.map { paper.value + $0 },
        note: "\(table.rows[row].net), \(heading(column)), the paper: \(cell.paperText ?? "")")
    }
    return points.isEmpty ? [] : [.init("\(heading(column)), the paper", .points, points, colour: colour, slot: slot, isRight: isRight, isHollow: true)]
  }

  /// - Parameter left: the columns that name the left axis; nil: all on it.
  private func chart(
    _ base: ChartDrawing.Base, _ series: [ChartDrawing.Series], notes: [String] = [], hasZero: Bool = false, left: [Int]? = nil
  ) -> ChartDrawing {
    var remarks: [String] = []
    if series.contains(where: { $0.points.contains { $0.low != nil } }) { remarks.append("error bars: ± sample standard deviation") }
    if series.contains(where: \.isHollow) { remarks.append("hollow: the paper’s numbers") }
    remarks = remarks.isEmpty ? notes : [remarks.joined(separator: "; ")] + notes
    let chosen = columns(plot.left) + columns(plot.right)
    let cells = table.cells.flatMap { cells in chosen.map { cells[$0] } }.filter { $0.obstacle == nil }
    let lacking = cells.count { !$0.isComplete }
    if lacking > 0 { remarks.append("not finished: \(lacking) of \(counted(cells.count, "number"))") }
    return ChartDrawing(
      title: report, subtitle: subtitle, base: base, left: .init(axisTitle(left ?? columns(plot.left)), hasZero: hasZero),
      right: plot.right.isEmpty || hasZero ? nil : .init(axisTitle(columns(plot.right))), series: series, notes: remarks)
  }

  private func axisTitle(_ columns: [Int]) -> String {
    // "k-NN mean class accuracy" and "linear probe mean class accuracy" share an axis of mean class accuracies.
    let metrics = columns.map { table.columns[$0].metric }
    if metrics.count > 1, metrics.allSatisfy({ $0.form == .percent }) {
      let words = metrics.map { $0.heading.split(separator: " ") }
      let shared = (0..<(words.map(\.count).min() ?? 0)).prefix { place in Set(words.map { $0[$0.count - 1 - place] }).count == 1 }.count
      if shared > 0 { return words[0].suffix(shared).joined(separator: " ") + ", %" }
      // "induction top-1" and "induction top-5" share one of accuracies.
      if metrics.allSatisfy(\.isAccuracy) {
        let first = words[0].indices.prefix { place in words.allSatisfy { place < $0.count - 1 && $0[place] == words[0][place] } }
        return (first.map { words[0][$0] } + ["accuracy, %"]).joined(separator: " ")
      }
    }
    var titles: [String] = []
    for column in columns {
      let metric = table.columns[column].metric
      let title = metric.heading + (metric.form == .percent ? ", %" : "")
      if !titles.contains(title) { titles.append(title) }
    }
    return titles.count > 3 ? titles.prefix(2).joined(separator: "; ") + "; …" : titles.joined(separator: "; ")
  }
}
