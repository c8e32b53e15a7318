import Training

/// What runs are filtered and sorted by.
public enum RunField: Hashable, Sendable {
  case name, label, net, dataset, host, state, tag, group
  /// The headline metric of its task, at its best.
  case acc
  case classes, loss, step, epoch, seed
  /// Images a second.
  case speed
  /// Seconds since the launch, and to the end.
  case age, left
  /// A metric of the validation that is the best by the headline.
  case metric(TaskMetric)

  /// Those that every run has, in the order in which they are offered.
  public static let ofEveryRun: [RunField] = [
    .name, .label, .net, .dataset, .host, .state, .tag, .group, .classes, .acc, .loss, .step, .epoch, .seed, .speed, .age, .left,
  ]

  /// The field that somebody means, whatever the case.
  /// - Parameter metrics: those that there are besides.
  public init?(_ text: String, metrics: [TaskMetric] = TaskMetric.known) {
    if let field = Self.ofEveryRun.first(where: { $0.text == text.lowercased() }) {
      self = field
    } else if let metric = metrics.first(where: { $0.isCalled(text) }) {
      self = .metric(metric)
    } else {
      return nil
    }
  }

  /// As it is typed.
  public var text: String {
    if case .metric(let metric) = self { metric.name } else { "\(self)" }
  }

  /// All that may be typed, for people.
  static func list(_ metrics: [TaskMetric]) -> String { (ofEveryRun.map(\.text) + metrics.map(\.name)).joined(separator: ", ") }

  /// What a run has under a field.
  enum Value {
    /// A run may have several tags, or no group.
    case words([String])
    /// Nil where it is not known, or is no number.
    case number(Double?)
  }

  var isNumber: Bool {
    switch self {
    case .name, .label, .net, .dataset, .host, .state, .tag, .group: false
    case .classes, .acc, .loss, .step, .epoch, .seed, .speed, .age, .left, .metric: true
    }
  }

  /// Whether a number above 1 is meant in per cent.
  var isShare: Bool {
    switch self {
    case .acc: true
    case .metric(let metric): metric.form == .share
    default: false
    }
  }

  /// - Parameter now: seconds since 1970.
  func value(of run: RunSummary, now: Double) -> Value {
    func number(_ value: Double?) -> Value { .number(value.flatMap { $0.isNaN ? nil : $0 }) }
    return switch self {
    case .name: .words([run.name])
    case .label: .words([run.labelSet])
    case .net: .words([run.network])
    case .dataset: .words([run.dataset])
    case .host: .words([run.host])
    case .state: .words([run.state.rawValue])
    case .tag: .words(run.tags)
    case .group: .words(run.group.map { [$0] } ?? [])
    case .classes: .number(Double(run.classes))
    case .acc: number(run.progress.bestOrLast?.headline.value)
    case .metric(let metric): number(run.progress.bestOrLast?[metric])
    case .loss: number(run.progress.loss.map(Double.init))
    case .step: .number(Double(run.progress.step))
    case .epoch: .number(run.progress.epoch.rounded(.down))
    case .seed: .number(Double(run.seed))
    case .speed: .number(run.state == .running ? run.progress.imagesPerSecond : nil)
    // A clock that was set back makes no run younger than new.
    case .age: .number(max(0, now - run.created))
    case .left: .number(run.secondsLeft)
    }
  }
}

extension Sequence<RunSummary> {
  /// The metrics that may be asked for: those of the known tasks, and what runs of others have.
  public var metrics: [TaskMetric] {
    var all = TaskMetric.known
    for run in self {
      guard let list = run.progress.bestOrLast?.metrics.list, list != TaskMetric.classification else { continue }
      for metric in list where !all.contains(where: { $0.name == metric.name }) { all.append(metric) }
    }
    return all
  }
}
