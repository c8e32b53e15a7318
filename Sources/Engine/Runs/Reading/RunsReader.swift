import Basics
import Files
import Glibc
import Synchronization

/// The runs of a home as they stand, for lists and screens that look again and again: only files that changed since
/// the last look are read. May be asked from any thread.
public final class RunsReader: Sendable {
  public let folder: String
  private let known = Mutex<KnownRuns>(KnownRuns())
  private let curves: OpenedCurves
  private let waiting = Mutex<KnownQueue>(KnownQueue())
  private let slurm: SlurmWatch
  public let home: Home

  public init(home: Home) {
    folder = home.runs
    self.home = home
    curves = OpenedCurves(home: home)
    slurm = SlurmWatch(home: home)
  }

  /// All runs, the newest first. A home without runs has none; a directory that cannot be read is listed as failed,
  /// with the reason.
  /// - Parameter patience: seconds to look again for while a worker elsewhere seems gone by two clocks that may differ.
  ///   Who looks again and again needs none.
  public func refresh(patience: Double = 0) -> [RunSummary] {
    let start = steadyTime()
    while true {
      var runs = lookAtAll()
      if askForJobs(isWaiting: patience > 0) { runs = lookAtAll() }
      guard known.withLock({ $0.runs.values.contains(where: \.isInDoubt) }), steadyTime() - start < patience else { return runs }
      usleep(100_000)
    }
  }

  /// Asks Slurm where only it can tell what becomes of a run.
  /// - Returns: whether there may be news.
  @discardableResult
  private func askForJobs(isWaiting: Bool, always: Bool = false) -> Bool {
    let asking = known.withLock { $0.runs.values.filter(\.asksForJob).map(\.cluster) }
    guard always || !asking.isEmpty else { return false }
    let before = slurm.last().version
    slurm.ask(of: Set(asking.compactMap { $0 }), isWaiting: isWaiting)
    return slurm.last().version != before
  }

  /// Jobs that are not over, as Slurm said of them half a minute ago at most, by what they were submitted for (the comments).
  /// - Parameter isWaiting: whether to return with the answer where it is older, which takes five seconds at most.
  package func jobs(isWaiting: Bool) -> [String: SlurmJob] {
    askForJobs(isWaiting: isWaiting, always: true)
    let jobs = (slurm.last().answer?.jobs ?? []).filter { !$0.isOver && !$0.comment.isEmpty }
    return Dictionary(jobs.map { ($0.comment, $0) }) { first, _ in first }
  }

  /// As somebody found them within the last seconds, else as far as a short look finds them: for what is shown beside a list that looks all the time.
  public func recent(within seconds: Double = 3) -> [RunSummary] {
    let waiting = waitingNow()
    return known.withLock { known in
      if known.wasSeen(within: seconds) { return known.listed(waiting) }
      return look(&known, waiting, within: 0.02, newestOnly: true).runs
    }
  }

  /// A piece at a time: who needs no more than the newest runs has its turn in between.
  private func lookAtAll() -> [RunSummary] {
    while true {
      let (runs, unread) = look(within: 0.2)
      if unread == 0 { return runs }
      usleep(1000)
    }
  }

  /// What is found within a time, for a screen that shows what there is while ten thousand runs are read for the first time.
  /// - Parameters:
  ///   - seconds: how long to read runs that were never read, those first whose directories' names say that they are the newest. One is
  ///     read at least.
  ///   - newestOnly: whether the others, and the index that knows them, can wait for the next look.
  /// - Returns: the runs, the newest first, and how many directories are left for the next call.
  public func look(within seconds: Double, newestOnly: Bool = false) -> (runs: [RunSummary], unread: Int) {
    let waiting = waitingNow()
    defer { askForJobs(isWaiting: false) }
    return known.withLock { look(&$0, waiting, within: seconds, newestOnly: newestOnly) }
  }

