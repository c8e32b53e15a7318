import Basics
import Runs

/// A report as numbers: what is known by now of each cell.
public struct StudyTable: Sendable {
  /// A number of one repeat, or why there is none.
  public struct Value: Codable, Equatable, Sendable {
    public var seed: UInt64
    public var repeated: Int
    public var value: Double?
    public var state: String
    public var run: String?
    public var key: String
  }

  public struct Cell: Equatable, Sendable {
    public var values: [Value]
    /// How many numbers its mean is of when it is complete: seeds where there are several, else repeats.
    public var wanted: Int
    /// The mean: over seeds, each the mean of its repeats, or over repeats where there is one seed.
    public var estimate: RunStatistics.Estimate?
    public var form: StudyMetric.Form
    /// Percent, as the paper prints it.
    public var paper: StudyReport.Published?
    public var obstacle: String?
    /// How many of its numbers are of an earlier version of the program's numerics.
    public var older = 0
    /// The state of the work that is least far.
    public var state: WorkState?

    public var isComplete: Bool { estimate?.n == wanted }

    /// The mean as it is shown: percent, or the number itself.
    public var shown: Double? { estimate.map { form == .percent ? 100 * $0.mean : $0.mean } }
    public var shownDeviation: Double? { estimate?.deviation.map { form == .percent ? 100 * $0 : $0 } }
    /// Ours − paper, in points.
    public var difference: Double? { paper.flatMap { paper in shown.map { $0 - paper.value } } }
  }

  public var report: StudyReport
  public var rows: [StudyGrid.Row]
  public var columns: [StudyGrid.Column]
  public var cells: [[Cell]]

  public init(_ grid: StudyGrid, plan: StudyPlan, standing: StudyStanding) {
    (report, rows, columns) = (grid.report, grid.rows, grid.columns)
    cells = zip(grid.rows, grid.cells).map { row, cells in
      zip(grid.columns, cells).map { column, cell in
        Self.cell(cell, plan: plan, standing: standing, paper: grid.report.paper[row.net]?[column.heading])
      }
    }
  }

  private static func cell(_ cell: StudyCell, plan: StudyPlan, standing: StudyStanding, paper: StudyReport.Published?) -> Cell {
    var values: [Value] = []
    var means: [Double] = []
    var older = 0
    for (seed, repeats) in cell.works {
      var numbers: [Double] = []
      for (number, index) in repeats.enumerated() {
        let work = standing.works[index]
        let value = work.state == .done ? work.metrics[cell.metric.name].flatMap { $0.isFinite ? $0 : nil } : nil
        if let value { numbers.append(value) }
        if value != nil, work.olderNumerics != nil { older += 1 }
        values.append(
          Value(seed: seed, repeated: number + 1, value: value, state: work.state.word, run: work.run?.id, key: plan.works[index].key))
      }
      if cell.works.count > 1 {
        if !numbers.isEmpty { means.append(numbers.reduce(0, +) / Double(numbers.count)) }
      } else {
        means += numbers
      }
    }
    let wanted = cell.works.count > 1 ? cell.works.count : cell.works.first?.repeats.count ?? 0
    let states = cell.all.map { standing.works[$0].state }
    var obstacle = cell.obstacle
    if obstacle == nil, !states.isEmpty, states.allSatisfy({ $0 == .done }), means.isEmpty { obstacle = "it has no such number" }
    return Cell(
      values: values, wanted: wanted, estimate: RunStatistics.Estimate(means), form: cell.metric.form, paper: paper, obstacle: obstacle, older: older,
      state: states.min { Self.urgency($0) < Self.urgency($1) })
  }

  /// Which of several states a cell shows.
  private static func urgency(_ state: WorkState) -> Int {
    switch state {
    case .failed: 0
    case .diverged: 1
    case .blocked: 2
    case .running: 3
    case .paused: 4
    case .queued: 5
    case .submitted: 6
    case .lost: 7
    case .stopped: 8
    case .open: 9
    case .waiting: 10
    case .done: 11
    }
  }
}

extension StudyTable.Cell {
  /// The number as a table has it: "57.9 ± 0.4 (3)", "55.1 2/3", or a glyph where there is none.
  public var text: String {
    guard let shown else { return stateText }
    var text = decimals(shown, places)
    if let deviation = shownDeviation { text += " ± " + decimals(deviation, places) }
    if !isComplete { text += " \(estimate?.n ?? 0)/\(wanted)" } else if wanted > 1 { text += " (\(wanted))" }
    // A mean over numbers of several versions says of how many of each.
    if older > 0 { text += older < values.count ? " †\(older)" : " †" }
    return hasFailed ? text + " ✗" : text
  }

  /// Without a number: "–" no data, else the glyph of its state.
  public var stateText: String {
    if obstacle != nil { return "–" }
    let failed = values.count { $0.state == "failed" }
    if failed > 0 { return "✗ \(failed) failed" }
    if state == .diverged { return "diverged" }
    return state?.glyph ?? "·"
  }

  /// Whether something of it has failed.
  public var hasFailed: Bool { values.contains { $0.state == "failed" } }

  var places: Int { form == .percent ? 1 : 3 }

  public var paperText: String? {
    paper.map { decimals($0.value, 1) + ($0.deviation.map { " ± " + decimals($0, 1) } ?? "") }
  }

  public var differenceText: String? {
    difference.map { ($0 < 0 ? "−" : "+") + decimals(abs($0), 1) }
  }
}
