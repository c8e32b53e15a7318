import Basics
import Files
import FoundationEssentials
import Runs
import Training

/// Where a piece of work stands, as its runs and results tell it: kept nowhere.
public enum WorkState: Equatable, Sendable {
  case done
  case running, paused, queued
  /// A job of a cluster has it, and has not begun.
  case submitted
  /// Its parent is not done.
  case waiting
  case failed(String)
  /// The loss was not finite or exploded: it is a result.
  case diverged
  case lost, stopped
  /// A parent has failed.
  case blocked
  case open

  public var word: String {
    switch self {
    case .done: "done"
    case .running: "running"
    case .paused: "paused"
    case .queued: "queued"
    case .submitted: "submitted"
    case .waiting: "waiting"
    case .failed: "failed"
    case .diverged: "diverged"
    case .lost: "lost"
    case .stopped: "stopped"
    case .blocked: "blocked"
    case .open: "open"
    }
  }

  /// One cell wide.
  public var glyph: String {
    switch self {
    case .done: "✓"
    case .running: "▶"
    case .paused: "‖"
    case .queued, .submitted: "…"
    case .waiting, .open: "·"
    case .failed: "✗"
    case .diverged: "∞"
    case .lost: "?"
    case .stopped: "■"
    case .blocked: "⊘"
    }
  }

  /// By itself: what it blocks has not.
  public var hasFailed: Bool {
    switch self {
    case .failed, .diverged: true
    default: false
    }
  }

  public var isLive: Bool { [.running, .paused, .queued, .submitted].contains(self) }
  /// Whether nothing more happens to it by itself.
  public var isSettled: Bool {
    switch self {
    case .done, .failed, .diverged, .blocked: true
    default: false
    }
  }
}

/// A piece of work with what there is of it.
public struct WorkStanding: Equatable, Sendable {
  public var state: WorkState
  /// The run that counts.
  public var run: RunSummary?
  /// Shares from 0 to 1, the loss in nats; of what is done.
  public var metrics: [String: Double] = [:]
  public var bars: [StudyResult.Bar]?
  /// The version of the numbers, where it is another than this program's.
  public var olderNumerics: Int?
  /// Runs of the same key that are finished with other numbers: an error of the program, or of a machine.
  public var conflict: [String] = []

  mutating func take(numerics: Int?) { olderNumerics = (numerics ?? 1) == Numerics.version ? nil : numerics ?? 1 }

  package init(state: WorkState, run: RunSummary? = nil, metrics: [String: Double] = [:], bars: [StudyResult.Bar]? = nil) {
    (self.state, self.run, self.metrics, self.bars) = (state, run, metrics, bars)
  }
}

/// A study as it stands: every work of its plan.
public struct StudyStanding: Equatable, Sendable {
  public var works: [WorkStanding]

  package init(works: [WorkStanding]) { self.works = works }

  /// What is to be begun is open where its parents are done, waits for them, or is blocked by one that has failed.
  mutating func settle(_ plan: StudyPlan) {
    for (index, work) in plan.works.enumerated() where [.open, .waiting, .blocked].contains(works[index].state) {
      let parents = work.parents.map { works[$0].state }
      works[index].state = parents.contains { $0.hasFailed || $0 == .blocked } ? .blocked : parents.contains { $0 != .done } ? .waiting : .open
    }
  }

  public func count(_ holds: (WorkState) -> Bool) -> Int { works.count { holds($0.state) } }
}

/// Looks at a home for what there is of a plan; remembers the keys of runs from one look to the next.
public final class StudyObserver {
  public let home: Home
  public let reader: RunsReader
  /// What a look has to know of a run's configuration, which is read once for each length that the run is given.
  private struct Facts {
    var length: Int
    var key: String?
    var numerics: Int
    var tunesHead: Bool
  }

  private var facts: [String: Facts] = [:]
  /// Of the last look.
  private var runs: [RunSummary] = []

  public init(home: Home, reader: RunsReader? = nil) {
    self.home = home
    self.reader = reader ?? RunsReader(home: home)
  }

  /// What ``look(at:)`` finds, and of open measures whether a cluster has a job for them.
  /// - Parameter isWaiting: whether Slurm's answer is waited for, which takes five seconds at most.
  /// - Throws: a ``Problem`` where a result is damaged.
  public func look(at plan: StudyPlan, withJobs isWaiting: Bool) throws(Problem) -> StudyStanding {
    var standing = try look(at: plan)
    let open = plan.works.indices.filter { plan.works[$0].isMeasure && standing.works[$0].state == .open }
    guard !open.isEmpty else { return standing }
    let jobs = reader.jobs(isWaiting: isWaiting)
    let results = StudyResults(home: home)
    for index in open {
      if let job = jobs[results.path(plan.works[index].key)] { standing.works[index].state = job.isAtWork ? .running : .submitted }
    }
    return standing
  }

