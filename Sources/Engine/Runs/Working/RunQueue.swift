import Basics
import Files
import FoundationEssentials
import Glibc

/// The runs of a home that wait for their turn, and how many may run at a time: `queue/queue.json`.
///
/// There is no daemon. Whoever has looked at the runs gives the queue a ``push(_:executable:)``: workers when they end, the screens, the
/// commands. A run waits for the machine on which it was put into the queue, and only a push there starts it. Pushes take turns by a
/// lock, which a worker that is being started keeps until it has given a sign, so that whoever dies in between leaves neither a second
/// worker nor one too many. What was counted as waiting is told by the workers that the run has had: an entry is void once another
/// has begun.
public struct RunQueue: Sendable {
  /// A run that waits.
  public struct Entry: Codable, Equatable, Sendable {
    /// The run's directory name.
    public var run: String
    /// The machine that it waits for.
    public var host: String
    /// How many workers it had when it was put here.
    @Bounded<SmallCount> var sessions: Int
  }

  struct Content: Codable, Equatable {
    var order: [Entry] = []
    /// By machine; ``standardLimit`` where there is none.
    var limits: [String: Bounded<Limit>] = [:]
  }

  /// So many runs at a time.
  enum Limit: Limits { static let range = 0...1000 }

  public static let standardLimit = 1
  /// This machine's name.
  public static var host: String { WorkerIdentity.hostName }

  private let home: Home
  var file: String { home.queue + "/queue.json" }
  private var lockFile: String { home.queue + "/lock" }

  public init(home: Home) { self.home = home }

  // MARK: Reading

  /// The runs that wait, in the order in which they start.
  /// - Throws: a ``Problem`` where the file is damaged.
  public func order() throws(Problem) -> [Entry] { try content().order }

  /// Whether a run waits in the queue.
  /// - Throws: a ``Problem`` where the queue cannot be read.
  public func waits(_ id: String) throws(Problem) -> Bool { try order().contains { $0.run == id && !isVoid($0) } }

  /// How many runs may be at work on a machine at a time; 0 holds its queue.
  /// - Throws: a ``Problem`` where the queue cannot be read.
  public func limit(of host: String = RunQueue.host) throws(Problem) -> Int { try content().limit(host) }

  /// Whether a push could start a run on this machine, as far as a list of all runs tells; for those who look again and again.
  public func isDue(_ runs: [RunSummary]) -> Bool {
    guard runs.contains(where: { $0.queuePlace != nil && $0.host == Self.host }), let limit = try? limit() else { return false }
    return Self.live(runs) < limit
  }

  func content() throws(Problem) -> Content {
    guard access(file, F_OK) == 0 else { return Content() }
    return try RunJSON.read(
      Content.self, from: file, what: "the queue", for: .owner, repair: "the file is damaged; delete it and put the runs into the queue again")
  }

  private static func live(_ runs: [RunSummary]) -> Int { runs.count { $0.state.isLive && $0.host == host } }

  // MARK: Changing

  /// - Throws: a ``Problem`` where the queue cannot be read or written.
  public func setLimit(_ limit: Int, of host: String = RunQueue.host) throws(Problem) {
    guard Limit.range ~= limit else {
      throw Problem("invalid queue limit", at: host, expected: "\(Limit.text) runs at a time", found: "\(limit)", kind: .usage)
    }
    try change { $0.limits[host] = Bounded(wrappedValue: limit) }
  }

  /// Puts a run at the end of the queue.
  /// - Parameter host: the machine that it waits for.
  /// - Throws: a ``Problem`` where it runs, is finished, or waits already.
  public func add(_ run: RunDirectory, host: String = RunQueue.host) throws(Problem) {
    let state = try run.state()
    guard state.isResumable else {
      throw Problem("cannot queue the run", at: run.id, found: "a run that is \(state.rawValue)")
    }
    try run.checkNoJob("queue")
    try change { (content) throws(Problem) in
      let sessions = try run.sessions()
      if let entry = content.order.first(where: { $0.run == run.id && $0.sessions == sessions }) {
        throw Problem("the run is in the queue already", at: run.id, found: "it waits for \(entry.host)")
      }
      content.order.removeAll { $0.run == run.id }
      content.order.append(Entry(run: run.id, host: host, sessions: sessions))
    }
  }

  /// Takes a run out of the queue; one that never began then is stopped.
  /// - Returns: false where it was not waiting.
  /// - Throws: a ``Problem`` where the queue cannot be read or written.
  @discardableResult
  public func remove(_ id: String) throws(Problem) -> Bool {
    guard try order().contains(where: { $0.run == id }) else { return false }
    var wasWaiting = false
    try change { (content) throws(Problem) in
      let run = directory(id)
      guard let entry = content.order.first(where: { $0.run == id }) else { return }
      if run.exists { wasWaiting = try run.sessions() == entry.sessions }
      if wasWaiting && entry.sessions == 0 { try run.end(.stopped, session: 0, problem: nil) }
      content.order.removeAll { $0.run == id }
    }
    return wasWaiting
  }

