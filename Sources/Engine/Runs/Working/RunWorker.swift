import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import Networks
import Synchronization
import Training

/// Trains a run to its end, from its last good checkpoint where there is one: what a worker process does.
public struct RunWorker {
  let run: RunDirectory
  let home: Home
  /// Seconds between checkpoints within an epoch, at least; large networks wait longer, so that writing stays below a
  /// twentieth of the time. 0: after every step.
  let checkpointEvery: Double
  /// Seconds that a finished training waits for room for its last checkpoint: its weights exist nowhere else.
  let roomPatience: Double
  /// The descriptor of a lock that is held until the worker has begun.
  let lock: Int32?
  /// Seconds between two looks into the control folder.
  private static let patience = 0.2

  public init(
    _ run: RunDirectory, home: Home, checkpointEvery: Double = 60, roomPatience: Double = 600, lock: Int32? = nil
  ) {
    self.run = run
    self.home = home
    self.checkpointEvery = checkpointEvery
    self.roomPatience = roomPatience
    self.lock = lock
  }

  /// Works until the training is finished, stopped or failed, and says so in the run's result.
  ///
  /// SIGTERM and SIGINT mean checkpoint and leave; SIGUSR1 means that as well, and in a cluster's job that it is to be begun again, since its
  /// time is up; SIGHUP means nothing. In a job, which may have been begun again after its machine died, a worker that was there before
  /// is waited for until it says nothing any more, and a run that is at its end is left as it is.
  /// - Throws: a ``Problem`` where another worker is on the run, or nothing can be written there.
  public func work() throws(Problem) -> RunResult {
    let result = try workAlone()
    // The run is free by now: the one that waits may be itself.
    do throws(Problem) {
      try RunQueue(home: home).push()
    } catch {
      (try? RunLog(run.log))?.write("the runs that wait in the queue could not be started: \(error)")
    }
    return result
  }

  private func workAlone() throws(Problem) -> RunResult {
    // Before anything is written: a run that cannot be read here stays as it is.
    _ = (try run.configuration(), try run.result())
    StopSignal.listen()
    let log = try RunLog(run.log)
    let job = ClusterJob.current
    let (lock, over) = try take(log)
    if let over { return over }
    defer { withExtendedLifetime(lock) {} }
    if job != nil { try run.noteCurrentJob() }
    let last = run.heartbeat()
    let session = 1 + max(last?.session ?? 0, try run.result()?.session ?? 0)
    let heart = try Heart(run, session: session, progress: last?.progress ?? RunProgress())
    if let held = self.lock { close(held) }
    log.write("worker \(session): process \(getpid()) on \(WorkerIdentity.hostName)" + (job.map { ", job \($0.array ?? $0.id)" } ?? ""))
    let firstStep = last?.progress.step
    var outcome = RunResult.Outcome.failed
    var reason: String?
    var hasDiverged: Bool?
    do throws(Problem) {
      outcome = try train(heart, log)
    } catch {
      reason = error.description
      if error.kind == .diverged { hasDiverged = true }
      log.write("failed: \(error)")
    }
    heart.stop()
    var result = RunResult(
      outcome: outcome, session: session, time: unixTime(), problem: reason, hasDiverged: hasDiverged, progress: heart.progress)
    if let job, outcome == .stopped, StopSignal.isTimeUp {
      // A job whose time is too short for a step would go on for ever.
      result.isRequeued = job.restarts < Self.vainRestarts || heart.progress.step != firstStep ? true : nil
      log.write(result.isRequeued == true ? "the job's time is up; it is to go on later" : "the job's time is too short for a single step; it ends")
    }
    try heart.checkOwnership()
    try RunJSON.write(result, to: run.resultFile)
    guard result.isRequeued == true, let job else { return result }
    do throws(Problem) {
      try Slurm().requeue(job.id)
    } catch {
      log.write("the job cannot be begun again: \(error)")
      result.isRequeued = nil
      try RunJSON.write(result, to: run.resultFile)
    }
    return result
  }

  /// So often a job is begun again that did not come further.
  private static let vainRestarts = 3

  /// Takes the run, in a job as soon as no other worker is on it.
  /// - Returns: the lock, or what another has said meanwhile.
  private func take(_ log: RunLog) throws(Problem) -> (lock: RunLock?, over: RunResult?) {
    guard ClusterJob.current != nil else { return (try RunLock.take(run), nil) }
    while true {
      if let over = try waitForOthers(log) { return (nil, over) }
      do throws(Problem) {
        let lock = try RunLock.take(run)
        return try run.state() == .finished ? (nil, run.result()) : (lock, nil)
      } catch where error.kind == .temporary && !StopSignal.isRaised {
        // Another job of the same run was quicker.
        usleep(100_000)
      }
    }
  }

  /// Waits for another worker's end, or for its silence.
  /// - Returns: what another has said meanwhile, or said before where that was the end; nil where the run is to be worked on.
  private func waitForOthers(_ log: RunLog) throws(Problem) -> RunResult? {
    let known = KnownRun(run)
    let job = ClusterJob.current?.id ?? ""
    var hasSeenOne = false
    // One that this job had before it was begun again ended for it alone.
    var isOfJob = false
    while true {
      _ = known.refresh()
      if let obstacle = known.obstacle { throw obstacle }
      let state = known.summary.state
      if state == .finished { return try run.result() }
      guard state.isLive || known.isInDoubt else { return hasSeenOne && !isOfJob && state != .lost ? try run.result() : nil }
      if !hasSeenOne, state.isLive, let heartbeat = run.heartbeat() {
        (hasSeenOne, isOfJob) = (true, heartbeat.job == job)
        log.write("job \(job): process \(heartbeat.worker.pid) on \(heartbeat.worker.host) is on the run, or was until now; waiting for its end or its silence")
      }
      if StopSignal.isRaised {
        if StopSignal.isTimeUp { try Slurm().requeue(job) }
        return RunResult(outcome: .stopped, session: known.sessions, time: unixTime(), problem: nil, progress: known.summary.progress)
      }
      usleep(200_000)
    }
  }