  /// - Throws: a ``Problem`` where a result is damaged.
  public func look(at plan: StudyPlan) throws(Problem) -> StudyStanding {
    let runs = runs(of: plan)
    let results = StudyResults(home: home)
    var standings: [WorkStanding] = []
    for work in plan.works {
      var standing = WorkStanding(state: .open)
      switch work.kind {
      case .existing(let id):
        if let run = try? reader.refresh(id) { standing = self.standing([run]) } else { standing.state = .failed("the run \(id) is gone") }
      case .features: standing.state = .done
      case .training, .untrained, .weights:
        standing = self.standing(runs[work.key] ?? [])
      case .measure: break
      }
      if standing.state == .open, let result = try results.read(work.key) {
        standing.state = result.problem.map { .failed($0) } ?? .done
        (standing.metrics, standing.bars) = (result.metrics, result.bars)
        standing.take(numerics: result.numerics)
      }
      standings.append(standing)
    }
    var standing = StudyStanding(works: standings)
    standing.settle(plan)
    return standing
  }

  /// The runs of each key that the plan has, oldest first.
  private func runs(of plan: StudyPlan) -> [String: [RunSummary]] {
    let wanted = Set(plan.works.filter(\.isRun).map(\.key))
    let seeds = Set(plan.works.filter(\.isRun).compactMap { $0.configuration?.seed })
    let networks = Set(plan.works.map(\.network))
    var found: [String: [RunSummary]] = [:]
    runs = reader.refresh()
    for run in runs where seeds.contains(run.seed) && networks.contains(run.network) {
      guard let key = key(of: run), wanted.contains(key) else { continue }
      found[key, default: []].append(run)
    }
    return found.mapValues { $0.sorted { ($0.created, $0.id) < ($1.created, $1.id) } }
  }

  /// Every run of a work, as of now.
  func runs(of work: StudyWork) -> [RunSummary] {
    reader.refresh().filter { $0.seed == work.configuration?.seed && $0.network == work.network && key(of: $0) == work.key }
  }

  /// What identifies a run's training; nil where nothing tells.
  package func key(of run: RunSummary) -> String? { facts(of: run)?.key }

  /// Nil where the run cannot be read.
  private func facts(of run: RunSummary) -> Facts? {
    guard run.state != .damaged, run.state != .newer else { return nil }
    if let known = facts[run.id], known.length == run.progress.steps { return known }
    let directory = RunDirectory(run.path)
    let configuration = try? directory.configuration()
    let read = Facts(
      length: run.progress.steps, key: (try? directory.trainingKey(home: home))?.hash, numerics: configuration?.numerics ?? 1,
      tunesHead: configuration?.training.tuning?.part == .last)
    facts[run.id] = read
    return read
  }

  /// The median images a second of the runs that finished on this machine, as of the last look.
  public var speeds: [StudyEstimate.Pace: Double] {
    var found: [StudyEstimate.Pace: [Double]] = [:]
    for run in runs where run.state == .finished && run.host == RunQueue.host {
      guard let speed = run.progress.imagesPerSecond, speed > 0, let facts = facts(of: run) else { continue }
      found[.init(network: run.network, isHead: facts.tunesHead), default: []].append(speed)
    }
    return found.mapValues { $0.sorted()[$0.count / 2] }
  }

  /// What some runs of one key come to: the oldest that is finished counts, else the one that is at work, else the one that is furthest.
  private func standing(_ runs: [RunSummary]) -> WorkStanding {
    // Of several versions of the numbers the newest counts.
    let all = runs.filter { $0.state == .finished }.map { (run: $0, numerics: facts(of: $0)?.numerics ?? 1) }
    let newest = all.map(\.numerics).max()
    let finished = all.filter { $0.numerics == newest }.map(\.run)
    if let first = finished.first {
      var standing = WorkStanding(state: .done, run: first, metrics: Self.metrics(first))
      standing.take(numerics: newest)
      standing.conflict = finished.dropFirst().filter { Self.metrics($0) != standing.metrics }.map(\.id)
      return standing
    }
    guard let run = runs.first(where: { $0.state.isLive }) ?? runs.first(where: { $0.queuePlace != nil || $0.state == .queued })
      ?? runs.max(by: { $0.progress.step < $1.progress.step })
    else { return WorkStanding(state: .open) }
    let state: WorkState =
      switch run.state {
      case .running: .running
      case .paused: .paused
      case .queued: .queued
      case .stopped: run.queuePlace != nil ? .queued : .stopped
      case .lost: run.queuePlace != nil ? .queued : .lost
      case .failed:
        run.queuePlace != nil ? .queued : Self.hasDiverged(run) ? .diverged : .failed(run.problem ?? "it failed")
      case .finished, .damaged, .newer: .failed(run.problem ?? "it cannot be read")
      }
    return WorkStanding(state: state, run: run)
  }

  private static func hasDiverged(_ run: RunSummary) -> Bool { (try? RunDirectory(run.path).result())?.hasDiverged ?? false }

  /// Of the last validation, which a finished training has at its end.
  private static func metrics(_ run: RunSummary) -> [String: Double] {
    guard let report = run.progress.validation, report.step == run.progress.step else { return [:] }
    // The paper's accuracy is macro-averaged.
    let values = report.metrics.map { ($0.metric == .meanClass ? "accuracy" : $0.metric.name, $0.value) }
    return Dictionary(values + [("loss", report.loss)], uniquingKeysWith: { first, _ in first })
  }
}
