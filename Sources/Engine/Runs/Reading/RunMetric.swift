import Synchronization
import Training

/// A quantity that a run records at its steps.
public enum RunMetric: Hashable, Sendable {
  /// The loss of a batch; of a classification mean cross-entropy, in nats.
  case trainLoss
  /// A part of the loss that the task tells apart, by its name.
  case lossTerm(Name)
  /// The learning rate.
  case learningRate
  case imagesPerSecond
  /// The share of a step's time spent waiting for images, 0…1.
  case dataWait
  /// The loss over the validation images.
  case validationLoss
  /// A metric of the task, by its ``TaskMetric/snakeName``.
  case validation(Name)

  /// A name that tags may hold, as a number: curves of millions of steps look their metrics up by it.
  public struct Name: Hashable, Sendable {
    private let number: UInt16
    private static let all = Mutex<(texts: [String], numbers: [String: UInt16])>(([], [:]))

    /// Nil where it is no name, or there are too many: an event file may hold anything.
    init?(_ text: some StringProtocol) {
      let letters = text.utf8
      guard 1...48 ~= letters.count, letters.allSatisfy({ 97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "_") }) else { return nil }
      let text = String(text)
      let number = Self.all.withLock { all -> UInt16? in
        if let known = all.numbers[text] { return known }
        guard all.texts.count < 10_000 else { return nil }
        all.texts.append(text)
        all.numbers[text] = UInt16(all.texts.count - 1)
        return UInt16(all.texts.count - 1)
      }
      guard let number else { return nil }
      self.number = number
    }

    public var text: String { Self.all.withLock { $0.texts[Int(number)] } }
  }

  /// Those of every task, in the order in which tables have them.
  static let ofEveryTask: [RunMetric] = [.trainLoss, .learningRate, .imagesPerSecond, .dataWait, .validationLoss]
  /// Those and the known tasks' metrics.
  static let known = ofEveryTask + TaskMetric.known.map(RunMetric.init)

  public static let top1 = RunMetric(TaskMetric.top1)
  public static let top5 = RunMetric(TaskMetric.top5)
  public static let meanClass = RunMetric(TaskMetric.meanClass)

  /// Where files have used up all names there may be, a further one has no curve of its own.
  public init(_ metric: TaskMetric) { self = RunMetric(tag: "val/" + metric.snakeName) ?? .validationLoss }

  /// As the event files have it.
  public var tag: String {
    switch self {
    case .trainLoss: "train/loss"
    case .lossTerm(let name): "train/loss/" + name.text
    case .learningRate: "train/rate"
    case .imagesPerSecond: "train/images_per_second"
    case .dataWait: "train/stall"
    case .validationLoss: "val/loss"
    case .validation(let name): "val/" + name.text
    }
  }

  /// Nil where no run records such a thing.
  public init?(tag: String) {
    if let metric = Self.ofEveryTask.first(where: { $0.tag == tag }) {
      self = metric
    } else if tag.hasPrefix("train/loss/"), let name = Name(tag.dropFirst(11)) {
      self = .lossTerm(name)
    } else if tag.hasPrefix("val/"), let name = Name(tag.dropFirst(4)) {
      self = .validation(name)
    } else {
      return nil
    }
  }

  /// No tag of a metric is longer.
  static let longestTag = 59
}
