import Files
import FoundationEssentials

/// What runs wait for: the queue's turn, or a job.
struct Waiting {
  var queue = RunQueue.Content()
  var answer: SlurmAnswer?
  /// Changes with both.
  var version = 0
}

/// The runs that were read, by the names of their directories.
struct KnownRuns {
  private(set) var runs: [String: KnownRun] = [:]
  /// As they were listed last; nil once anything has changed.
  private var list: [RunSummary]?
  /// The queue's version at that time.
  private var version: Int?
  /// When all directories were last looked at, by a clock that never jumps.
  private var lookedAt: Double?
  /// How many entries the home's index has; nil before it was read.
  private var indexed: Int?
  private var listing: Listing?

  /// The directories of a folder.
  private struct Listing {
    /// The folder's when they were listed.
    var stamp: FileStamp?
    var time: Double
    /// The newest first, as far as their names tell.
    var names: [String]
  }

  func wasSeen(within seconds: Double) -> Bool { lookedAt.map { steadyTime() - $0 < seconds } ?? false }

  /// Begins with the runs of the home's index.
  mutating func openIndex(_ home: Home) {
    guard indexed == nil else { return }
    let index = RunIndex.load(home)
    (indexed, list) = (index.count, nil)
    runs.merge(index) { known, _ in known }
  }

  /// Writes the index anew where many runs have come to their end since it was written; reading a few takes no time.
  mutating func keepIndex(_ home: Home) {
    let settled = runs.values.count { $0.settled != nil }
    guard let indexed, abs(settled - indexed) >= Self.worthIndexing else { return }
    RunIndex.save(runs.values, home)
    self.indexed = settled
  }

  private static let worthIndexing = 50

  /// Reads what changed, and runs that were never read for so many seconds. To see whether the others changed takes its own time: where that
  /// is long, as on a slow disk, every call still reads many.
  /// - Returns: how many directories were left out.
  mutating func refresh(in folder: String, within seconds: Double, newestOnly: Bool) -> Int {
    let names = names(in: folder)
    var (unread, there, spent) = (0, 0, 0.0)
    for name in names {
      let isKnown = runs[name] != nil
      let isTimed = !isKnown || newestOnly
      if isTimed, there > 0, spent >= seconds {
        if isKnown { there += 1 } else { unread += 1 }
        continue
      }
      let start = isTimed ? steadyTime() : 0
      if refresh(RunDirectory("\(folder)/\(name)"), name) != nil { there += 1 }
      if isTimed { spent += steadyTime() - start }
    }
    if there < runs.count {
      let names = Set(names)
      runs = runs.filter { names.contains($0.key) }
      list = nil
    }
    lookedAt = steadyTime()
    return unread
  }

  /// Ten thousand names take longer to list than to look at, and seldom does one come or go.
  private mutating func names(in folder: String) -> [String] {
    let (stamp, time) = (FileStamp(folder), steadyTime())
    // What comes within the tick of the clock in which the folder last changed leaves its stamp as it was, and so may what a slow network still hides.
    if let listing, let stamp, stamp == listing.stamp, time - listing.time < 10, unixTime() - stamp.modified > 2 { return listing.names }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted(by: >)
    listing = Listing(stamp: stamp, time: time, names: names)
    return names
  }

  /// Reads what changed of one run; nil where there is none.
  mutating func refresh(_ directory: RunDirectory, _ id: String) -> KnownRun? {
    let known = runs[id]
    let run = known ?? KnownRun(directory)
    switch run.refresh() {
    case .isSame where known != nil: return run
    case .isGone:
      if known != nil { (runs[id], list) = (nil, nil) }
      return nil
    case .isSame, .hasChanged:
      (runs[id], list) = (run, nil)
      return run
    }
  }

  /// The newest first. While nothing changes, lists share their memory.
  mutating func listed(_ waiting: Waiting) -> [RunSummary] {
    if let list, version == waiting.version { return list }
    let sorted = runs.values.sorted { ($0.summary.created, $0.summary.id) > ($1.summary.created, $1.summary.id) }
    let places = places(waiting)
    let made = sorted.map { $0.summary(places[$0.summary.id], waiting.answer) }
    (list, version) = (made, waiting.version)
    return made
  }

  /// The places of those that wait, without entries whose run is at work or over.
  func places(_ waiting: Waiting) -> RunQueue.Places {
    waiting.queue.places { entry in
      guard let run = runs[entry.run] else { return true }
      return run.sessions == entry.sessions && !run.summary.state.isLive
    }
  }
}
