import Basics
import Files
import Networks
import Training

/// Writes down what a training says: events, heartbeat, log, checkpoints.
///
/// A disk that takes no more does not end a training: what cannot be written is told in the run's progress, and tried
/// again at the next occasion.
final class RunRecorder {
  private let events: EventFileWriter
  private let checkpoints: Checkpoints
  private let classResults: ClassResultsFolder
  /// How many of the last checkpoints are kept.
  private let keep: Int
  private let heart: Heart
  private let log: RunLog
  private var standing: Checkpoints.Standing
  private var skipped: Set<String> = []
  /// When a checkpoint was last written, or tried to.
  private var lastAttempt = steadyTime()
  /// Steps since then.
  private var untried = 0
  /// How long the last one took, in seconds.
  private(set) var checkpointCost = 0.0
  /// Why the last checkpoint could not be written.
  private var checkpointTrouble: String?
  /// Why the last event could not be written, and how many were lost in a row.
  private var eventTrouble: (reason: String, lost: Int)?
  /// Why the classes' last results could not be written.
  private var resultsTrouble: String?
  /// The step of the last histograms and filters in the event file.
  private var shown: Int?
  /// Histograms and filters of 61 million weights take about 50 kB and a fifth of a second: so they stay below 10 MB and forty
  /// seconds, however long a training is.
  private static let shows = 200
  private(set) var isFinished = false

  init(
    _ run: RunDirectory, heart: Heart, log: RunLog, step: Int, standing: Checkpoints.Standing?, keep: Int
  ) throws(Problem) {
    events = try EventFileWriter(folder: run.path, host: WorkerIdentity.hostName, firstStep: step + 1)
    checkpoints = run.checkpoints
    classResults = run.classResults
    self.keep = keep
    self.heart = heart
    self.log = log
    self.standing = standing ?? .init()
    heart.update {
      $0.progress.step = step
      $0.progress.validation = standing?.validation
      $0.progress.best = standing?.best
      // The last worker's step may have been a later one, and how fast it was says nothing of the time that is left.
      $0.progress.loss = nil
      $0.progress.imagesPerSecond = nil
      $0.progress.dataWait = nil
      $0.progress.lossWarning = nil
      $0.progress.storageWarning = nil
    }
  }

  /// Whether there are steps that no checkpoint was tried for, and the last attempt is `interval` seconds ago.
  func isBehind(_ interval: Double) -> Bool { untried > 0 && steadyTime() - lastAttempt >= interval }

  // MARK: Checkpoints

  /// - Throws: a ``Problem`` where it could not be written, which the run's progress then tells as well.
  func save(_ snapshot: Snapshot) throws(Problem) {
    let start = steadyTime()
    let step = try snapshot.number("step")
    defer {
      lastAttempt = steadyTime()
      untried = 0
    }
    do throws(Problem) {
      try checkpoints.save(snapshot, step: step, standing, keep: keep)
    } catch {
      let last = checkpoints.steps().last.map { "the last one is of step \($0)" } ?? "there is none yet"
      if checkpointTrouble == nil { log.write("step \(step): \(error); the training goes on, \(last)") }
      checkpointTrouble = "the checkpoint of step \(step) could not be written (\(error.found ?? error.what)); \(last)"
      showTrouble()
      throw error
    }
    checkpointCost = steadyTime() - start
    show(snapshot, step: step)
    guard checkpointTrouble != nil else { return }
    checkpointTrouble = nil
    showTrouble()
    log.write("step \(step): a checkpoint could be written again")
  }

  /// Records, at most ``shows`` times in a training, how the weights are spread and what the first filters look like.
  private func show(_ snapshot: Snapshot, step: Int) {
    if let shown, step - shown < max(1, heart.progress.steps / Self.shows) { return }
    shown = step
    record { events throws(Problem) in
      let learned = snapshot.tensors.filter {
        !$0.name.hasPrefix(Snapshot.momentum) && $0.name != Snapshot.mean
      }
      try events.append(learned.compactMap { WeightHistogram(tag: "weights/\($0.name)", $0.tensor) }, step: step)
      if let (name, filters) = FilterSheet.weights(in: snapshot) {
        try events.append(FilterSheet.picture(filters), tag: "filters/\(name)", step: step)
      }
    }
  }

  private func showTrouble() {
    var sentences = checkpointTrouble.map { [$0] } ?? []
    if let trouble = eventTrouble {
      sentences.append("the curves of \(counted(trouble.lost, "step")) could not be written (\(trouble.reason))")
    }
    if let resultsTrouble { sentences.append(resultsTrouble) }
    heart.update { $0.progress.storageWarning = sentences.isEmpty ? nil : sentences.joined(separator: "; ") }
  }

  // MARK: Events

