import Basics
import Files
import Training

/// Where a run stands, derived from its files.
public enum RunState: String, Codable, Sendable, CaseIterable {
  /// Made, and no worker has begun yet.
  case queued
  case running
  case paused
  /// Left at a checkpoint on request; resumes there.
  case stopped
  case finished
  /// Ended by a problem, which the result names.
  case failed
  /// Its worker is gone without a word; resumes at its last checkpoint.
  case lost
  /// A file of it cannot be read, which the summary's problem names.
  case damaged
  /// A later version of this program made it: nothing here may touch it.
  case newer

  /// Whether a worker is on it.
  public var isLive: Bool { self == .running || self == .paused }
  /// Whether `resume` starts a new worker.
  public var isResumable: Bool { self == .queued || self == .stopped || self == .failed || self == .lost }

  /// A worker on another machine that says nothing for this long is taken for lost, in seconds. With the second between its beats and the
  /// time to the next look a screen says so within 30.
  public static let silence = 28.0
  /// Seconds in which a heartbeat is seen to change if it does.
  public static let patience = 3.0
  /// Seconds that the clocks of two machines may lie apart: a day, and the time zones.
  static let largestClockDifference = 26 * 3600.0

  /// What whoever watches a heartbeat has seen, by a clock that never jumps.
  package enum Pulse {
    /// It was not watched for long enough.
    case unknown
    /// It changed within the last ``RunState/silence``.
    case beats
    /// It did not.
    case isSilent
  }

  /// - Parameter pulse: what the caller has seen of the heartbeat, which counts more than the clocks of two machines.
  package init(heartbeat: Heartbeat?, result: RunResult?, now: Double = unixTime(), pulse: Pulse = .unknown) {
    if let result, result.session >= heartbeat?.session ?? 0 {
      self =
        switch result.outcome {
        case .finished: .finished
        case .stopped: .stopped
        case .failed: .failed
        }
    } else if let heartbeat {
      let isFresh = pulse == .beats || pulse == .unknown && abs(now - heartbeat.time) <= Self.silence
      let isAlive = isFresh && heartbeat.worker.isAlive ?? true
      self = !isAlive ? .lost : heartbeat.isPaused ? .paused : .running
    } else {
      self = .queued
    }
  }
}

/// How far a run has come.
public struct RunProgress: Codable, Equatable, Sendable {
  @Bounded<Count> public var step = 0
  /// Of the whole training; 0 until it is known.
  @Bounded<Count> public var steps = 0
  @Bounded<Count> public var stepsPerEpoch = 0
  @Bounded<Measure> public var epoch = 0.0
  /// The last step's, in nats.
  public var loss: Float?
  @BoundedIfThere<Measure> public var imagesPerSecond: Double?
  public var validation: ValidationReport?
  /// The validation that is the best so far by its headline metric.
  public var best: ValidationReport?
  /// Images left out because they could not be decoded.
  @Bounded<Count> public var skippedImages = 0
  /// The share of the time spent waiting for images, 0…1, smoothed over about ten steps.
  @BoundedIfThere<Share> public var dataWait: Double?
  /// Why the loss gives reason to look at the training; nil while it does not.
  public var lossWarning: String?
  /// What could not be written, for which reason; nil while everything can.
  public var storageWarning: String?

  /// What somebody should look at, one sentence each.
  public var warnings: [String] { [lossWarning, storageWarning].compactMap { $0 } }

  enum CodingKeys: String, CodingKey {
    case step, steps, stepsPerEpoch, epoch, loss, imagesPerSecond, validation, best, skippedImages
    case dataWait = "stall"
    case lossWarning, storageWarning
  }

  public init() {}

  /// What a list shows of it; nil before the first validation.
  public var bestOrLast: ValidationReport? { best ?? validation }
}

/// What a worker writes every second, so that others know it lives.
package struct Heartbeat: Codable, Equatable, Sendable {
  package var worker: WorkerIdentity
  /// Counts the workers that the run has had, from 1.
  @Bounded<SmallCount> package var session: Int
  /// Seconds since 1970.
  @Bounded<Moment> package var time: Double
  package var isPaused: Bool
  package var progress: RunProgress
  /// Nil where it was not measured.
  package var usage: ProcessUsage?
  /// The run's directory, by its inode, which a copy does not have; nil where it is not told.
  package var directory: UInt64?
  /// The cluster's job that the worker is a part of; nil where it is of none.
  package var job: String?

  package init(
    worker: WorkerIdentity, session: Int, time: Double, isPaused: Bool, progress: RunProgress, usage: ProcessUsage? = nil,
    directory: UInt64? = nil, job: String? = nil
  ) {
    self.job = job
    self.worker = worker
    self.session = session
    self.time = time
    self.isPaused = isPaused
    self.progress = progress
    self.usage = usage
    self.directory = directory
  }

  /// Whether it is of a worker on this very directory, for heartbeats of this machine.
  func isOf(_ run: RunDirectory) -> Bool { directory == nil || directory == FileStamp(run.path)?.inode }
}

/// What a worker leaves behind: `result.json`.
public struct RunResult: Codable, Equatable, Sendable {
  public enum Outcome: String, Codable, Sendable { case finished, stopped, failed }
  public var outcome: Outcome
  @Bounded<SmallCount> public var session: Int
  /// Seconds since 1970.
  @Bounded<Moment> public var time: Double
  /// What ended a failed run.
  public var problem: String?
  /// Whether its loss was not finite, or exploded: with the same settings it would again. Nil: no, or unknown.
  public var hasDiverged: Bool?
  /// Whether its job asked to be begun again, since its time was up. Nil: no.
  public var isRequeued: Bool?
  public var progress: RunProgress

  public init(outcome: Outcome, session: Int, time: Double, problem: String?, hasDiverged: Bool? = nil, progress: RunProgress) {
    self.hasDiverged = hasDiverged
    self.outcome = outcome
    self.session = session
    self.time = time
    self.problem = problem
    self.progress = progress
  }
}
