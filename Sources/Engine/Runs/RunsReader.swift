import FoundationEssentials
import Glibc
import Synchronization
import Taxonomy

/// The runs of a home as they stand, for lists and screens that look again and again: only files that changed since
/// the last look are read. May be asked from any thread.
public final class RunsReader: Sendable {
  public let folder: String
  private let known = Mutex<[String: KnownRun]>([:])
  /// How many entries the home's index has; nil before it was read.
  private let indexed = Mutex<Int?>(nil)
  private let curves: OpenedCurves
  private let waiting = Mutex<KnownQueue>(KnownQueue())
  public let home: Home

  public init(home: Home) {
    folder = home.runs
    self.home = home
    curves = OpenedCurves(home: home)
  }

  /// All runs, the newest first. A home without runs has none; a directory that cannot be read is listed as failed,
  /// with the reason.
  /// - Parameter patience: seconds to look again for while a worker elsewhere seems gone by two clocks that may differ.
  ///   Who looks again and again needs none.
  public func refresh(patience: Double = 0) -> [RunSummary] {
    let start = steadyTime()
    while true {
      let runs = look()
      guard known.withLock({ $0.values.contains(where: \.isInDoubt) }), steadyTime() - start < patience else { return runs }
      usleep(100_000)
    }
  }

  private func look() -> [RunSummary] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let places = places()
    return known.withLock { known in
      let index = openIndex()
      var current: [String: KnownRun] = [:]
      current.reserveCapacity(names.count)
      for name in names where !name.hasPrefix(".") {
        let directory = RunDirectory("\(folder)/\(name)")
        var run = known[name] ?? index[name].map { KnownRun(directory, $0) } ?? KnownRun(directory)
        if run.refresh() { current[name] = run }
      }
      known = current
      keepIndex(current)
      return current.values.map { $0.summary(places[$0.summary.id]) }
        .sorted { ($0.created, $0.id) > ($1.created, $1.id) }
    }
  }

  /// The entries of the index at the first look, none afterwards.
  private func openIndex() -> [String: RunIndex.Entry] {
    indexed.withLock { indexed in
      guard indexed == nil else { return [:] }
      let index = RunIndex.load(home)
      indexed = index.count
      return index
    }
  }

  /// Writes the index anew where many runs have come to their end since it was written; reading a few takes no time.
  private func keepIndex(_ runs: [String: KnownRun]) {
    indexed.withLock { indexed in
      let entries = runs.values.compactMap(\.entry)
      guard abs(entries.count - (indexed ?? 0)) >= Self.worthIndexing else { return }
      RunIndex.save(entries, home)
      indexed = entries.count
    }
  }

  private static let worthIndexing = 50

  /// One run, without a look at the others.
  public func refresh(_ id: String) throws(Problem) -> RunSummary {
    let place = places()[id]
    let summary = known.withLock { known -> RunSummary? in
      var run = known[id] ?? KnownRun(directory(of: id))
      known[id] = run.refresh() ? run : nil
      return known[id]?.summary(place)
    }
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
  public func checkedCurves(of id: String, atMost: Int = .max) throws(Problem) -> RunCurves {
    try curves(of: id, atMost: atMost) { curves in
      curves.lookAtAll()
      return curves
    }
  }

  private func places() -> [String: (place: Int, entry: RunQueue.Entry)] {
    waiting.withLock { $0.refresh(RunQueue(home: home)) }
  }

  public func directory(of id: String) -> RunDirectory { RunDirectory("\(folder)/\(id)") }

  /// The run that `text` names: its directory's name, its own name, or the beginning of either, where only one run fits.
  public func find(_ text: String) throws(Problem) -> RunSummary {
    let runs = refresh(patience: RunState.patience)
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
    let isRemoved = (try? RunTrash(home: home).find(text)) != nil
    return Problem(
      "there is no such run", at: text,
      advice: isRemoved ? "it was removed; `imagenet-tui runs restore \(text)` brings it back" : "see `imagenet-tui runs list`")
  }
}

/// The queue as it was read, and when its file was last changed.
private struct KnownQueue {
  private var stamp: FileStamp?
  private var places: [String: (place: Int, entry: RunQueue.Entry)] = [:]

  mutating func refresh(_ queue: RunQueue) -> [String: (place: Int, entry: RunQueue.Entry)] {
    let stamp = FileStamp(queue.file)
    if stamp != self.stamp {
      self.stamp = stamp
      // A queue that cannot be read hides no run.
      places = (try? queue.content())?.places ?? [:]
    }
    return places
  }
}
