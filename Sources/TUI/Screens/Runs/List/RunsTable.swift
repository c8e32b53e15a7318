import Basics
import Runs
import Training

/// How the list of runs looks.
struct RunsTable {
  let marks: RunMarks
  let marked: Set<String>
  /// The runs whose curves are on the charts.
  let plotted: Set<String>
  let plots: [String: RunPlot]

  func draw(_ list: RunsList, on canvas: inout Canvas, in rect: Rect) {
    let look = canvas.look
    let order = list.arrangement.order
    let sign = order == .newestFirst ? "" : order.isDescending ? "▾" : "▴"
    func title(_ text: String, _ field: RunField) -> String { order.field == field ? text + sign : text }
    var table = Table<RunsList.Row>([
      .init("", width: 1, rank: 0) { mark($0, look) },
      .init(title("run", .name), width: 12, cut: .middle, isFlexible: true, most: 40, rank: 0) { name($0) },
      .init(title("label set", .label), width: 14, cut: .middle, rank: 8) { labelSet($0) },
      .init(title("classes", .classes), width: 7, align: .right, rank: 9) { of($0) { Span(NumberText.grouped($0.classes)) } },
      .init(title("net", .net), width: 10, rank: 10) { of($0) { Span(printable($0.network), .muted) } },
      .init(title("state", .state), width: 10, rank: 1) { of($0) { Self.state($0) } },
      .init(title("step", .step), width: 5, align: .right, rank: 4) { of($0) { Span(NumberText.count($0.progress.step)) } },
      .init("done", width: 5, align: .right, rank: 7) { of($0) { Span(Self.percent($0)) } },
      .init(title("loss", .loss), width: 6, align: .right, rank: 3) { of($0) { Span(Self.loss($0)) } },
      .init(title("best", .acc), width: 7, align: .right, rank: 2) { best($0) },
      .init(title("img/s", .speed), width: 6, align: .right, rank: 6) { speed($0) },
      .init(title("left", .left), width: 7, align: .right, rank: 5) { of($0) { Span(Self.left($0)) } },
      .init("", width: 10, rank: 11) { of($0) { run in
        Span(Sparkline.text(plots[run.id]?.spark ?? [], ascii: look.glyphs == .ascii), Style(marks[run.id].color))
      } },
      .init(title("host", .host), width: 8, cut: .middle, rank: 12) { of($0) { Span(printable($0.host), .muted) } },
      .init(title("tags", .tag), width: 14, isFlexible: true, rank: 13) { of($0) { Span(printable($0.tags.joined(separator: " ")), .muted) } },
    ])
    table.selectedColumns = 2
    table.draw(list.rows, selected: list.position, on: &canvas, in: rect)
  }

  private func of(_ row: RunsList.Row, _ text: (RunSummary) -> Span) -> Span {
    if case .run(let run) = row { text(run) } else { Span("") }
  }

  private func mark(_ row: RunsList.Row, _ look: Look) -> Span {
    switch row {
    case .group(let group):
      return group.runs.contains { marked.contains($0.id) } ? Span("✓", Style(.near, .bold)) : Span(group.isUnfolded ? "▾" : "▸", .accent)
    case .run(let run):
      if marked.contains(run.id) { return Span("✓", Style(.near, .bold)) }
      guard plotted.contains(run.id) else { return Span("·", .muted) }
      return Span(marks[run.id].glyph(look.glyphs), Style(marks[run.id].color, .bold))
    }
  }

  private func name(_ row: RunsList.Row) -> Span {
    switch row {
    case .run(let run): Span(printable(run.name))
    case .group(let group): Span("\(printable(group.name)) (\(group.runs.count))", .bold)
    }
  }

  private func labelSet(_ row: RunsList.Row) -> Span {
    switch row {
    case .run(let run): return Span(printable(run.labelSet), .muted)
    case .group(let group):
      let live = group.runs.count { $0.state.isLive }
      return live > 0 ? Span("▶ \(live) live", Style(.accent)) : Span("")
    }
  }

  private func best(_ row: RunsList.Row) -> Span {
    switch row {
    case .run(let run): Span(Self.best(run))
    case .group(let group): Span(group.best.map { NumberText.text($1.mean, of: $0) } ?? "–", .bold)
    }
  }

  /// A group's line has its deviation here, beside its mean.
  private func speed(_ row: RunsList.Row) -> Span {
    switch row {
    case .run(let run): Span(Self.speed(run))
    case .group(let group): Span(group.best.flatMap { Self.deviation($0, $1) } ?? "", .muted)
    }
  }

  private static func deviation(_ metric: TaskMetric, _ estimate: RunStatistics.Estimate) -> String? {
    estimate.deviation.map { "± \(metric.form == .share ? NumberText.fixed(100 * $0, 1) : NumberText.compact($0))" }
  }

  static func state(_ run: RunSummary) -> Span {
    // The job's number and reason are on the run's own page.
    if let job = run.job { return Span(job.isWaiting ? "… pending" : "… in job", .muted) }
    if let place = run.queuePlace { return Span("… waits \(place)", .muted) }
    return switch run.state {
    case .queued: Span("… queued", .muted)
    case .running: Span("▶ running", Style(.accent))
    case .paused: Span("= paused", Style(.near))
    case .stopped: Span("■ stopped", .muted)
    case .finished: Span("✓ finished", Style(.good))
    case .failed: Span("✗ failed", Style(.bad))
    case .lost: Span("! lost", Style(.bad))
    case .damaged: Span("✗ damaged", Style(.bad))
    case .newer: Span("? newer", Style(.near))
    }
  }

  static func percent(_ run: RunSummary) -> String {
    guard run.progress.steps > 0 else { return "–" }
    return "\(run.progress.step * 100 / run.progress.steps) %"
  }

  static func loss(_ run: RunSummary) -> String {
    run.progress.loss.map { NumberText.compact(Double($0)) } ?? "–"
  }

  static func best(_ run: RunSummary) -> String {
    run.progress.bestOrLast.map { NumberText.text($0.headline.value, of: $0.headline.metric) } ?? "–"
  }

  static func speed(_ run: RunSummary) -> String {
    guard run.state == .running, let speed = run.progress.imagesPerSecond else { return "–" }
    return NumberText.compact(speed)
  }

  /// Coarser than it is known: a number that flickers tells nothing, and costs a slow line bytes.
  static func left(_ run: RunSummary) -> String {
    guard let seconds = run.secondsLeft else { return "–" }
    if (600..<3600).contains(seconds) { return "\(Int(nearest: seconds / 60))m" }
    return NumberText.duration(seconds: seconds < 600 ? (seconds / 5).rounded() * 5 : seconds)
  }
}

extension NumberText {
  /// A percentage, or the number itself.
  static func text(_ value: Double, of metric: TaskMetric) -> String { metric.form == .share ? percent(value) : compact(value) }
}
