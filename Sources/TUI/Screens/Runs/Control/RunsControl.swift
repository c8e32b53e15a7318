import Basics
import Runs

/// What can be asked of runs.
package enum ControlAction: Hashable, Sendable {
  case launch, clone, pause, resume, stop, checkpoint, extend, delete
  /// Bring back what was deleted last.
  case restore
  /// Put into the queue, or take out; change its order; how many runs at a time.
  case queue, queueEarlier, queueLater, queueLimit
}

extension RunsScreen {
  mutating func perform(_ action: ControlAction, _ session: Session) -> [Effect] {
    let able = targets.filter { action.isPossible($0) }
    let directories = able.map { RunDirectory($0.path) }
    switch action {
    case .launch: return receive(.launch(nil), session)
    case .clone: return directories.first.map { [.runs(.clone($0))] } ?? []
    case .restore: return [.runs(.restore)]
    case .queue:
      let waiting = able.filter { $0.queuePlace != nil }
      if waiting.count == able.count { return directories.map { .runs(.dequeue($0)) } }
      return able.filter { $0.queuePlace == nil }.map { .runs(.enqueue(RunDirectory($0.path))) }
    case .queueEarlier: return directories.map { .runs(.moveInQueue($0, by: -1)) }
    case .queueLater: return directories.reversed().map { .runs(.moveInQueue($0, by: 1)) }
    case .queueLimit: return [.runs(.readQueueLimit)]
    case .extend: mode = .number(NumberDialog(extending: able))
    case .pause:
      // Several: all wait, unless all wait already.
      let running = able.filter { $0.state == .running }
      if running.isEmpty { return directories.map { .runs(.resume($0)) } }
      return running.map { .runs(.pause(RunDirectory($0.path))) }
    case .resume: return directories.map { .runs(.resume($0)) }
    case .checkpoint: return directories.map { .runs(.checkpoint($0)) }
    case .stop:
      ask(
        "Stop", able,
        "It saves a checkpoint and ends. r resumes it later, bit-for-bit as if it had never stopped.",
        "They save checkpoints and end. r resumes them later, bit-for-bit as if they had never stopped.",
        yes: "stop", no: "go on", directories.map { .stop($0) })
    case .delete:
      ask(
        "Delete", able, "It goes to the trash, with curves, log and checkpoints; u restores it.",
        "They go to the trash, with curves, logs and checkpoints; u restores them one by one.", yes: "delete", no: "keep",
        directories.map { .delete($0) })
    }
    return []
  }

  private mutating func ask(
    _ verb: String, _ runs: [RunSummary], _ one: String, _ several: String, yes: String, no: String, _ works: [Work]
  ) {
    guard let first = runs.first else { return }
    let left = targets.count - runs.count
    let rest = left > 0 ? " \(left) of the marked runs cannot be and stay as they are." : ""
    let what = runs.count == 1 ? printable(first.name) : counted(runs.count, "run")
    mode = .question(Question("\(verb) \(what)?", detail: (runs.count == 1 ? one : several) + rest, yes: yes, no: no), works)
  }
}

extension ControlAction {
  func isPossible(_ run: RunSummary) -> Bool {
    switch self {
    case .launch, .restore, .queueLimit: true
    case _ where run.state == .newer: false
    case .clone: true
    case .extend where run.state == .damaged: false
    case .extend: !run.state.isLive || run.state == .paused || run.state == .running
    case .queue: run.queuePlace != nil || run.state.isResumable
    case .queueEarlier, .queueLater: run.queuePlace != nil
    case .pause: run.state.isLive
    case .stop: run.state.isLive || run.queuePlace != nil || run.job != nil
    case .resume: run.state.isResumable || run.state == .paused
    case .checkpoint: run.state == .running
    case .delete: !run.state.isLive
    }
  }

  /// Whether it is for no run in particular.
  var needsNoRun: Bool { [.launch, .restore, .queueLimit].contains(self) }

  /// Why it is possible for none of these.
  func reason(for runs: [RunSummary]) -> String {
    switch runs.first?.state {
    case .newer? where runs.allSatisfy { $0.state == .newer }: "a newer version made this run; use that version"
    case .damaged? where runs.allSatisfy { $0.state == .damaged }: "this run is damaged; Enter shows where"
    default: reason
    }
  }

  /// Why it is not possible.
  private var reason: String {
    switch self {
    case .launch, .clone, .restore, .queueLimit, .extend: ""
    case .queue: "only a run that is not running or finished can be queued"
    case .queueEarlier, .queueLater: "this run is not in the queue"
    case .pause: "only a running run can be paused"
    case .resume: "this run is running or finished"
    case .stop: "this run is not running"
    case .checkpoint: "only a running run writes checkpoints"
    case .delete: "stop it before deleting it"
    }
  }
}
