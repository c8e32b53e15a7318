import Analysis
import Basics
import Pictures

/// Fig. 4: whether features that were taught coarse classes tell fine ones apart.
package struct InductionPane: EvaluationPane {
  package var runs: [String] = []
  package var baselines: [String] = []
  package var metric = Metric.l2
  package var space = NeighborSpace.features
  package var gallery = InductionGallery.train
  /// Of the runs that are measured.
  private(set) var study: InductionResult?
  private(set) var answered: EvaluationQuestion?
  var list = ListPosition()
  var hasChosen = false

  private static let most = 8

  /// The newest runs on coarser classes with the same net, and those on the fine ones to compare with, until somebody chooses.
  mutating func adapt(to subject: EvaluationSubject) {
    let context = subject.context
    runs.removeAll { context.run($0) == nil }
    baselines.removeAll { context.run($0) == nil }
    guard !hasChosen, runs.isEmpty else { return }
    func isFine(_ candidate: FeatureContext.Candidate) -> Bool { Self.isFine(candidate, context) }
    guard let newest = context.runs.first(where: { !isFine($0) }) else { return }
    let alike = context.runs.filter { $0.run.network == newest.run.network }
    runs = alike.filter { !isFine($0) }.prefix(Self.most).map(\.run.id)
    baselines = alike.filter(isFine).prefix(1).map(\.run.id)
  }

  /// Whether there is nothing that a run was not taught.
  static func isFine(_ candidate: FeatureContext.Candidate, _ context: FeatureContext) -> Bool {
    Induction.testedClasses(candidate.labelSet, of: context.dataset.classes).isEmpty
  }

  func question(_ subject: EvaluationSubject) -> EvaluationQuestion? {
    guard !runs.isEmpty else { return nil }
    return EvaluationQuestion(InductionRequest(runs: runs, baselines: baselines, space: space.rawValue, metric: metric, gallery: gallery))
  }

  mutating func take(_ answer: any Sendable, to question: EvaluationQuestion?, _ subject: EvaluationSubject) {
    guard let study = answer as? InductionResult else { return }
    self.study = study
    answered = question
    list.select(list.selected, count: study.rows.count)
  }

  func headline(_ subject: EvaluationSubject) -> [Span] { [Span(counted(runs.count, "run"), .muted)] }

  var count: Int { study?.rows.count ?? 0 }
  func selectedWnid(_ subject: EvaluationSubject) -> String? { nil }

  func selectedRun(_ subject: EvaluationSubject) -> String? {
    guard let rows = study?.rows, rows.indices.contains(list.selected) else { return nil }
    return rows[list.selected].run
  }

  func open(_ subject: EvaluationSubject) -> [Effect] { [.send(.perform(.evaluation(.neighbors)))] }

  func openObstacle(_ subject: EvaluationSubject, treeOf dataset: String) -> String? { count > 0 ? nil : "nothing was measured yet" }

  func command(_ subject: EvaluationSubject) -> ShellCommand? {
    guard !runs.isEmpty else { return nil }
    return ShellCommand(
      ["induction"] + runs + baselines.flatMap { ["--baseline", $0] }
        + ["--space", space.rawValue, "--metric", metric.rawValue, "--gallery", gallery == .val ? "val" : "train"])
  }

  func picture(_ subject: EvaluationSubject) -> EvaluationPicture? {
    guard answered != nil, let study, let command = command(subject) else { return nil }
    return .init(command: command, option: "-o", form: .pixels { [bars = study.chart] () throws(Problem) in try bars.compose() })
  }

  func suggestedFile(_ subject: EvaluationSubject) -> String { "induction.png" }
}

// MARK: Drawing

extension InductionPane {
  func draw(_ standing: EvaluationStanding, _ subject: EvaluationSubject, on canvas: inout Canvas, in area: Rect) {
    var area = area
    if runs.isEmpty {
      for (index, line) in ["Every run was taught all fine classes: there is nothing to induce", "2  launch a training on a label set with coarser classes"].enumerated() {
        canvas.put(line, in: area.line(1 + index), style: index == 0 ? .bold : .muted)
      }
      return
    }
    if standing.draw(hasAnswer: study != nil, on: &canvas, in: &area) { return }
    guard let study else { return }
    canvas.put("right by the nearest image; gallery: \(study.reading.galleryInWords)", in: area.takeTop(1), style: .bold)
    let baseline = baselines.compactMap { subject.context.run($0)?.run.name }.joined(separator: ", ")
    canvas.put(
      printable("\(study.reading.space), \(study.reading.metric.rawValue)   baseline: \(baseline.isEmpty ? "none, B chooses" : baseline)"),
      in: area.takeTop(1), style: .muted)
    let bars = study.bars
    let below = min(bars.count + 2, area.rows / 2)
    let chart = area.takeBottom(below)
    drawTable(study, subject.context, on: &canvas, in: area)
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
    table.draw(study.rows, selected: list, on: &canvas, in: area)
  }
}
