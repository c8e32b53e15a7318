import Basics
import Runs

/// What became of the runs since somebody last looked.
package struct RunsNews: Equatable, Sendable {
  package enum Kind: Int, CaseIterable, Sendable {
    case lost, failed, damaged, finished, stopped, improved, begun

    var glyph: String {
      switch self {
      case .lost: "!"
      case .failed, .damaged: "✗"
      case .finished: "✓"
      case .stopped: "■"
      case .improved: "▲"
      case .begun: "▶"
      }
    }

    var word: String { self == .begun ? "new" : "\(self)" }

    var color: Color {
      switch self {
      case .lost, .failed, .damaged: .bad
      case .finished, .improved: .good
      case .stopped: .muted
      case .begun: .accent
      }
    }
  }

  package struct Item: Equatable, Sendable {
    package var kind: Kind
    package var run: RunSummary
    /// Of an improved run, its best headline metric before; 0: there was none.
    package var before: Double?
  }

  /// How things stood when somebody last looked; nil on the first start, which has no news.
  package private(set) var baseline: Baseline?
  /// What is most urgent first.
  package private(set) var items: [Item] = []
  /// Of the last look, in seconds since 1970.
  package private(set) var time = 0.0

  package struct Baseline: Codable, Equatable, Sendable {
    /// Seconds since 1970.
    @Bounded<Moment> package var time: Double
    /// The runs that were live or waiting, with their best headline metric so far.
    package var open: [String: Double]

    package init(time: Double, open: [String: Double]) {
      self.time = time
      self.open = open
    }

    package init(_ runs: [RunSummary], time: Double) {
      self.time = time
      open = Dictionary(
        runs.filter { $0.state.isLive || $0.state == .queued }.map { ($0.id, $0.progress.best?.headline.value ?? 0) },
        uniquingKeysWith: { first, _ in first })
    }
  }

  package init(since baseline: Baseline? = nil) { self.baseline = baseline }

  mutating func update(_ runs: [RunSummary], at time: Double) {
    self.time = time
    guard let baseline else { return }
    items = runs.compactMap { run in
      let was = baseline.open[run.id]
      let isNew = was == nil && run.created > baseline.time
      guard was != nil || isNew || run.lastSeen ?? 0 > baseline.time else { return nil }
      switch run.state {
      case .lost: return Item(kind: .lost, run: run)
      case .failed: return Item(kind: .failed, run: run)
      case .damaged: return Item(kind: .damaged, run: run)
      case .newer: return nil
      case .finished: return Item(kind: .finished, run: run)
      case .stopped: return Item(kind: .stopped, run: run)
      case .queued, .running, .paused:
        if let was, let (metric, best) = run.progress.best?.headline, was == 0 ? best != 0 : metric.isBetter(best, than: was) { return Item(kind: .improved, run: run, before: was) }
        return isNew ? Item(kind: .begun, run: run) : nil
      }
    }.sorted { ($0.kind.rawValue, $1.run.created) < ($1.kind.rawValue, $0.run.created) }
  }

  /// It was read: what comes from now on is news.
  mutating func read(_ runs: [RunSummary]) {
    baseline = Baseline(runs, time: time)
    items = []
  }

  /// `since you left: 1 lost, 2 finished`.
  var line: [Span] {
    guard !items.isEmpty else { return [] }
    var spans = [Span("since you left", .muted)]
    for kind in Kind.allCases {
      let count = items.count { $0.kind == kind }
      if count > 0 { spans.append(Span("  \(kind.glyph) \(count) \(kind.word)", Style(kind.color))) }
    }
    return spans
  }
}
