import Basics
import Files
import FoundationEssentials
import Settings

/// What was read of one run, and when its files were last changed. Of a run that is over nothing but the summary is kept.
package final class KnownRun {
  private let directory: RunDirectory
  package private(set) var summary: RunSummary
  /// The workers that the run has had.
  private(set) var sessions = 0
  /// The directory's stamp where the run is over: nothing of it has changed while the directory has it.
  private(set) var settled: FileStamp?
  private var files: Files?

  /// What the run's files held, and their stamps: beside the rest, so that ten thousand runs that are over take little room.
  fileprivate final class Files {
    var configurationStamp, heartbeatStamp, resultStamp, notesStamp, extensionsStamp, jobStamp: FileStamp?
    /// The cluster's job that it was given to.
    var job: SubmittedJob?
    /// What decides the length, where it was changed since the launch.
    var extended: TrainingConfiguration?
    var heartbeat: Heartbeat?
    var result: RunResult?
    /// What is wrong with a file.
    var configurationDamage, resultDamage, heartbeatDamage, notesDamage: Problem?
    /// When the heartbeat that is there was first seen, by this machine's clock that never jumps.
    var seen: Double?
    /// Whether it was seen to take another's place.
    var hasBeaten = false
  }

  /// Seconds after which a directory's stamp tells a second change from a first: file systems count in ticks, and clocks differ.
  private static let settling = 2.0

  init(_ directory: RunDirectory) {
    self.directory = directory
    summary = Self.unread(directory)
  }

  private static func unread(_ directory: RunDirectory) -> RunSummary {
    // Of a run that cannot be read its directory still tells the name.
    let launch = directory.launch
    return RunSummary(
      id: directory.id, name: launch?.name ?? directory.id, path: directory.path, created: launch?.time ?? 0, state: .queued, dataset: "",
      labelSet: "", classes: 0, network: "", epochs: 0, batchSize: 0, seed: 0, host: "", progress: RunProgress())
  }

  /// A run that was over when its directory had the stamp `settled`.
  init(_ summary: RunSummary, sessions: Int, settled: FileStamp) {
    directory = RunDirectory(summary.path)
    (self.summary, self.sessions, self.settled) = (summary, sessions, settled)
  }

  enum Refreshed { case isGone, isSame, hasChanged }

  /// Reads what changed. A directory that is no run counts as gone.
  func refresh() -> Refreshed {
    let place = FileStamp(directory.path)
    if let settled, place == settled { return .isSame }
    settled = nil
    let before = summary
    if self.files == nil { summary = Self.unread(directory) }
    let files = self.files ?? Files()
    guard read(files) else { return .isGone }
    if let place, files.unreadable == nil, [.finished, .stopped, .failed].contains(summary.state), files.job == nil || summary.state == .finished,
      abs(unixTime() - place.modified) > Self.settling
    {
      settled = place
      self.files = nil
    } else {
      self.files = files
    }
    return summary == before ? .isSame : .hasChanged
  }

  private func read(_ files: Files) -> Bool {
    guard let stamp = FileStamp(directory.configurationFile) else { return false }
    let extensionsStamp = FileStamp(directory.extensionsFile)
    if stamp != files.configurationStamp || extensionsStamp != files.extensionsStamp {
      (files.configurationStamp, files.extensionsStamp) = (stamp, extensionsStamp)
      files.configurationDamage = damage { () throws(Problem) in
        let configuration = try directory.configuration()
        take(configuration)
        files.extended = extensionsStamp == nil ? nil : configuration.training
      }
    }
    let heartbeatStamp = FileStamp(directory.heartbeatFile)
    // What a network file system tells of a file that it holds may be old; opening it asks the server.
    if heartbeatStamp != files.heartbeatStamp || files.isElsewhere && (summary.state.isLive || files.pulse(directory) == .unknown) {
      let known = files.heartbeat
      // Half of one, as a full disk may leave it for a moment, tells nothing new.
      files.heartbeat = heartbeatStamp == nil ? nil : known
      files.heartbeatDamage = heartbeatStamp == nil ? nil : damage { () throws(Problem) in files.heartbeat = try directory.readHeartbeat() }
      if files.seen == nil || files.heartbeat?.time != known?.time || files.heartbeat?.worker != known?.worker {
        files.hasBeaten = files.seen != nil
        files.seen = steadyTime()
      }
      files.heartbeatStamp = heartbeatStamp
    }
    let resultStamp = FileStamp(directory.resultFile)
    if resultStamp != files.resultStamp {
      files.resultStamp = resultStamp
      files.resultDamage = damage { () throws(Problem) in files.result = try directory.result() }
    }
    let notesStamp = FileStamp(directory.notesFile)
    if notesStamp != files.notesStamp {
      files.notesStamp = notesStamp
      // Notes that cannot be read say nothing of the run.
      var notes = RunNotes()
      files.notesDamage = damage { () throws(Problem) in notes = try directory.notes() }
      take(notes)
    }
    let jobStamp = FileStamp(directory.jobFile)
    if jobStamp != files.jobStamp {
      files.jobStamp = jobStamp
      // One that cannot be read says nothing of the run.
      files.job = (try? directory.job()) ?? nil
    }
    sessions = max(files.heartbeat?.session ?? 0, files.result?.session ?? 0)
    derive(files)
    return true
  }

  private func damage(_ reading: () throws(Problem) -> Void) -> Problem? {
    do throws(Problem) {
      try reading()
      return nil
    } catch {
      return error
    }
  }

  /// Why nothing can be done with the run.
  var obstacle: Problem? { files?.unreadable }

  private func take(_ configuration: RunConfiguration) {
    summary.name = configuration.name
    summary.created = configuration.created
    summary.dataset = configuration.dataset
    summary.labelSet = configuration.labelSet.name
    summary.labelSetHash = configuration.labelSet.contentHash
    summary.classes = configuration.labelSet.classes.count
    summary.network = configuration.training.network
    summary.task = configuration.training.task
    summary.epochs = configuration.training.epochs
    summary.batchSize = configuration.training.batchSize
    summary.seed = configuration.training.seed
    summary.host = configuration.host
  }

  private func take(_ notes: RunNotes) {
    summary.tags = notes.tags
    summary.note = notes.note
    summary.group = notes.group
  }

  private func derive(_ files: Files) {
    let result = files.result
    summary.state = RunState(heartbeat: files.heartbeat, result: result, pulse: files.pulse(directory))
    // A run that was made longer when it was at its end has not come to its end.
    if summary.state == .finished, let extended = files.extended, let end = result?.progress, extended.steps(perEpoch: end.stepsPerEpoch) > end.step {
      summary.state = .stopped
    }
    summary.problem = summary.state == .failed ? result?.problem : nil
    if let damage = files.heartbeatDamage, files.heartbeat == nil, result == nil {
      (summary.state, summary.problem) = (.lost, damage.description)
    }
    if let heartbeat = files.heartbeat {
      summary.host = heartbeat.worker.host
      summary.progress = heartbeat.progress
      summary.lastSeen = heartbeat.time
    }
    summary.usage = summary.state.isLive ? files.heartbeat?.usage : nil
    if let result, !summary.state.isLive, summary.state != .lost {
      summary.progress = result.progress
      summary.lastSeen = result.time
    }
    if let unreadable = files.unreadable {
      summary.state = unreadable.isOfNewerVersion ? .newer : .damaged
      summary.problem = unreadable.description
    } else {
      summary.problem = summary.problem ?? files.notesDamage?.description
    }
  }

  /// Whether only Slurm can tell what becomes of the run.
  var asksForJob: Bool { files?.job != nil && !summary.state.isLive && [.queued, .stopped, .failed, .lost].contains(summary.state) }
  /// The cluster of its job, where there are several.
  var cluster: String? { files?.job?.cluster }

  /// The run as it stands where it may wait in the queue, or for a job.
  func summary(_ waiting: (place: Int, entry: RunQueue.Entry)?, _ answer: SlurmAnswer?) -> RunSummary {
    summary(waiting) ?? (asksForJob ? summary(files!, files!.job!, answer) : summary)
  }

  private func summary(_ files: Files, _ job: SubmittedJob, _ answer: SlurmAnswer?) -> RunSummary {
    var summary = summary
    func wait(for job: SlurmJob) {
      (summary.state, summary.problem, summary.job) = (.queued, nil, job)
      if let node = job.node, job.isAtWork { summary.host = node }
    }
    let result = files.result
    let hasBegun = sessions > job.sessions
    // What a worker said at its end counts more than what was known of its job before.
    let isOver = summary.state == .stopped || summary.state == .failed
    let hasEnded = isOver && (hasBegun || result.map { $0.time > job.submitted } ?? false)
    switch job.word(answer, since: hasEnded ? result?.time ?? 0 : hasBegun ? 0 : job.submitted) {
    case .stands(let standing):
      // Its worker has said its word, and the script is about to end.
      if hasEnded, standing.isAtWork { break }
      wait(for: standing)
    case .unknown:
      if !hasBegun, !hasEnded { wait(for: SlurmJob(id: job.id)) } else if result?.isRequeued == true, hasEnded { wait(for: SlurmJob(id: job.id, state: "REQUEUED")) }
    case .isOver(let state):
      guard summary.state == .queued else { break }
      summary.state = .lost
      summary.problem = "its job \(job.id) has ended (\(state ?? "gone")) before a worker began; see \(directory.path)/slurm-\(job.id).log"
    }
    return summary
  }

  /// Nil where it does not wait in the queue.
  private func summary(_ waiting: (place: Int, entry: RunQueue.Entry)?) -> RunSummary? {
    guard let waiting, files?.unreadable == nil, !summary.state.isLive, sessions == waiting.entry.sessions else { return nil }
    var summary = summary
    summary.state = .queued
    summary.queuePlace = waiting.place
    summary.host = waiting.entry.host
    summary.problem = nil
    return summary
  }

  /// Whether a worker on another machine was given up by the two machines' clocks alone, and they may be set differently.
  var isInDoubt: Bool {
    guard summary.state == .lost, let files, files.isElsewhere, files.pulse(directory) == .unknown, let heartbeat = files.heartbeat
    else { return false }
    return abs(unixTime() - heartbeat.time) <= RunState.largestClockDifference
  }
}

extension KnownRun.Files {
  fileprivate var unreadable: Problem? { configurationDamage ?? resultDamage }

  // MARK: Is anyone there?

  fileprivate var isElsewhere: Bool { heartbeat.map { $0.worker.isAlive == nil } ?? false }

  fileprivate func pulse(_ directory: RunDirectory) -> RunState.Pulse {
    guard let seen, let heartbeat else { return .unknown }
    // Here the process is there or it is not, whatever clocks say; of a copied run it works on the original.
    guard isElsewhere else { return heartbeat.isOf(directory) ? .beats : .isSilent }
    let isRecent = steadyTime() - seen <= RunState.silence
    return isRecent ? hasBeaten ? .beats : .unknown : .isSilent
  }
}
