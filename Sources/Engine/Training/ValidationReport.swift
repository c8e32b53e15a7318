import Basics

/// What one validation came to.
public struct ValidationReport: Equatable, Sendable {
  @Bounded<Count> public var step: Int
  @Bounded<Measure> public var epoch: Double
  /// Mean over the images, of the task's loss.
  public var loss: Double
  public var metrics: MetricValues
  @Bounded<Count> public var images: Int
  @Bounded<Count> public var skipped: Int

  package init(step: Int, epoch: Double, loss: Double, metrics: MetricValues, images: Int, skipped: Int) {
    (self.step, self.epoch, self.loss, self.metrics, self.images, self.skipped) = (step, epoch, loss, metrics, images, skipped)
  }

  /// What decides which checkpoint is the best.
  public var headline: (metric: TaskMetric, value: Double) { metrics.headline }
  /// Nil where there is no metric of that name.
  public subscript(metric: TaskMetric) -> Double? { metrics[metric] }

  /// Whether its checkpoint takes the place of the best one until now. Of equal ones the first stays.
  package func isBetter(than best: ValidationReport?) -> Bool {
    let (metric, value) = headline
    guard let before = best?.metrics[metric] else { return !value.isNaN }
    return metric.isBetter(value, than: before)
  }
}

/// As JSON its metrics lie beside its other numbers, each under its name, so that runs of all versions are read alike. Which one is the headline is
/// said where it is not ``TaskMetric/top1``.
extension ValidationReport: Codable {
  /// No task has so many; a file may hold anything.
  private static let mostMetrics = 64

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    _step = try container.decode(Bounded<Count>.self, forKey: NameKey("step"))
    _epoch = try container.decode(Bounded<Measure>.self, forKey: NameKey("epoch"))
    loss = try container.decode(Double.self, forKey: NameKey("loss"))
    _images = try container.decode(Bounded<Count>.self, forKey: NameKey("images"))
    _skipped = try container.decode(Bounded<Count>.self, forKey: NameKey("skipped"))
    let headline = try container.decodeIfPresent(String.self, forKey: NameKey("headline")) ?? TaskMetric.top1.name
    var values: [String: Double] = [:]
    for metric in TaskMetric.known where container.contains(NameKey(metric.name)) {
      let key = NameKey(metric.name)
      values[metric.name] =
        metric.form == .share ? try container.decode(Bounded<Share>.self, forKey: key).wrappedValue : try container.decode(Double.self, forKey: key)
    }
    // Of a task that this version does not know.
    for key in container.allKeys where values[key.stringValue] == nil && TaskMetric.isName(key.stringValue) && values.count < Self.mostMetrics {
      if let value = try? container.decode(Double.self, forKey: key) { values[key.stringValue] = value }
    }
    guard values[headline] != nil else {
      throw DecodingError.keyNotFound(NameKey(headline), .init(codingPath: decoder.codingPath, debugDescription: ""))
    }
    metrics = MetricValues(values, headline: headline)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(step, forKey: NameKey("step"))
    try container.encode(epoch, forKey: NameKey("epoch"))
    try container.encode(loss, forKey: NameKey("loss"))
    try container.encode(images, forKey: NameKey("images"))
    try container.encode(skipped, forKey: NameKey("skipped"))
    if headline.metric != .top1 { try container.encode(headline.metric.name, forKey: NameKey("headline")) }
    for (metric, value) in metrics { try container.encode(value, forKey: NameKey(metric.name)) }
  }
}
