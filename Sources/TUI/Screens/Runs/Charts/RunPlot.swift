import Runs
import Training

/// The curves of one run as its charts draw them: as much of them as can be seen.
package struct RunPlot: Equatable, Sendable {
  /// What was asked for.
  package struct Request: Hashable, Sendable {
    package var unit: ChartUnit
    package var range: ClosedRange<Double>
    /// Of dots that the widest chart has.
    package var columns: Int
    /// The weight of the past in the moving average of the loss.
    package var smoothing: Double
    package var metrics: Set<RunMetric>
    package var norms: Set<LayerNorm.Kind>

    package init(
      unit: ChartUnit, range: ClosedRange<Double>, columns: Int, smoothing: Double, metrics: Set<RunMetric>,
      norms: Set<LayerNorm.Kind> = []
    ) {
      self.unit = unit
      self.range = range
      self.columns = columns
      self.smoothing = smoothing
      self.metrics = metrics
      self.norms = norms
    }
  }

  package struct Norm: Equatable, Sendable {
    package var place: LayerNorm.Place
    package var curve: Curve

    package init(_ place: LayerNorm.Place, _ curve: Curve) {
      self.place = place
      self.curve = curve
    }
  }

  package var curves: [RunMetric: Curve]
  /// The moving average of the training loss; nil where none was asked for.
  package var smoothLoss: Curve?
  /// In the order of the layers' names.
  package var norms: [Norm]
  /// The loss reduced to a few values, for a sparkline.
  package var spark: [Double]
  /// The last step and the last second since the launch that a value is of.
  package var lastStep: Int
  package var lastSecond: Double
  /// What could not be read of the event files.
  package var remarks: [String]
  /// Of the curves that it was made from (``RunCurves/version``), and what was asked for; nil: only what a list shows.
  package var version = 0
  package var request: Request?

  package init(
    _ curves: [RunMetric: Curve] = [:], smoothLoss: Curve? = nil, norms: [Norm] = [], spark: [Double] = [], lastStep: Int = 0,
    lastSecond: Double = 0, remarks: [String] = []
  ) {
    self.curves = curves
    self.smoothLoss = smoothLoss
    self.norms = norms
    self.spark = spark
    self.lastStep = lastStep
    self.lastSecond = lastSecond
    self.remarks = remarks
  }

  package subscript(metric: RunMetric) -> Curve { curves[metric] ?? Curve([]) }

  init(_ curves: RunCurves, of run: RunSummary, _ request: Request?) {
    let loss = curves[.trainLoss]
    self.init(
      spark: Self.spark(loss), lastStep: loss.last?.step ?? 0,
      lastSecond: max(0, (loss.last?.time ?? run.created) - run.created), remarks: curves.remarks)
    version = curves.version
    self.request = request
    guard let request else { return }
    let axis = request.unit.axis(of: run)
    func curve(_ series: RunSeries) -> Curve { Curve(series, in: request.range, on: axis, columns: request.columns) }
    for metric in request.metrics { self.curves[metric] = curve(curves[metric]) }
    if request.smoothing > 0, request.metrics.contains(.trainLoss) {
      smoothLoss = curve(curves.smoothed(.trainLoss))
    }
    norms = curves.norms.filter { request.norms.contains($0.key.kind) && !$0.key.name.hasSuffix(".bias") }
      .sorted { $0.key.name < $1.key.name }.map { Norm($0.key, curve($0.value)) }
  }

  private static let bars = 10

  /// Means of equal shares of the steps up to a round number: while a run grows, only the last bar changes.
  private static func spark(_ loss: RunSeries) -> [Double] {
    guard let last = loss.last?.step, last > 0 else { return loss.means(bars) }
    let end = ChartUnit.step.end(holding: Double(last))
    return loss.spans(in: 0...end, on: .step, columns: bars).compactMap { $0?.mean }
  }
}

extension ChartUnit {
  func axis(of run: RunSummary) -> SeriesAxis {
    switch self {
    case .step: .step
    case .epoch: .epochs(of: run.progress.stepsPerEpoch)
    case .images: .images(batch: run.batchSize)
    case .time: .seconds(since: run.created)
    }
  }

  /// How far a run has come.
  func end(of run: RunSummary, _ plot: RunPlot?) -> Double {
    let step = Double(max(run.progress.step, plot?.lastStep ?? 0))
    switch self {
    case .step: return step
    case .epoch: return step / Double(max(1, run.progress.stepsPerEpoch))
    case .images: return step * Double(run.batchSize)
    case .time: return plot?.lastSecond ?? 0
    }
  }

  /// How far it is to come; nil where that is not known.
  func limit(of run: RunSummary) -> Double? {
    guard run.progress.steps > 0 else { return nil }
    let steps = Double(run.progress.steps)
    switch self {
    case .step: return steps
    case .epoch: return run.progress.stepsPerEpoch > 0 ? steps / Double(run.progress.stepsPerEpoch) : Double(run.epochs)
    case .images: return steps * Double(run.batchSize)
    case .time: return nil
    }
  }
}

extension Curve {
  /// As much of a series as `columns` dots over `range` can show.
  init(_ series: RunSeries, in range: ClosedRange<Double>, on axis: SeriesAxis, columns: Int) {
    let first = series.firstIndex(from: range.lowerBound, on: axis)
    let dot = (range.upperBound - range.lowerBound) / Double(max(1, columns - 1))
    func value(_ index: Int) -> Span { Span(series.position(index, on: axis), Double(series[index].value)) }
    let spans = series.spans(in: range, on: axis, columns: columns).enumerated().compactMap { column, span in
      span.map { span in
        Span(
          x: range.lowerBound + Double(column) * dot, first: Double(span.first), low: Double(span.low), high: Double(span.high),
          last: Double(span.last))
      }
    }
    let behind = series.firstIndex(from: range.upperBound.nextUp, on: axis)
    self.init(
      spans, before: first > 0 ? value(first - 1) : nil, after: behind < series.count ? value(behind) : nil)
  }
}