  func take(_ event: TrainingEvent) {
    switch event {
    case .started(let steps, let from, let stepsPerEpoch):
      heart.update {
        $0.progress.steps = steps
        $0.progress.step = from
        $0.progress.stepsPerEpoch = stepsPerEpoch
        $0.progress.epoch = Double(from) / Double(max(stepsPerEpoch, 1))
      }
      log.write("\(from == 0 ? "started" : "resumed") at step \(from) of \(steps) (\(counted(stepsPerEpoch, "step")) per epoch)")
    case .stepFinished(let report):
      untried += 1
      heart.update { update(&$0.progress, report) }
      record { events throws(Problem) in
        try events.append(
          [
            (.trainLoss, report.loss), (.learningRate, report.learningRate), (.imagesPerSecond, Float(report.imagesPerSecond)),
            (.dataWait, Float(report.dataWait)),
          ] + report.lossTerms.compactMap { term in RunMetric(tag: "train/loss/" + term.name).map { ($0, term.value) } }, step: report.step)
        if !report.norms.isEmpty { try events.append(report.norms, step: report.step) }
      }
    case .validated(let report): take(report)
    case .classesCounted(let results): take(results)
    case .imageSkipped(let identifier, let reason):
      guard skipped.insert(identifier).inserted else { return }
      heart.update { $0.progress.skippedImages = skipped.count }
      log.write("skipped \(identifier): \(reason)")
    case .lossIsFlat(let step, let mean, let guessing):
      let warning =
        "the loss does not fall: \(rounded(mean)) over the last \(LossWatch.window) steps up to \(step), where guessing "
        + "by the classes' frequencies gives \(rounded(guessing)); large networks on many classes may need a few "
        + "thousand steps to start learning, otherwise try another learning rate"
      heart.update { $0.progress.lossWarning = warning }
      log.write(warning)
    case .lossFalls(let step):
      heart.update { $0.progress.lossWarning = nil }
      log.write("step \(step): the loss is falling")
    case .lengthened(let step, let steps):
      heart.update { $0.progress.steps = steps }
      log.write("step \(step): extended to \(counted(steps, "step"))")
    case .checkpointed: break
    case .paused(let step):
      heart.update { $0.isPaused = true }
      log.write("paused at step \(step)")
    case .resumed(let step):
      heart.update { $0.isPaused = false }
      log.write("resumed at step \(step)")
    case .stopped(let step):
      log.write("stopped at step \(step); " + (checkpointTrouble ?? "checkpoint saved"))
    case .finished(let step):
      isFinished = true
      log.write("finished at step \(step)")
    }
  }

  private func take(_ report: ValidationReport) {
    standing.validation = report
    if report.isBetter(than: standing.best) { standing.best = report }
    heart.update {
      $0.progress.validation = standing.validation
      $0.progress.best = standing.best
    }
    log.write(
      "step \(report.step): "
        + report.metrics.map { "\($0.heading) \($0.form == .share ? percent($1) : rounded($1))" }.joined(separator: ", ")
        + ", loss \(rounded(report.loss)) on \(counted(report.images, "validation image"))")
    record { events throws(Problem) in
      try events.append([(.validationLoss, Float(report.loss))] + report.metrics.map { (RunMetric($0), Float($1)) }, step: report.step)
    }
  }

  private func take(_ results: ClassResults) {
    do throws(Problem) {
      try classResults.save(results, best: standing.best?.step)
      resultsTrouble = nil
    } catch {
      log.write("step \(results.step): \(error); the training goes on")
      resultsTrouble = "the classes' results of step \(results.step) could not be written (\(error.found ?? error.what))"
    }
    showTrouble()
  }

  /// Writes events; those that the disk does not take are lost, which the run says.
  private func record(_ write: (EventFileWriter) throws(Problem) -> Void) {
    do throws(Problem) {
      try write(events)
      guard let trouble = eventTrouble else { return }
      eventTrouble = nil
      showTrouble()
      log.write("the curves can be written again; those of \(counted(trouble.lost, "step")) are missing")
    } catch {
      if eventTrouble == nil { log.write("\(error); the training goes on") }
      eventTrouble = (error.found ?? error.what, (eventTrouble?.lost ?? 0) + 1)
      showTrouble()
    }
  }

  private func update(_ progress: inout RunProgress, _ report: StepReport) {
    progress.step = report.step
    progress.epoch = report.epoch
    progress.loss = report.loss
    // Smoothed over about ten steps: speed and stall are for people.
    func smoothed(_ old: Double?, _ new: Double) -> Double { old.map { 0.9 * $0 + 0.1 * new } ?? new }
    progress.imagesPerSecond = smoothed(progress.imagesPerSecond, report.imagesPerSecond)
    progress.dataWait = smoothed(progress.dataWait, report.dataWait)
  }

  private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
  private func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
