import Basics
import Runs
import Training

/// What a chart of the runs screen is about.
package enum ChartKind: String, CaseIterable, Sendable {
  case loss
  /// The headline metric of the task; of one run all of its kind.
  case accuracy
  case validationLoss
  /// The last metric of the task: of a classification mean class accuracy.
  case meanClass
  case learningRate, speed, dataWait, gradients, activations

  /// What is offered for several runs, and for one, whose charts hold several curves.
  static func all(ofOne: Bool) -> [ChartKind] {
    ofOne ? allCases.filter { $0 != .validationLoss && $0 != .meanClass } : allCases
  }

  var norms: Set<LayerNorm.Kind> {
    switch self {
    case .gradients: [.gradient]
    case .activations: [.activation]
    default: []
    }
  }

  /// - Parameter metrics: of the runs' task.
  func title(_ metrics: [TaskMetric]) -> String {
    switch self {
    case .loss: "training loss"
    case .accuracy: "\(printable(metrics.first!.title)) (val)"
    case .validationLoss: "validation loss"
    case .meanClass: "\(printable(metrics.last!.title)) (val)"
    case .learningRate: "learning rate"
    case .speed: "images/s"
    case .dataWait: "data wait, share of time"
    case .gradients: "gradient norms"
    case .activations: "activation RMS"
    }
  }
}

/// How curves are drawn.
package struct ChartOptions: Equatable, Sendable {
  package var isLogarithmic = false
  package var ignoresOutliers = true
  /// The weight of the past in the moving average.
  package var smoothing = 0.9

  package init() {}

  /// The weights that one key goes round.
  private static let weights = [0.0, 0.6, 0.9, 0.98]

  mutating func nextSmoothing() {
    let index = Self.weights.firstIndex(of: smoothing) ?? 0
    smoothing = Self.weights[(index + 1) % Self.weights.count]
  }
}

/// The charts of some runs, all over the same part of them.
struct RunCharts {
  struct Shown {
    var run: RunSummary
    var plot: RunPlot
    var mark: SeriesMark
  }

  let shown: [Shown]
  /// The run whose norms are shown: those of several would be too many.
  let selected: String?
  let options: ChartOptions
  let window: ChartWindow
  /// Where the crosshair of the charts is that are not in focus.
  let rested: Double?
  let focus: ChartKind
  /// Whether one run is shown in full: then a chart holds all that belongs to its quantity.
  let isOfOne: Bool

  /// How far the runs have come, and the longest is to come.
  var end: Double { shown.map { window.unit.end(of: $0.run, $0.plot) }.max() ?? 0 }
  var limit: Double? {
    let limits = shown.map { window.unit.limit(of: $0.run) }
    return limits.contains { $0 == nil } ? nil : limits.compactMap(\.self).max()
  }
  var range: ClosedRange<Double> { window.range(end: end, limit: limit) }

  func draw(_ layout: ChartLayout, _ drawn: DrawnCharts, on canvas: inout Canvas, in rect: Rect) {
    for (kind, place) in layout.places(ChartKind.all(ofOne: isOfOne), focus: focus, in: rect) {
      drawn.draw(chart(kind, isFocused: (layout == .grid || window.cursor != nil) && kind == focus), kind, on: &canvas, in: place)
    }
  }

  /// The metrics of the runs' task, as far as one has validated: those of the first.
  var metrics: [TaskMetric] { shown.lazy.compactMap { Self.metrics(of: $0.run) }.first ?? TaskMetric.classification }
  private static func metrics(of run: RunSummary) -> [TaskMetric]? { run.progress.bestOrLast?.metrics.list }

  /// What a chart shows of a run.
  private func metrics(of kind: ChartKind, _ run: RunSummary) -> [(metric: RunMetric, label: String)] {
    let metrics = Self.metrics(of: run) ?? self.metrics
    switch kind {
    case .loss: return [(.trainLoss, "train")] + (isOfOne ? [(.validationLoss, "val")] : [])
    case .accuracy where isOfOne:
      return metrics.filter { $0.form == metrics[0].form }.map { (RunMetric($0), printable($0.heading)) }
    case .accuracy: return [(RunMetric(metrics[0]), "")]
    case .validationLoss: return [(.validationLoss, "")]
    case .meanClass: return [(RunMetric(metrics[metrics.count - 1]), "")]
    case .learningRate: return [(.learningRate, "")]
    case .speed: return [(.imagesPerSecond, "")]
    case .dataWait: return [(.dataWait, "")]
    case .gradients, .activations: return []
    }
  }

