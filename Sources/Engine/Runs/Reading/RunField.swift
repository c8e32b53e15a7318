/// What runs are filtered and sorted by.
public enum RunField: String, CaseIterable, Sendable {
  case name, label, net, dataset, host, state, tag, group
  case classes, acc, loss, step, epoch, seed
  /// Images a second.
  case speed
  /// Seconds since the launch, and to the end.
  case age, left

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
    case .classes, .acc, .loss, .step, .epoch, .seed, .speed, .age, .left: true
    }
  }

  /// - Parameter now: seconds since 1970.
  func value(of run: RunSummary, now: Double) -> Value {
    switch self {
    case .name: .words([run.name])
    case .label: .words([run.labelSet])
    case .net: .words([run.network])
    case .dataset: .words([run.dataset])
    case .host: .words([run.host])
    case .state: .words([run.state.rawValue])
    case .tag: .words(run.tags)
    case .group: .words(run.group.map { [$0] } ?? [])
    case .classes: .number(Double(run.classes))
    case .acc: .number(run.progress.best?.top1 ?? run.progress.validation?.top1)
    case .loss: .number(run.progress.loss.flatMap { $0.isNaN ? nil : Double($0) })
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
