import Engine

/// The curves of one run, as charts take them.
package struct RunPlot: Equatable, Sendable {
  package var loss, validationLoss, top1, top5, meanClass, imagesPerSecond, rate: Curve
  /// The loss reduced to a few values, for a sparkline.
  package var spark: [Double]
  /// What could not be read of the event files.
  package var remarks: [String]

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

  /// How many values there are: changes whenever one is added.
  package var count: Int { loss.points.count + top1.points.count }

  init(_ curves: RunCurves) {
    func curve(_ metric: RunMetric) -> Curve {
      let series = curves[metric]
      return Curve(zip(series.steps, series.values).map { Curve.Point(Double($0), Double($1)) })
    }
    self.init(
      loss: curve(.trainLoss), validationLoss: curve(.validationLoss), top1: curve(.top1), top5: curve(.top5),
      meanClass: curve(.meanClass), imagesPerSecond: curve(.imagesPerSecond), rate: curve(.rate),
      remarks: curves.remarks)
  }
}

extension RunCurves {
  /// As ``RunPlot/count``, without making the plot.
  var count: Int { self[.trainLoss].steps.count + self[.top1].steps.count }
}
