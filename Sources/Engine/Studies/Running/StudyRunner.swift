import Analysis
import Basics
import Files
import FoundationEssentials
import Glibc
import Kernels
import Runs
import Weights

/// Does what a study lacks: makes its runs, hands them to the queue, measures, and goes on until nothing is left to do. It keeps no state of
/// its own: killed at any moment and started again, it goes on from what there is.
public final class StudyRunner {
  public struct Options: Sendable {
    /// Failed trainings are tried again.
    public var retriesFailed = false
    /// Diverged ones too, which with the same settings diverge again.
    public var retriesDiverged = false
    /// What an earlier version of the numbers gave is made again.
    public var renews = false
    /// The first failure ends everything.
    public var failsFast = false

    public init() {}
  }

  public enum Outcome: Equatable, Sendable {
    case complete
    /// Something has failed; nothing more can be done.
    case failed
    case stopped

    /// 0 complete, 3 stopped, 4 something failed.
    public var exitCode: Int32 {
      switch self {
      case .complete: 0
      case .stopped: 3
      case .failed: 4
      }
    }
  }

  let file: StudyFile
  let plan: StudyPlan
  let home: Home
  private let context: HomeContext
  private let options: Options
  let program: String
  let command: [String]
  /// Who works on trainings and measures; the home's queue, unless another is put here.
  package var executor: any StudyExecutor
  private let observer: StudyObserver
  /// Failed works that were begun again, which are not begun a second time.
  private var retried: Set<Int> = []
  /// How often a run was lost without having come further, and where it was.
  private var losses: [Int: (step: Int, count: Int)] = [:]
  /// A run that is lost so often where it stands stays failed.
  private static let mostLosses = 3
  private var reported: StudyStanding?

  /// - Parameters:
  ///   - program, command: kept with the runs.
  ///   - executable: as of ``Runs/WorkerProcess/start(_:home:executable:)``.
  public init(
    _ file: StudyFile, plan: StudyPlan, context: HomeContext, options: Options = Options(), program: String, command: [String],
    executable: String = "/proc/self/exe"
  ) {
    (self.file, self.plan, self.context, self.options) = (file, plan, context, options)
    (self.program, self.command) = (program, command)
    home = context.home
    executor = LocalExecutor(home: home, executable: executable)
    observer = StudyObserver(home: home)
  }

  /// Works until nothing is left to do.
  /// - Parameters:
  ///   - isStopped: is asked often; true asks running trainings for a checkpoint and ends.
  ///   - changed: hears how the study stands, whenever that has changed.
  ///   - progress: hears how far a measure is.
  /// - Throws: a ``Problem`` where the home cannot be read or written.
  public func run(
    isStopped: () -> Bool, changed: (StudyStanding) -> Void = { _ in }, progress: EvaluationProgress = { _, _, _ in }
  ) throws(Problem) -> Outcome {
    while true {
      var standing = try look()
      tell(standing, changed)
      if isStopped() { return stop(standing) }
      if options.failsFast, standing.works.contains(where: { $0.state.hasFailed }) {
        _ = stop(standing)
        return .failed
      }
      if standing.works.allSatisfy(\.state.isSettled) {
        return standing.works.allSatisfy { $0.state == .done } ? .complete : .failed
      }
      if try begin(&standing, progress) { continue }
      try executor.push(observer.reader)
      usleep(200_000)
    }
  }

  /// How the study stands, with what this runner knows beside.
  func look() throws(Problem) -> StudyStanding {
    var standing = try observer.look(at: plan)
    if options.renews {
      for index in standing.works.indices where standing.works[index].olderNumerics != nil { standing.works[index] = WorkStanding(state: .open) }
      standing.settle(plan)
    }
    for index in standing.works.indices where standing.works[index].state == .open {
      if let given = executor.state(of: plan.works[index]) { standing.works[index].state = given }
    }
    for (index, loss) in losses where loss.count >= Self.mostLosses && standing.works[index].state == .lost {
      standing.works[index].state = .failed("it was lost \(loss.count) times at step \(loss.step)")
    }
    return standing
  }

  private func tell(_ standing: StudyStanding, _ changed: (StudyStanding) -> Void) {
    guard standing != reported else { return }
    reported = standing
    changed(standing)
  }

  // MARK: Beginning

