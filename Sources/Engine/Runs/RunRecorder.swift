import Taxonomy

/// Writes down what a training says: events, heartbeat, log, checkpoints.
final class RunRecorder {
  private let events: EventFileWriter
  private let checkpoints: Checkpoints
  private let heart: Heart
  private let log: RunLog
  private var standing: Checkpoints.Standing
  private var skipped: Set<String> = []
  /// The first thing that could not be written; a training's sink cannot throw.
  private var problem: Problem?
  private var lastCheckpoint = steadyTime()
  /// Steps since then.
  private var unsaved = 0
  /// How long the last one took, in seconds.
  private(set) var checkpointCost = 0.0
  private(set) var isFinished = false

  init(
    _ run: RunDirectory, heart: Heart, log: RunLog, step: Int, standing: Checkpoints.Standing?
  ) throws(Problem) {
    events = try EventFileWriter(folder: run.path, host: WorkerIdentity.hostName, firstStep: step + 1)
    checkpoints = run.checkpoints
    self.heart = heart
    self.log = log
    self.standing = standing ?? .init()
    heart.update {
      $0.progress.step = step
      $0.progress.validation = standing?.validation
      $0.progress.best = standing?.best
    }
  }

  /// - Throws: what an earlier event could not be written for.
  func check() throws(Problem) {
    if let problem { throw problem }
  }

  /// Whether more than `interval` seconds of work are not kept yet.
  func isBehind(_ interval: Double) -> Bool { unsaved > 0 && steadyTime() - lastCheckpoint >= interval }

  func save(_ snapshot: Snapshot) throws(Problem) {
    let start = steadyTime()
    let step = try snapshot.number("step")
    try checkpoints.save(snapshot, step: step, standing)
    lastCheckpoint = steadyTime()
    unsaved = 0
    checkpointCost = lastCheckpoint - start
  }

  func take(_ event: TrainingEvent) {
    do throws(Problem) {
      try record(event)
    } catch {
      problem = problem ?? error
    }
  }

  private func record(_ event: TrainingEvent) throws(Problem) {
    switch event {
    case .started(let steps, let from, let stepsPerEpoch):
      heart.update {
        $0.progress.steps = steps
        $0.progress.step = from
        $0.progress.stepsPerEpoch = stepsPerEpoch
        $0.progress.epoch = Double(from) / Double(max(stepsPerEpoch, 1))
      }
      log.write("\(from == 0 ? "begins" : "goes on") at step \(from) of \(steps), \(stepsPerEpoch) an epoch")
    case .stepFinished(let report):
      unsaved += 1
      heart.update { update(&$0.progress, report) }
      try events.append(
        [
          .trainLoss: report.loss, .rate: report.rate, .imagesPerSecond: Float(report.imagesPerSecond),
          .stall: Float(report.stall),
        ], step: report.step)
    case .validated(let report):
      standing.validation = report
      if report.top1 > standing.best?.top1 ?? -1 { standing.best = report }
      heart.update {
        $0.progress.validation = standing.validation
        $0.progress.best = standing.best
      }
      log.write(
        "step \(report.step): top-1 \(percent(report.top1)), top-5 \(percent(report.top5)), mean class "
          + "\(percent(report.meanClass)), loss \(rounded(report.loss)) on \(report.images) validation images")
      try events.append(
        [
          .validationLoss: Float(report.loss), .top1: Float(report.top1), .top5: Float(report.top5),
          .meanClass: Float(report.meanClass),
        ], step: report.step)
    case .imageSkipped(let identifier, let reason):
      guard skipped.insert(identifier).inserted else { return }
      heart.update { $0.progress.skippedImages = skipped.count }
      log.write("left out \(identifier): \(reason)")
    case .checkpointed: break
    case .paused(let step):
      heart.update { $0.isPaused = true }
      log.write("paused at step \(step)")
    case .resumed(let step):
      heart.update { $0.isPaused = false }
      log.write("resumed at step \(step)")
    case .stopped(let step): log.write("stopped at step \(step); a checkpoint is kept")
    case .finished(let step):
      isFinished = true
      log.write("finished at step \(step)")
    }
  }

  private func update(_ progress: inout RunProgress, _ report: StepReport) {
    progress.step = report.step
    progress.epoch = report.epoch
    progress.loss = report.loss
    // Smoothed over about ten steps: the speed is for people.
    progress.imagesPerSecond = progress.imagesPerSecond.map { 0.9 * $0 + 0.1 * report.imagesPerSecond }
      ?? report.imagesPerSecond
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
  private func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
