import Basics
import Dispatch
import Files
import FoundationEssentials
import Glibc
import Runs
import Synchronization

/// A study of a home as a list shows it.
public struct StudyEntry: Codable, Equatable, Sendable, Identifiable {
  public var id: String
  public var title = ""
  public var dataset = ""
  public var nets = 0, tests = 0, reports = 0
  /// What is wrong with its file.
  public var problem: String?

  package init(id: String) { self.id = id }

  private enum CodingKeys: String, CodingKey { case id = "name", title, dataset, nets, tests, reports, problem }

  /// The studies of a home, by name, damaged ones too.
  public static func all(in home: Home) -> [StudyEntry] {
    StudyFile.names(in: home).map { name in
      var entry = StudyEntry(id: name)
      do throws(Problem) {
        let study = try StudyFile(name, home: home).study
        (entry.title, entry.dataset) = (study.title, study.dataset)
        (entry.nets, entry.tests, entry.reports) = (study.nets.count, study.tests.count, study.reports.count)
      } catch {
        entry.problem = ([error.description] + error.details.prefix(1)).joined(separator: ": ")
      }
      return entry
    }
  }
}

/// A study as it stands: its tables, and each piece of work.
public struct StudyView: Sendable {
  public struct Work: Equatable, Sendable {
    public var title: String
    public var state: WorkState
    /// The run's directory name.
    public var run: String?
    /// How far a run is, 0…1.
    public var share: Double?
  }

  public var name: String
  public var title: String
  public var tables: [StudyTable]
  /// Of each cell of each table, by row and column, its works in the order of ``StudyTable/Cell/values``.
  public var cells: [[[[Int]]]]
  public var works: [Work]
  public var estimate: StudyEstimate
  /// Columns of which nothing can be computed, and why.
  public var obstacles: [String]
  /// Whether somebody is running it on this machine.
  public var isRun: Bool

  public func count(_ holds: (WorkState) -> Bool) -> Int { works.count { holds($0.state) } }

  package init(_ plan: StudyPlan, _ standing: StudyStanding, speeds: [StudyEstimate.Pace: Double], isRun: Bool) {
    (name, title) = (plan.name, plan.study.title)
    tables = plan.grids.map { StudyTable($0, plan: plan, standing: standing) }
    cells = plan.grids.map { $0.cells.map { $0.map(\.all) } }
    works = zip(plan.works, standing.works).map { work, found in
      let progress = found.run?.progress
      return Work(
        title: work.title, state: found.state, run: found.run?.id,
        share: progress.flatMap { $0.steps > 0 ? Double($0.step) / Double($0.steps) : nil })
    }
    estimate = StudyEstimate(plan, standing, speeds: speeds)
    obstacles = plan.obstacles
    self.isRun = isRun
  }
}

extension StudyPlan {
  /// Columns of which nothing can be computed, each once with its reason and its cells.
  public var obstacles: [String] {
    var found: [(line: String, cells: Int)] = []
    for grid in grids {
      for cells in grid.cells {
        for (column, cell) in zip(grid.columns, cells) {
          guard let obstacle = cell.obstacle else { continue }
          let line = "\(column.heading): \(obstacle)"
          if let place = found.firstIndex(where: { $0.line == line }) { found[place].cells += 1 } else { found.append((line, 1)) }
        }
      }
    }
    return found.map { "\($0.line) (\(counted($0.cells, "cell")))" }
  }
}

/// The studies of a home, for a screen that looks again and again: a plan is made anew when its file has changed, or is old.
public final class StudyShelf: Sendable {
  public let home: Home
  private let wordNet: String?
  private let known: Mutex<Known>

  private struct Known {
    var plans: [String: (stamp: FileStamp?, made: Double, plan: StudyPlan)] = [:]
    var observer: StudyObserver
  }

  /// Seconds after which data may have been added.
  private static let patience = 20.0

  public init(home: Home, wordNet: String?, reader: RunsReader) {
    (self.home, self.wordNet) = (home, wordNet)
    known = Mutex(Known(observer: StudyObserver(home: home, reader: reader)))
  }

  public func list() -> [StudyEntry] { StudyEntry.all(in: home) }

