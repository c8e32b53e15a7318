import FoundationEssentials
import Taxonomy

/// What was read of one run, and when its files were last changed.
struct KnownRun {
  private let directory: RunDirectory
  private(set) var summary: RunSummary
  private var configurationStamp: FileStamp?
  private var heartbeatStamp: FileStamp?
  private var resultStamp: FileStamp?
  private var notesStamp: FileStamp?
  private var extensionsStamp: FileStamp?
  /// What decides the length, where it was changed since the launch.
  private var extended: TrainingConfiguration?
  private var heartbeat: Heartbeat?
  private var result: RunResult?
  private var unreadable: String?
  /// When the heartbeat that is there was first seen, by this machine's clock that never jumps.
  private var seen: Double?
  /// Whether it was seen to take another's place.
  private var hasBeaten = false
  /// The workers that the run has had.
  private var sessions = 0
  /// The directory's stamp where the run is over: nothing of it has changed while the directory has it.
  private var settled: FileStamp?

  /// Seconds after which a directory's stamp tells a second change from a first: file systems count in ticks, and clocks differ.
  private static let settling = 2.0

  init(_ directory: RunDirectory) {
    self.directory = directory
    summary = RunSummary(
      id: directory.id, name: directory.id, path: directory.path, created: 0, state: .queued, dataset: "",
      labelSet: "", classes: 0, network: "", epochs: 0, batchSize: 0, seed: 0, host: "", progress: RunProgress())
  }

  /// The run as an index knows it.
  init(_ directory: RunDirectory, _ entry: RunIndex.Entry) {
    self.directory = directory
    (summary, sessions, settled) = (entry.summary, entry.sessions, entry.stamp)
  }

  /// What an index keeps of the run; nil unless it is over.
  var entry: RunIndex.Entry? {
    settled.map { RunIndex.Entry(stamp: $0, summary: summary, sessions: sessions) }
  }

  /// Reads what changed. Returns false where this is no run at all.
  mutating func refresh() -> Bool {
    let place = FileStamp(directory.path)
    if let settled, place == settled { return true }
    settled = nil
    guard readFiles() else { return false }
    if let place, unreadable == nil, [.finished, .stopped, .failed].contains(summary.state),
      abs(unixTime() - place.modified) > Self.settling
    {
      settled = place
    }
    return true
  }

  private mutating func readFiles() -> Bool {
    guard let stamp = FileStamp(directory.configurationFile) else { return false }
    do throws(Problem) {
      let extensionsStamp = FileStamp(directory.extensionsFile)
      if stamp != configurationStamp || extensionsStamp != self.extensionsStamp {
        (configurationStamp, self.extensionsStamp) = (stamp, extensionsStamp)
        unreadable = nil
        let configuration = try directory.configuration()
        take(configuration)
        extended = extensionsStamp == nil ? nil : configuration.training
      }
      let heartbeatStamp = FileStamp(directory.heartbeatFile)
      // What a network file system tells of a file that it holds may be old; opening it asks the server.
      if heartbeatStamp != self.heartbeatStamp || isElsewhere && (summary.state.isLive || pulse == .unknown) {
        let known = heartbeat
        // Half of one, as a full disk may leave it for a moment, tells nothing new.
        heartbeat = directory.heartbeat() ?? (heartbeatStamp == nil ? nil : known)
        if seen == nil || heartbeat?.time != known?.time || heartbeat?.worker != known?.worker {
          hasBeaten = seen != nil
          seen = steadyTime()
        }
        self.heartbeatStamp = heartbeatStamp
      }
      let resultStamp = FileStamp(directory.resultFile)
      if resultStamp != self.resultStamp {
        self.resultStamp = resultStamp
        result = try directory.result()
      }
      let notesStamp = FileStamp(directory.notesFile)
      if notesStamp != self.notesStamp {
        self.notesStamp = notesStamp
        // Notes that cannot be read say nothing of the run.
        take((try? directory.notes()) ?? RunNotes())
      }
    } catch {
      unreadable = error.description
    }
    sessions = max(heartbeat?.session ?? 0, result?.session ?? 0)
    derive()
    return true
  }

  private mutating func take(_ configuration: RunConfiguration) {
    summary.name = configuration.name
    summary.created = configuration.created
    summary.dataset = configuration.dataset
    summary.labelSet = configuration.labelSet.name
    summary.labelSetHash = configuration.labelSet.contentHash
    summary.classes = configuration.labelSet.classes.count
    summary.network = configuration.training.network
    summary.epochs = configuration.training.epochs
    summary.batchSize = configuration.training.batchSize
    summary.seed = configuration.training.seed
    summary.host = configuration.host
  }

  private mutating func take(_ notes: RunNotes) {
    summary.tags = notes.tags
    summary.note = notes.note
    summary.group = notes.group
  }

  private mutating func derive() {
    summary.state = RunState(heartbeat: heartbeat, result: result, pulse: pulse)
    // A run that was made longer when it was at its end has not come to its end.
    if summary.state == .finished, let extended, let end = result?.progress, extended.steps(perEpoch: end.stepsPerEpoch) > end.step {
      summary.state = .stopped
    }
    summary.problem = summary.state == .failed ? result?.problem : nil
    if let heartbeat {
      summary.host = heartbeat.worker.host
      summary.progress = heartbeat.progress
      summary.lastSeen = heartbeat.time
    }
    summary.usage = summary.state.isLive ? heartbeat?.usage : nil
    if let result, !summary.state.isLive, summary.state != .lost {
      summary.progress = result.progress
      summary.lastSeen = result.time
    }
    if let unreadable {
      summary.state = .failed
      summary.problem = unreadable
    }
  }

  /// The run as it stands where it may wait in the queue.
  func summary(_ waiting: (place: Int, entry: RunQueue.Entry)?) -> RunSummary {
    guard let waiting, unreadable == nil, !summary.state.isLive,
      sessions == waiting.entry.sessions
    else { return summary }
    var summary = summary
    summary.state = .queued
    summary.queuePlace = waiting.place
    summary.host = waiting.entry.host
    summary.problem = nil
    return summary
  }

  // MARK: Is anyone there?

  private var isElsewhere: Bool { heartbeat.map { $0.worker.isAlive == nil } ?? false }

  private var pulse: RunState.Pulse {
    guard let seen, let heartbeat else { return .unknown }
    // Here the process is there or it is not, whatever clocks say; of a copied run it works on the original.
    guard isElsewhere else { return heartbeat.isOf(directory) ? .beats : .isSilent }
    let isRecent = steadyTime() - seen <= RunState.silence
    return isRecent ? hasBeaten ? .beats : .unknown : .isSilent
  }

  /// Whether a worker on another machine was given up by the two machines' clocks alone, and they may be set differently.
  var isInDoubt: Bool {
    guard summary.state == .lost, isElsewhere, pulse == .unknown, let heartbeat else { return false }
    return abs(unixTime() - heartbeat.time) <= RunState.largestClockDifference
  }
}