  private func look(
    _ known: inout KnownRuns, _ waiting: Waiting, within seconds: Double, newestOnly: Bool
  ) -> (runs: [RunSummary], unread: Int) {
    if !newestOnly { known.openIndex(home) }
    // Who only wants the newest has them where somebody has just read them.
    let isDone = newestOnly && known.wasSeen(within: 0.5)
    let unread = known.refresh(in: folder, within: isDone ? 0 : seconds, newestOnly: newestOnly)
    if unread == 0 { known.keepIndex(home) }
    return (known.listed(waiting), unread)
  }

  /// One run, without a look at the others.
  /// - Throws: a ``Problem`` where there is no such run.
  public func refresh(_ id: String) throws(Problem) -> RunSummary {
    let waiting = waitingNow()
    let summary = known.withLock { known in known.refresh(directory(of: id), id).map { $0.summary(known.places(waiting)[id], waiting.answer) } }
    askForJobs(isWaiting: false)
    guard let summary else { throw unknown(id) }
    return summary
  }

  /// What `look` makes of the curves of a run as far as they are written. It is called once more, with curves that were read from the
  /// event files, where a cache turns out damaged while it looks.
  /// - Parameters:
  ///   - smoothing: the weight of the moving averages of `metrics` (``RunCurves/smoothed(_:)``); 0: none.
  ///   - atMost: about how many bytes of event files to read; ``RunCurves/unreadBytes`` are left for the next call.
  public func curves<Made>(
    of id: String, smoothing: Double = 0, of metrics: [RunMetric] = [.trainLoss], atMost: Int = .max, look: (RunCurves) -> Made
  ) throws(Problem) -> Made {
    while true {
      let found = try curves.refresh(id, smoothing: smoothing, of: metrics, atMost: atMost)
      let made = look(found)
      if !found.isDamaged { return made }
    }
  }

  /// All curves of a run, every value of them held against its checksum where they come from a cache.
  /// - Throws: a ``Problem`` where there is no such run, or its event files cannot be read.
  public func checkedCurves(of id: String, atMost: Int = .max) throws(Problem) -> RunCurves {
    try curves(of: id, atMost: atMost) { curves in
      curves.lookAtAll()
      return curves
    }
  }

  private func waitingNow() -> Waiting {
    let (answer, version) = slurm.last()
    return waiting.withLock {
      $0.refresh(RunQueue(home: home))
      return Waiting(queue: $0.content, answer: answer, version: $0.version + version)
    }
  }

  public func directory(of id: String) -> RunDirectory { RunDirectory("\(folder)/\(id)") }

  /// The run that `text` names: its directory's name, its own name, or the beginning of either, where only one run fits.
  /// - Throws: a ``Problem`` where no run fits, or several do.
  public func find(_ text: String) throws(Problem) -> RunSummary {
    let runs = refresh(patience: RunState.patience)
    for fits: (RunSummary) -> Bool in [
      { $0.id == text }, { $0.name == text }, { $0.id.hasPrefix(text) || $0.name.hasPrefix(text) },
    ] {
      let fitting = runs.filter(fits)
      if let only = fitting.first, fitting.count == 1 { return only }
      if fitting.count > 1 {
        throw Problem(
          "the name is ambiguous", at: text,
          found: fitting.prefix(5).map(\.id).joined(separator: ", ") + (fitting.count > 5 ? ", …" : ""),
          advice: "give the directory's whole name", kind: .usage)
      }
    }
    throw unknown(text)
  }

  private func unknown(_ text: String) -> Problem {
    let isRemoved = (try? RunTrash(home: home).find(text)) != nil
    return Problem(
      "there is no such run", at: text,
      advice: isRemoved ? "it was removed; restore it with \(ShellCommand("runs", "restore", text).inSentence)" : "see `imagenet-tui runs list`",
      kind: .notFound)
  }
}

/// The queue as it was read, and when its file was last changed.
private struct KnownQueue {
  private var stamp: FileStamp?
  private(set) var content = RunQueue.Content()
  /// Counts the times that it was read.
  private(set) var version = 0

  mutating func refresh(_ queue: RunQueue) {
    let stamp = FileStamp(queue.file)
    guard stamp != self.stamp else { return }
    self.stamp = stamp
    version += 1
    // A queue that cannot be read hides no run.
    content = (try? queue.content()) ?? RunQueue.Content()
  }
}
