import Engine

/// The curves of one run, as charts take them.
package struct RunPlot: Equatable, Sendable {
  package var loss, validationLoss, top1, top5, meanClass, imagesPerSecond, rate: Curve
  /// The loss reduced to a few values, for a sparkline.
  package var spark: [Double]
  /// What could not be read of the event files.
  package var remarks: [String]
  /// Of the curves that it was made from (``RunCurves/version``).
  package var version = 0

  package init(
    loss: Curve = Curve([]), validationLoss: Curve = Curve([]), top1: Curve = Curve([]), top5: Curve = Curve([]),
    meanClass: Curve = Curve([]), imagesPerSecond: Curve = Curve([]), rate: Curve = Curve([]), remarks: [String] = []
  ) {
    self.loss = loss
    self.validationLoss = validationLoss
    self.top1 = top1
    self.top5 = top5
    self.meanClass = meanClass
    self.imagesPerSecond = imagesPerSecond
    self.rate = rate
    self.remarks = remarks
    spark = loss.means(10)
  }

  init(_ curves: RunCurves) {
    func curve(_ metric: RunMetric) -> Curve { Curve(curves[metric]) }
    self.init(
      loss: curve(.trainLoss), validationLoss: curve(.validationLoss), top1: curve(.top1), top5: curve(.top5),
      meanClass: curve(.meanClass), imagesPerSecond: curve(.imagesPerSecond), rate: curve(.rate),
      remarks: curves.remarks)
    spark = curves[.trainLoss].means(10)
    version = curves.version
  }
}

extension Curve {
  /// More points than any chart has dots across.
  private static let columns = 1000

  /// A curve over steps: as it is, or where it is long, each stretch by its first, lowest, highest and last value.
  init(_ series: RunSeries) {
    guard series.count > 4 * Self.columns else {
      self.init(series.map { Point(Double($0.step), Double($0.value)) })
      return
    }
    let (first, last) = (Double(series[0].step), Double(series[series.count - 1].step))
    let width = (last - first) / Double(Self.columns - 1)
    let spans = series.spans(in: first...last, on: .step, columns: Self.columns)
    self.init(
      spans.enumerated().flatMap { column, span in
        guard let span else { return [Point]() }
        let x = first + Double(column) * width
        return [span.first, span.low, span.high, span.last].map { Point(x, Double($0)) }
      })
  }
}
