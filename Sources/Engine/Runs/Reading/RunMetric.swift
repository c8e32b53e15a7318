import Training

/// A quantity that a run records at its steps.
public enum RunMetric: Hashable, Sendable {
  /// The loss of a batch; of a classification mean cross-entropy, in nats.
  case trainLoss
  /// A part of the loss that the task tells apart, by its name.
  case lossTerm(String)
  /// The learning rate.
  case rate
  case imagesPerSecond
  /// The share of a step's time spent waiting for images, 0…1.
  case stall
  /// The loss over the validation images.
  case validationLoss
  /// A metric of the task, by its ``TaskMetric/snakeName``.
  case validation(String)

  /// Those of every task, in the order in which tables have them.
  static let ofEveryTask: [RunMetric] = [.trainLoss, .rate, .imagesPerSecond, .stall, .validationLoss]
  /// Those and the known tasks' metrics.
  static let known = ofEveryTask + TaskMetric.known.map(RunMetric.init)

  public static let top1 = RunMetric(TaskMetric.top1)
  public static let top5 = RunMetric(TaskMetric.top5)
  public static let meanClass = RunMetric(TaskMetric.meanClass)

  public init(_ metric: TaskMetric) { self = .validation(metric.snakeName) }

  /// As the event files have it.
  public var tag: String {
    switch self {
    case .trainLoss: "train/loss"
    case .lossTerm(let name): "train/loss/" + name
    case .rate: "train/rate"
    case .imagesPerSecond: "train/images_per_second"
    case .stall: "train/stall"
    case .validationLoss: "val/loss"
    case .validation(let name): "val/" + name
    }
  }

  /// Nil where no run records such a thing.
  public init?(tag: String) {
    if let metric = Self.ofEveryTask.first(where: { $0.tag == tag }) {
      self = metric
    } else if tag.hasPrefix("train/loss/"), Self.isName(tag.dropFirst(11)) {
      self = .lossTerm(String(tag.dropFirst(11)))
    } else if tag.hasPrefix("val/"), Self.isName(tag.dropFirst(4)) {
      self = .validation(String(tag.dropFirst(4)))
    } else {
      return nil
    }
  }

  /// No tag of a metric is longer.
  static let longestTag = 59

  private static func isName(_ text: Substring) -> Bool {
    1...48 ~= text.utf8.count && text.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "_") }
  }
}