  /// Begins what can be.
  /// - Returns: whether something was done after which to look again.
  private func begin(_ standing: inout StudyStanding, _ progress: EvaluationProgress) throws(Problem) -> Bool {
    let limit = try executor.limit()
    var atWork = standing.works.count { $0.state.isLive }
    for index in plan.order {
      let (work, state) = (plan.works[index], standing.works[index].state)
      switch state {
      case .done, .running, .paused, .submitted, .waiting, .blocked: continue
      case .queued: guard standing.works[index].run.map(Self.isForgotten) ?? false else { continue }
      case .failed: guard options.retriesFailed, losses[index]?.count ?? 0 < Self.mostLosses, retried.insert(index).inserted else { continue }
      case .diverged: guard options.retriesDiverged, retried.insert(index).inserted else { continue }
      case .lost, .stopped, .open: break
      }
      if case .failed = state { StudyResults(home: home).forget(work.key) }
      do throws(Problem) {
        switch work.kind {
        case .existing, .features: continue
        case .measure(let measure):
          if executor.takesMeasures {
            guard atWork < limit else { continue }
            try executor.give(work)
            atWork += 1
            standing.works[index].state = .submitted
            continue
          }
          try self.measure(measure, index, standing, progress)
          return true
        case .untrained, .weights:
          try keep(work)
          return true
        case .training(let request):
          guard atWork < limit else { continue }
          if let run = standing.works[index].run {
            if state == .lost { noteLoss(index, run) }
            guard losses[index]?.count ?? 0 < Self.mostLosses else { return true }
            RunDirectory(run.path).control.clear()
            try executor.begin(RunDirectory(run.path))
          } else {
            let start = start(of: work, standing)
            try claim(work) { () throws(Problem) in try executor.begin(make(request, work, from: start)) }
          }
          atWork += 1
          standing.works[index].state = .queued
        }
      } catch where error.kind == .cancelled {
        return true
      } catch {
        try StudyResults(home: home).write(.init(text: work.text, metrics: [:], program: program, problem: error.description), key: work.key)
        return true
      }
    }
    return false
  }

  /// Whether whoever made a run was killed before it could wait for anything.
  private static func isForgotten(_ run: RunSummary) -> Bool {
    run.state == .queued && run.queuePlace == nil && run.job == nil && unixTime() - run.created > 60
  }

  private func noteLoss(_ index: Int, _ run: RunSummary) {
    let step = run.progress.step
    let known = losses[index]
    losses[index] = (step, known.map { $0.step == step ? $0.count + 1 : 1 } ?? 1)
  }

  /// Does something under the lock of a work's key, unless another has made a run of it meanwhile.
  func claim(_ work: StudyWork, _ make: () throws(Problem) -> Void) throws(Problem) {
    let folder = home.studies + "/locks"
    try AtomicFile.makeFolder(folder)
    guard let lock = try FileLock.take("\(folder)/\(work.key)", creating: true, what: "the study") else { return }
    defer { withExtendedLifetime(lock) {} }
    guard observer.runs(of: work).allSatisfy({ options.renews && $0.state == .finished }) else { return }
    try make()
  }

  /// Makes the run of weights that nothing trains.
  func keep(_ work: StudyWork) throws(Problem) {
    try claim(work) { () throws(Problem) in
      switch work.kind {
      case .untrained(let request): _ = try UntrainedRun.create(named(request, work), home: home, program: program, command: command)
      case .weights(let file):
        _ = try ImportedRun.create(
          WeightImport(file.path, architecture: file.architecture), labelSet: file.labelSet, name: work.name, home: home, program: program, command: command,
          source: file.path)
      case .training, .existing, .features, .measure: break
      }
    }
  }

  func named(_ request: TrainingRequest, _ work: StudyWork) -> TrainingRequest {
    var request = request
    request.name = work.name
    request.notes = RunNotes(group: "\(file.name)/\(Self.groupName(work.test ?? "nets"))")
    return request
  }

  /// What groups may be called.
  private static func groupName(_ text: String) -> String {
    let plain = String(plainName(text).prefix(32))
    return plain.first.map { $0.isLetter || $0.isNumber } == true ? plain : "t" + plain.dropFirst()
  }

  /// The weights that a training begins with.
  func start(of work: StudyWork, _ standing: StudyStanding) -> String? {
    work.parents.first.flatMap { parent in standing.works[parent].run.map { "\($0.id)@\(plan.works[parent].steps)" } }
  }

  /// Makes the run of a training, which nobody works on yet.
  func make(_ request: TrainingRequest, _ work: StudyWork, from start: String?) throws(Problem) -> RunDirectory {
    var request = named(request, work)
    request["from"] = start
    let plan = try TrainingPlan(request, home: home, program: program, command: command)
    let made = plan.configuration
    let key = TrainingKey(made.training, fingerprint: made.fingerprint, labels: made.labelSet.contentHash, parent: plan.parentKey(home: home))
    guard key.hash == work.key else {
      throw Problem("the training is another than was planned", at: work.title, expected: work.text, found: key.text, advice: "the dataset may have changed: see `imagenet-tui study plan`")
    }
    return try plan.makeRun(home: home)
  }

  func measure(_ measure: StudyMeasure, _ index: Int, _ standing: StudyStanding, _ progress: EvaluationProgress) throws(Problem) {
    let work = plan.works[index]
    func named(_ parent: Int) -> String {
      if case .features(let name) = plan.works[parent].kind { return NamedFeatures.imported(name).text }
      return "\(standing.works[parent].run?.id ?? "")@\(plan.works[parent].steps)"
    }
    let run = named(work.parents[0])
    let (metrics, bars) = try measure.run(
      run, baseline: work.parents.dropFirst().first.map(named), in: context) { (what, done, total) throws(Problem) in
        try progress("\(work.title): \(what)", done, total)
      }
    try StudyResults(home: home).write(.init(text: work.text, metrics: metrics, bars: bars, run: run, program: program, numerics: Numerics.version > 1 ? Numerics.version : nil), key: work.key)
  }

  // MARK: Ending

  private func stop(_ standing: StudyStanding) -> Outcome {
    executor.end()
    StudyProcess.stopRuns(standing.works.map { ($0.state, $0.run?.id) }, home: home)
    return .stopped
  }
}
