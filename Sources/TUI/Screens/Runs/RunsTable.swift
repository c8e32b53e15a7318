import Engine
import Taxonomy

/// How the list of runs looks.
struct RunsTable {
  let runs: [RunSummary]
  let marks: [String: SeriesMark]
  /// The runs whose curves are on the charts.
  let plotted: Set<String>
  let plots: [String: RunPlot]

  func draw(selected: ListPosition, on canvas: inout Canvas, in rect: Rect) {
    let look = canvas.look
    Table<RunSummary>([
      .init("", width: 1, rank: 0) { run in mark(run, look) },
      .init("run", width: 12, cut: .middle, isFlexible: true, rank: 0) { Span(printable($0.name)) },
      .init("label set", width: 14, cut: .middle, rank: 8) { Span(printable($0.labelSet), .muted) },
      .init("classes", width: 7, align: .right, rank: 9) { Span(NumberText.grouped($0.classes)) },
      .init("net", width: 10, rank: 10) { Span(printable($0.network), .muted) },
      .init("state", width: 10, rank: 1) { Self.state($0) },
      .init("step", width: 5, align: .right, rank: 4) { Span(NumberText.count($0.progress.step)) },
      .init("done", width: 5, align: .right, rank: 7) { Span(Self.percent($0)) },
      .init("loss", width: 6, align: .right, rank: 3) { Span(Self.loss($0)) },
      .init("top-1", width: 5, align: .right, rank: 2) { Span(Self.top1($0)) },
      .init("img/s", width: 5, align: .right, rank: 6) { Span(Self.speed($0)) },
      .init("left", width: 7, align: .right, rank: 5) { Span(Self.left($0)) },
      .init("", width: 10, rank: 11) { run in
        Span(
          Sparkline.text(plots[run.id]?.spark ?? [], ascii: look.glyphs == .ascii),
          Style(marks[run.id]?.color ?? .muted))
      },
    ]).draw(runs, selected: selected, on: &canvas, in: rect)
  }

  private func mark(_ run: RunSummary, _ look: Look) -> Span {
    guard plotted.contains(run.id), let mark = marks[run.id] else { return Span("·", .muted) }
    return Span(mark.glyph(look.glyphs), Style(mark.color, .bold))
  }

  static func state(_ run: RunSummary) -> Span {
    switch run.state {
    case .queued: Span("… queued", .muted)
    case .running: Span("▶ running", Style(.accent))
    case .paused: Span("= paused", Style(.near))
    case .stopped: Span("■ stopped", .muted)
    case .finished: Span("✓ finished", Style(.good))
    case .failed: Span("✗ failed", Style(.bad))
    case .lost: Span("! lost", Style(.bad))
    }
  }

  static func percent(_ run: RunSummary) -> String {
    guard run.progress.steps > 0 else { return "–" }
    return "\(run.progress.step * 100 / run.progress.steps) %"
  }

  static func loss(_ run: RunSummary) -> String {
    run.progress.loss.map { NumberText.compact(Double($0)) } ?? "–"
  }

  static func top1(_ run: RunSummary) -> String {
    run.progress.validation.map { NumberText.fixed($0.top1, 3) } ?? "–"
  }

  static func speed(_ run: RunSummary) -> String {
    guard run.state == .running, let speed = run.progress.imagesPerSecond else { return "–" }
    return NumberText.compact(speed)
  }

  static func left(_ run: RunSummary) -> String {
    run.secondsLeft.map { NumberText.duration(seconds: $0) } ?? "–"
  }
}
