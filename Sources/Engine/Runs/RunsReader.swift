import FoundationEssentials
import Glibc
import Synchronization
import Taxonomy

/// The runs of a home as they stand, for lists and screens that look again and again: only files that changed since
/// the last look are read. May be asked from any thread.
public final class RunsReader: Sendable {
  public let folder: String
  private let known = Mutex<[String: KnownRun]>([:])
  private let curves: OpenedCurves

  public init(home: Home) {
    folder = home.runs
    curves = OpenedCurves(home: home)
  }

  /// All runs, the newest first. A home without runs has none; a directory that cannot be read is listed as failed,
  /// with the reason.
  public func refresh() -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return known.withLock { known in
      var current: [String: KnownRun] = [:]
      for name in names where !name.hasPrefix(".") {
        var run = known[name] ?? KnownRun(RunDirectory("\(folder)/\(name)"))
        if run.refresh() { current[name] = run }
      }
      known = current
      return current.values.map(\.summary)
        .sorted { ($0.created, $0.id) > ($1.created, $1.id) }
    }
  }

  /// One run, without a look at the others.
  public func refresh(_ id: String) throws(Problem) -> RunSummary {
    let summary = known.withLock { known -> RunSummary? in
      var run = known[id] ?? KnownRun(directory(of: id))
      known[id] = run.refresh() ? run : nil
      return known[id]?.summary
    }
    guard let summary else { throw unknown(id) }
    return summary
  }

  /// The curves of a run as far as they are written.
  /// - Parameters:
  ///   - smoothing: the weight of the moving averages of `metrics` (``RunCurves/smoothed(_:)``); 0: none.
  ///   - atMost: about how many bytes of event files to read; ``RunCurves/unreadBytes`` are left for the next call.
  public func curves(
    of id: String, smoothing: Double = 0, of metrics: [RunMetric] = [.trainLoss], atMost: Int = .max
  ) throws(Problem) -> RunCurves {
    try curves.refresh(id, smoothing: smoothing, of: metrics, atMost: atMost)
  }

  public func directory(of id: String) -> RunDirectory { RunDirectory("\(folder)/\(id)") }

  /// The run that `text` names: its directory's name, its own name, or the beginning of either, where only one run fits.
  public func find(_ text: String) throws(Problem) -> RunSummary {
    let runs = refresh()
    for fits: (RunSummary) -> Bool in [
      { $0.id == text }, { $0.name == text }, { $0.id.hasPrefix(text) || $0.name.hasPrefix(text) },
    ] {
      let fitting = runs.filter(fits)
      if let only = fitting.first, fitting.count == 1 { return only }
      if fitting.count > 1 {
        throw Problem(
          "the name fits several runs", at: text,
          found: fitting.prefix(5).map(\.id).joined(separator: ", ") + (fitting.count > 5 ? ", …" : ""),
          advice: "give the directory's whole name")
      }
    }
    throw unknown(text)
  }

  private func unknown(_ text: String) -> Problem {
    Problem("there is no such run", at: text, advice: "see `imagenet-tui runs list`")
  }
}

/// What was read of one run, and when its files were last changed.
private struct KnownRun {
  private let directory: RunDirectory
  private(set) var summary: RunSummary
  private var configurationStamp: FileStamp?
  private var heartbeatStamp: FileStamp?
  private var resultStamp: FileStamp?
  private var heartbeat: Heartbeat?
  private var result: RunResult?
  private var unreadable: String?
  /// When the heartbeat was last seen to change, by this machine's clock that never jumps.
  private var lastChange: Double?

  init(_ directory: RunDirectory) {
    self.directory = directory
    summary = RunSummary(
      id: directory.id, name: directory.id, path: directory.path, created: 0, state: .queued, dataset: "",
      labelSet: "", classes: 0, network: "", epochs: 0, batchSize: 0, seed: 0, host: "", progress: RunProgress())
  }

  /// Reads what changed. Returns false where this is no run at all.
  mutating func refresh() -> Bool {
    guard let stamp = FileStamp(directory.configurationFile) else { return false }
    do throws(Problem) {
      if stamp != configurationStamp {
        configurationStamp = stamp
        unreadable = nil
        take(try directory.configuration())
      }
      let heartbeatStamp = FileStamp(directory.heartbeatFile)
      if heartbeatStamp != self.heartbeatStamp {
        if self.heartbeatStamp != nil { lastChange = steadyTime() }
        self.heartbeatStamp = heartbeatStamp
        heartbeat = directory.heartbeat()
      }
      let resultStamp = FileStamp(directory.resultFile)
      if resultStamp != self.resultStamp {
        self.resultStamp = resultStamp
        result = try directory.result()
      }
    } catch {
      unreadable = error.description
    }
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

  private mutating func derive() {
    let isBeating = lastChange.map { steadyTime() - $0 <= RunState.silence } ?? false
    summary.state = RunState(heartbeat: heartbeat, result: result, isBeating: isBeating)
    summary.problem = summary.state == .failed ? result?.problem : nil
    if let heartbeat {
      summary.host = heartbeat.worker.host
      summary.progress = heartbeat.progress
      summary.lastSeen = heartbeat.time
    }
    if let result, !summary.state.isLive, summary.state != .lost {
      summary.progress = result.progress
      summary.lastSeen = result.time
    }
    if let unreadable {
      summary.state = .failed
      summary.problem = unreadable
    }
  }
}

/// Tells whether a file is still the one that was read.
struct FileStamp: Equatable {
  private var inode: UInt64
  private var size, seconds, nanoseconds: Int

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// When it was last written, in seconds since 1970.
  var modified: Double { Double(seconds) + Double(nanoseconds) * 1e-9 }
}

/// Seconds on a clock that only ever goes forward.
func steadyTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