  /// Moves a run by so many places among those that wait for its machine: −1 is one place to the front.
  /// - Throws: a ``Problem`` where it does not wait.
  public func move(_ id: String, by places: Int) throws(Problem) {
    try change { (content) throws(Problem) in
      guard let entry = content.order.first(where: { $0.run == id }) else {
        throw Problem("the run is not in the queue", at: id, advice: "see `imagenet-tui runs queue`", kind: .notFound)
      }
      let slots = content.order.indices.filter { content.order[$0].host == entry.host }
      var entries = slots.map { content.order[$0] }
      let old = entries.firstIndex(of: entry)!
      let new = min(max(0, old + min(max(places, -entries.count), entries.count)), entries.count - 1)
      entries.insert(entries.remove(at: old), at: new)
      for (slot, entry) in zip(slots, entries) { content.order[slot] = entry }
    }
  }

  private func change(_ body: (inout Content) throws(Problem) -> Void) throws(Problem) {
    try AtomicFile.makeFolder(home.queue)
    let lock = try FileLock.wait(for: lockFile, creating: true, what: "the queue")
    defer { withExtendedLifetime(lock) {} }
    let old = try content()
    var new = old
    // Only a push takes those out that have begun, and on a machine that is none nobody pushes.
    new.order.removeAll { $0.host != Self.host && isVoid($0) }
    try body(&new)
    if new != old { try RunJSON.write(new, to: file) }
  }

  private func directory(_ id: String) -> RunDirectory { RunDirectory("\(home.runs)/\(id)") }

  // MARK: Starting

  /// What a push did.
  public struct Push: Sendable, Equatable {
    public var started: [String] = []
    /// Runs that could not be started, and why; they have failed.
    public var failed: [(run: String, problem: Problem)] = []

    package init() {}

    public static func == (one: Push, other: Push) -> Bool {
      one.started == other.started && one.failed.map(\.run) == other.failed.map(\.run)
    }
  }

  /// Starts runs that wait for this machine, while fewer than its limit are at work, however they were started. One that cannot start
  /// fails, with the reason, and the next has its turn.
  /// - Parameters:
  ///   - reader: looks at all runs; one that has looked before is quicker.
  ///   - executable: as of ``WorkerProcess/start(_:home:executable:)``.
  /// - Throws: a ``Problem`` where the queue's files cannot be read or written.
  @discardableResult
  public func push(_ reader: RunsReader? = nil, executable: String = "/proc/self/exe") throws(Problem) -> Push {
    var done = Push()
    // A worker that is started in a cluster's job would be outside of what the job may use, or end with it.
    guard ClusterJob.current == nil else { return done }
    guard try order().contains(where: { $0.host == Self.host }) else { return done }
    let reader = reader ?? RunsReader(home: home)
    guard isDue(reader.refresh()) else { return done }
    // A worker that is slow to begin keeps the lock beyond our hold of it.
    var isBeginning = false
    while !isBeginning {
      var next: Entry?
      let lock = try FileLock.wait(for: lockFile, creating: true, what: "the queue")
      defer { withExtendedLifetime(lock) {} }
      var content = try content()
      let old = content
      content.order.removeAll { isVoid($0) }
      if Self.live(reader.refresh()) < content.limit(Self.host) { next = content.order.first { $0.host == Self.host } }
      if let next {
        let run = directory(next.run)
        do throws(Problem) {
          _ = try run.configuration()
          isBeginning = try !WorkerProcess.start(run, home: home, executable: executable, holding: lock)
          done.started.append(next.run)
        } catch {
          // Of one that cannot be read the list says so anyway.
          if (try? run.configuration()) != nil { try run.end(.failed, session: next.sessions, problem: error.description) }
          done.failed.append((next.run, error))
        }
        if !isBeginning { content.order.removeAll { $0 == next } }
      }
      if content != old { try RunJSON.write(content, to: file) }
      if next == nil { break }
    }
    return done
  }

  /// Whether the run is gone, or a worker has begun since it was put here.
  private func isVoid(_ entry: Entry) -> Bool {
    let run = directory(entry.run)
    return !run.exists || (try? run.sessions()).map { $0 != entry.sessions } ?? false
  }
}

extension RunQueue {
  typealias Places = [String: (place: Int, entry: Entry)]
}

extension RunQueue.Content {
  func limit(_ host: String) -> Int { limits[host]?.wrappedValue ?? RunQueue.standardLimit }

  /// The places of the runs that wait, from 1 for each machine, with what has to be so for them to be waiting.
  /// - Parameter counts: whether an entry takes a place; one whose run has begun is only still there.
  func places(where waits: (RunQueue.Entry) -> Bool) -> RunQueue.Places {
    var counts: [String: Int] = [:]
    var places: RunQueue.Places = [:]
    for entry in order where waits(entry) {
      counts[entry.host, default: 0] += 1
      places[entry.run] = (counts[entry.host]!, entry)
    }
    return places
  }
}

extension RunDirectory {
  var exists: Bool { access(configurationFile, F_OK) == 0 }

  /// How many workers it has had.
  func sessions() throws(Problem) -> Int { max(heartbeat()?.session ?? 0, try result()?.session ?? 0) }

  /// Says how a run stands that no worker is on.
  func end(_ outcome: RunResult.Outcome, session: Int, problem: String?) throws(Problem) {
    let progress = try result()?.progress ?? heartbeat()?.progress ?? RunProgress()
    try RunJSON.write(
      RunResult(outcome: outcome, session: session, time: unixTime(), problem: problem, progress: progress), to: resultFile)
  }
}