  /// - Throws: a ``Problem`` where the study cannot be read or planned.
  public func look(_ name: String) throws(Problem) -> StudyView {
    try known.withLock { (known) throws(Problem) in
      let stamp = FileStamp("\(home.studies)/\(name)/study.yaml")
      let now = steadyTime()
      if let kept = known.plans[name], kept.stamp == stamp, now - kept.made < Self.patience {} else {
        known.plans[name] = (stamp, now, try StudyPlan(StudyFile(name, home: home), home: home, wordNet: wordNet))
      }
      let plan = known.plans[name]!.plan
      let standing = try known.observer.look(at: plan)
      return StudyView(plan, standing, speeds: known.observer.speeds, isRun: StudyProcess.isRun(name, home: home))
    }
  }

  /// Writes a study of saved label sets under a free name.
  /// - Returns: the name.
  /// - Throws: a ``Problem`` where it cannot be written.
  public func make(labelSets: [String], dataset: String) throws(Problem) -> String {
    let stem = String("sets-\(labelSets.first ?? "")".prefix(20))
    let taken = Set(StudyFile.names(in: home))
    let name = ([stem] + (2...999).map { "\(stem)-\($0)" }).first { !taken.contains($0) } ?? stem
    try AtomicFile.write(StudyTemplate.text(labelSets: labelSets, dataset: dataset), to: "\(home.studies)/\(name)/study.yaml")
    return name
  }
}

/// A process that runs a study, away from the terminal.
public enum StudyProcess {
  private static func lockFile(_ name: String, _ home: Home) -> String { "\(home.studies)/\(name)/runner-\(RunQueue.host)" }

  /// Is held by whoever runs the study; nil where another does already.
  package static func hold(_ name: String, home: Home) throws(Problem) -> FileLock? {
    try AtomicFile.makeFolder("\(home.studies)/\(name)")
    return try FileLock.take(lockFile(name, home), creating: true, what: "the study")
  }

  public static func isRun(_ name: String, home: Home) -> Bool {
    let path = lockFile(name, home)
    guard access(path, F_OK) == 0 else { return false }
    do throws(Problem) {
      return try FileLock.take(path, what: "the study").map { _ in false } ?? true
    } catch {
      return false
    }
  }

  public static func log(_ name: String, home: Home) -> String { "\(home.studies)/\(name)/log.txt" }

  /// Starts `study run` or `study resume` in a session of its own, which writes into the study's log.
  /// - Throws: a ``Problem`` where no process can be started.
  public static func start(_ verb: String, _ name: String, home: Home, wordNet: String? = nil, more: [String] = [], executable: String = "/proc/self/exe") throws(Problem) {
    let log = log(name, home: home)
    try AtomicFile.makeFolder("\(home.studies)/\(name)")
    let words = ["imagenet-tui", "study", verb, name, "--yes", "--home", home.path] + (wordNet.map { ["--wordnet", $0] } ?? []) + more
    let (process, code) = ChildProcess.start(executable, arguments: words, inNewSession: true) { files in
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
      posix_spawn_file_actions_adddup2(&files, 1, 2)
    }
    guard code == 0 else { throw AtomicFile.failure("cannot start the study", name, code: code) }
    // Whoever started a process has to take note of its end, or its number stays in use.
    DispatchQueue.global(qos: .background).async { _ = waitpid(process, nil, 0) }
  }

  /// Asks whoever runs the study to end, and its runs for a checkpoint.
  /// - Returns: how many runs were asked.
  /// - Throws: a ``Problem`` where nothing can be written.
  @discardableResult
  public static func stop(_ name: String, _ standing: [(state: WorkState, run: String?)], home: Home) throws(Problem) -> Int {
    try AtomicFile.write("stop\n", to: stopFile(name, home: home))
    return stopRuns(standing, home: home)
  }

  /// Is written to ask whoever runs the study to end.
  public static func stopFile(_ name: String, home: Home) -> String { "\(home.studies)/\(name)/stop" }

  /// One that has ended meanwhile needs nothing.
  @discardableResult
  static func stopRuns(_ standing: [(state: WorkState, run: String?)], home: Home) -> Int {
    standing.filter { $0.state.isLive }.compactMap(\.run).count { id in
      (try? RunDirectory("\(home.runs)/\(id)").stop(home: home)) != nil
    }
  }
}