  /// What a look has to fetch for a chart.
  func metrics(of kind: ChartKind) -> Set<RunMetric> { Set(shown.flatMap { metrics(of: kind, $0.run).map(\.metric) }) }

  func chart(_ kind: ChartKind, isFocused: Bool = false) -> Chart {
    let (title, series) = content(kind)
    var notes = kind == .loss && options.smoothing > 0 ? ["smooth \(NumberText.compact(options.smoothing).trimmingZeros)"] : []
    let isLogarithmic = !kind.norms.isEmpty || options.isLogarithmic && [.loss, .validationLoss, .learningRate].contains(kind)
    if isLogarithmic { notes.append("log y") }
    let isShare =
      switch kind {
      case .accuracy: metrics[0].form == .share
      case .meanClass: metrics[metrics.count - 1].form == .share
      default: kind == .dataWait
      }
    return Chart(
      title: title, note: notes.joined(separator: " · "), series: series, scale: isLogarithmic ? .logarithmic : .linear,
      unit: window.unit, range: range, part: window.part, cursor: isFocused ? window.cursor : window.cursor.flatMap { _ in rested },
      isFocused: isFocused,
      holds: kind == .speed || kind == .dataWait ? 0...0 : nil, within: isShare ? 0...1 : nil, isShare: isShare,
      ignoresOutliers: options.ignoresOutliers && !isShare && kind != .learningRate, emptyText: emptyText(kind))
  }

  private func content(_ kind: ChartKind) -> (title: String, series: [Chart.Series]) {
    if !kind.norms.isEmpty {
      let one = shown.first { $0.run.id == selected } ?? shown.last
      let norms = one?.plot.norms.filter { kind.norms.contains($0.place.kind) } ?? []
      let title = isOfOne ? kind.title(metrics) : "\(kind.title(metrics)) of \(one.map { printable($0.run.name) } ?? "–")"
      return (title, norms.enumerated().map { index, norm in
        Chart.Series(norm.curve, mark: SeriesMark(index), label: printable(norm.place.name.removing(suffix: ".weight")))
      })
    }
    guard isOfOne, let one = shown.first else {
      return (kind.title(metrics), shown.map { series($0.plot, metrics(of: kind, $0.run)[0].metric, $0.mark) })
    }
    let all = metrics(of: kind, one.run).enumerated().map { series(one.plot, $1.metric, SeriesMark($0), $1.label) }
    switch kind {
    case .loss: return ("loss", all)
    case .accuracy where metrics[0].form == .share: return ("accuracy (val)", all)
    default: return (kind.title(metrics), all)
    }
  }

  private func series(_ plot: RunPlot, _ metric: RunMetric, _ mark: SeriesMark, _ label: String = "") -> Chart.Series {
    if metric == .trainLoss, let smooth = plot.smoothLoss { return Chart.Series(smooth, raw: plot[metric], mark: mark, label: label) }
    return Chart.Series(plot[metric], mark: mark, label: label)
  }

  private func emptyText(_ kind: ChartKind) -> String {
    if shown.isEmpty { return "no run selected" }
    if case .frozen = window.part { return "no values here; 0 shows everything" }
    switch kind {
    case .accuracy, .validationLoss, .meanClass: return "after the first validation"
    case .gradients, .activations: return "no norms recorded yet"
    default: return "no step finished yet"
    }
  }
}

extension String {
  /// A decimal fraction without its last zeros.
  var trimmingZeros: String {
    var text = self
    while text.contains("."), text.last == "0" { text.removeLast() }
    return text.last == "." ? String(text.dropLast()) : text
  }

  fileprivate func removing(suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
