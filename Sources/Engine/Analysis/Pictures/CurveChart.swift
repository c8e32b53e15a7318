import Basics
import Pictures
import Runs

/// How trainings went, as a chart of one metric: a curve for each run, or for each group of runs their mean and its spread.
public struct CurveChart: Sendable {
  /// What curves are drawn over.
  public enum Axis: String, CaseIterable, Sendable { case steps, epochs, images, hours }

  /// A curve of the chart: one run, or several that repeat each other.
  public struct Entry: Sendable {
    public var name: String
    public var runs: [(summary: RunSummary, curves: RunCurves)]

    public init(_ name: String, _ runs: [(summary: RunSummary, curves: RunCurves)]) { (self.name, self.runs) = (name, runs) }
  }

  /// As the event files call it.
  public var tag: String
  public var axis: Axis
  /// The weight of the past in a moving average, 0…1; 0: none.
  public var smoothing: Double
  public var isLogarithmic: Bool
  /// Of longer curves, so many means of equal parts of the axis are drawn.
  package static let columns = 300

  public init(_ tag: String, over axis: Axis = .steps, smoothing: Double = 0, isLogarithmic: Bool = false) {
    (self.tag, self.axis, self.smoothing, self.isLogarithmic) = (tag, axis, smoothing, isLogarithmic)
  }

  public func chart(_ entries: [Entry]) -> ChartDrawing {
    let words = Self.words(tag)
    var notes: [String] = []
    var isThinned = false
    var series: [ChartDrawing.Series] = []
    for (number, entry) in entries.enumerated() {
      let runs = entry.runs.map { run in (series: smoothed(run.curves.series(tag: tag)), axis: seriesAxis(run.summary)) }.filter { !$0.series.isEmpty }
      let (points, wasThinned) = points(runs, scale: words.isShare ? 100 : 1)
      isThinned = isThinned || wasThinned
      let hasBand = points.contains { $0.low != nil }
      let name = entry.runs.count > 1 ? "\(entry.name) (\(counted(entry.runs.count, "run")))" : entry.name
      series.append(.init(name, .line(hasMarkers: points.count <= 40), points, colour: number, hasBand: hasBand))
    }
    if series.contains(where: \.hasBand) { notes.append("line and band: mean ± sample standard deviation over the runs that are that far") }
    if smoothing > 0 { notes.append("moving average with the weight \(smoothing) on the past") }
    if isThinned { notes.append("each point is a mean over \(Self.columns == 300 ? "a 300th" : "a part") of the axis") }
    let lacking = entries.filter { entry in entry.runs.allSatisfy { $0.curves.series(tag: tag).isEmpty } }.map(\.name)
    if !lacking.isEmpty { notes.append("without values: \(lacking.joined(separator: ", "))") }
    return ChartDrawing(
      title: words.title, base: .numbers(.init(axis.rawValue)),
      left: .init(tag + (words.isShare ? ", %" : ""), scale: isLogarithmic ? .logarithmic : .linear), series: series.filter { !$0.points.isEmpty }, notes: notes)
  }

  // MARK: Values

  private func smoothed(_ series: RunSeries) -> RunSeries {
    guard smoothing > 0 else { return series }
    var average = SmoothedSeries(weight: smoothing)
    average.follow(series)
    return average.series
  }

  private func seriesAxis(_ run: RunSummary) -> SeriesAxis {
    switch axis {
    case .steps: .step
    case .epochs: .epochs(of: run.progress.stepsPerEpoch)
    case .images: .images(batch: run.batchSize)
    case .hours: .seconds(since: run.created)
    }
  }

  /// The mean at each place, and its deviation where several runs have it.
  private func points(_ runs: [(series: RunSeries, axis: SeriesAxis)], scale: Double) -> (points: [ChartDrawing.Point], isThinned: Bool) {
    let unit = axis == .hours ? 3600.0 : 1
    var found: [(x: Double, values: [Double])] = []
    // Runs that repeat each other have values at equal steps, but not at equal times.
    let isThinned = runs.contains { $0.series.count > Self.columns }
    if !isThinned, runs.count == 1 || axis != .hours {
      var values: [Double: [Double]] = [:]
      for run in runs {
        for index in run.series.indices { values[run.series.position(index, on: run.axis), default: []].append(Double(run.series[index].value)) }
      }
      found = values.map { ($0.key, $0.value) }.sorted { $0.x < $1.x }
    } else {
      let ends = runs.map { ($0.series.position(0, on: $0.axis), $0.series.position($0.series.count - 1, on: $0.axis)) }
      guard let low = ends.map(\.0).min(), let high = ends.map(\.1).max(), low.isFinite, high.isFinite, low <= high else { return ([], false) }
      let spans = runs.map { $0.series.spans(in: low...high, on: $0.axis, columns: Self.columns) }
      for column in 0..<Self.columns {
        let values = spans.compactMap { column < $0.count ? $0[column]?.mean : nil }
        if !values.isEmpty { found.append((low + (high - low) * Double(column) / Double(Self.columns - 1), values)) }
      }
    }
    let points = found.map { x, values -> ChartDrawing.Point in
      // One that is not finite makes a gap, which tells that the training diverged.
      guard let estimate = RunStatistics.Estimate(values.map { scale * $0 }), estimate.mean.isFinite else { return .init(x / unit, .nan) }
      let deviation = estimate.deviation
      return .init(x / unit, estimate.mean, low: deviation.map { estimate.mean - $0 }, high: deviation.map { estimate.mean + $0 })
    }
    return (points, isThinned)
  }

  /// What a tag means, and whether its values are shares.
  private static func words(_ tag: String) -> (title: String, isShare: Bool) {
    switch RunMetric(tag: tag) {
    case .trainLoss: ("training loss", false)
    case .learningRate: ("learning rate", false)
    case .imagesPerSecond: ("images per second", false)
    case .dataWait: ("time spent waiting for images", true)
    case .validationLoss: ("validation loss", false)
    case .top1: ("validation accuracy, top-1", true)
    case .top5: ("validation accuracy, top-5", true)
    case .meanClass: ("validation accuracy, mean over classes", true)
    default: (tag, false)
    }
  }
}
