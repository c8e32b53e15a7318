import Settings

/// A run as a list shows it.
public struct RunSummary: Sendable, Equatable, Identifiable, Codable {
  /// The directory's name.
  public var id: String
  public var name: String
  public var path: String
  /// Seconds since 1970.
  public var created: Double
  public var state: RunState
  /// What ended a failed run, or what is wrong with the directory.
  public var problem: String?
  /// What it learns.
  public var task = LearnedTask.classification
  public var dataset: String
  public var labelSet: String
  /// What identifies the label set's classes, whatever it was called (``Taxonomy/LabelSet/contentHash``).
  public var labelSetHash: String?
  /// The number of target classes.
  public var classes: Int
  public var network: String
  public var epochs: Int
  public var batchSize: Int
  public var seed: UInt64
  /// Where it runs, or ran last.
  public var host: String
  public var progress: RunProgress
  /// When its worker last gave a sign, in seconds since 1970.
  public var lastSeen: Double?
  /// Its place among the runs that wait for its host in the ``RunQueue``, from 1; nil where it does not wait. A run that is queued
  /// without one is about to begin.
  public var queuePlace: Int?
  /// The cluster's job that it waits for, which makes it queued; nil where it waits for none.
  public var job: SlurmJob?
  /// What its worker takes of the machine; nil where it has none.
  public var usage: ProcessUsage?
  /// What a person keeps beside it (``RunNotes``).
  public var tags: [String] = []
  public var note = ""
  public var group: String?

  package init(
    id: String, name: String, path: String, created: Double, state: RunState, problem: String? = nil, dataset: String,
    labelSet: String, labelSetHash: String? = nil, classes: Int, network: String, epochs: Int, batchSize: Int, seed: UInt64, host: String,
    progress: RunProgress, lastSeen: Double? = nil
  ) {
    self.id = id
    self.name = name
    self.path = path
    self.created = created
    self.state = state
    self.problem = problem
    self.dataset = dataset
    self.labelSet = labelSet
    self.labelSetHash = labelSetHash
    self.classes = classes
    self.network = network
    self.epochs = epochs
    self.batchSize = batchSize
    self.seed = seed
    self.host = host
    self.progress = progress
    self.lastSeen = lastSeen
  }

  /// Its state in words: "queued", "queued: PENDING (Priority)".
  public var stateText: String { job.map { "\(state.rawValue): \($0.text)" } ?? state.rawValue }

  /// Whether it is weights from elsewhere: finished, and never begun.
  package var isImported: Bool { state == .finished && progress.steps == 0 }

  /// The time to the end at the present speed, in seconds; nil where it does not run.
  public var secondsLeft: Double? {
    guard state == .running, let speed = progress.imagesPerSecond, speed > 0, progress.steps > 0 else { return nil }
    return Double(max(0, progress.steps - progress.step)) * Double(batchSize) / speed
  }
}