  private func train(_ heart: Heart, _ log: RunLog) throws(Problem) -> RunResult.Outcome {
    let configuration = try run.configuration()
    let data = try configuration.openData(home: home)
    let workers = configuration.workers ?? ProcessorCores.usable
    let backend = try CPUBackend.checked(workers: workers, for: configuration.training)
    for line in RunConfiguration.Machine(backend).remarks(begunOn: configuration.machine) { log.write(line) }
    // The machine may have less memory than that of the launch.
    if let remark = try data.checkMemory(configuration, backend) { log.write(remark) }
    let trainer = try data.trainer(configuration, backend: backend, workers: workers, home: home, keepingFeaturesIn: home.backboneFeatures(of: run.id))
    run.checkpoints.removeUnfinished()
    let standing = try run.checkpoints.restore(trainer) { log.write($0) }
    let recorder = try RunRecorder(
      run, heart: heart, log: log, step: trainer.step, standing: standing,
      keep: configuration.keep ?? Checkpoints.kept)
    var desk = ControlDesk(control: run.control, patience: Self.patience)
    func takeUpLength() throws(Problem) {
      desk.isExtended = false
      guard trainer.lengthen(to: try run.configuration().training) else { return }
      recorder.take(.lengthened(step: trainer.step, steps: trainer.totalSteps))
    }
    try trainer.run(
      control: { () throws(Problem) in
        try heart.checkOwnership()
        let command = desk.next()
        if desk.isExtended { try takeUpLength() }
        guard command == .proceed else { return command }
        let interval = checkpointEvery > 0 ? max(checkpointEvery, 20 * recorder.checkpointCost) : 0
        return recorder.isBehind(interval) ? .checkpoint : .proceed
      },
      checkpoint: { (snapshot) throws(Problem) in
        do throws(Problem) {
          try recorder.save(snapshot)
        } catch {
          // The recorder has told it, and the next one is tried again; the last one has no next.
          guard trainer.step == trainer.totalSteps else { return }
          try waitForRoom(snapshot, recorder, &desk, error)
        }
      },
      sink: recorder.take)
    if recorder.isFinished { try? FileManager.default.removeItem(atPath: home.backboneFeatures(of: run.id)) }
    return recorder.isFinished ? .finished : .stopped
  }

  /// Tries again and again to keep the end of a training, until it is asked to stop or patience ends.
  /// - Throws: the last reason why it could not be written.
  private func waitForRoom(
    _ snapshot: Snapshot, _ recorder: RunRecorder, _ desk: inout ControlDesk, _ first: Problem
  ) throws(Problem) {
    var last = first
    let start = steadyTime()
    while steadyTime() - start < roomPatience {
      if desk.next() == .stop { break }
      usleep(500_000)
      do throws(Problem) {
        return try recorder.save(snapshot)
      } catch {
        last = error
      }
    }
    throw last
  }
}

/// Turns the requests in the control folder, and the signals, into what the trainer shall do next.
struct ControlDesk {
  private let control: RunControl
  private let patience: Double
  private var lastLook = -Double.infinity
  private var isPaused = false
  private var checkpoints = 0
  /// Whether the run was made longer, which whoever sees it has to take up.
  var isExtended = false

  init(control: RunControl, patience: Double) {
    self.control = control
    self.patience = patience
  }

  mutating func next() -> Trainer.Command {
    if StopSignal.isRaised { return .stop }
    if steadyTime() - lastLook >= patience {
      for request in control.take() {
        switch request {
        case .pause: isPaused = true
        case .resume: isPaused = false
        case .checkpoint: checkpoints += 1
        case .extend: isExtended = true
        case .stop: return .stop
        }
      }
      lastLook = steadyTime()
    }
    if checkpoints > 0 {
      checkpoints = 0
      return .checkpoint
    }
    return isPaused ? .pause : .proceed
  }
}

private let stopSignalRaised = Atomic(false)
private let timeUpRaised = Atomic(false)

/// Whether the process was asked to leave by a signal.
package enum StopSignal {
  package static var isRaised: Bool { stopSignalRaised.load(ordering: .relaxed) }
  /// Whether because the job's time is up, and nobody wants it to end otherwise.
  package static var isTimeUp: Bool { timeUpRaised.load(ordering: .relaxed) }

  package static func listen() {
    // Touched before the handler may run: the first use of a global takes a lock.
    _ = (isRaised, isTimeUp)
    signal(SIGUSR1) { _ in
      timeUpRaised.store(true, ordering: .relaxed)
      stopSignalRaised.store(true, ordering: .relaxed)
    }
    // Who cancels a job that is about to be begun again means it.
    signal(SIGTERM) { _ in
      timeUpRaised.store(false, ordering: .relaxed)
      stopSignalRaised.store(true, ordering: .relaxed)
    }
    signal(SIGINT) { _ in stopSignalRaised.store(true, ordering: .relaxed) }
    for ignored in [SIGHUP, SIGPIPE, SIGXFSZ] { signal(ignored, SIG_IGN) }
  }
}
