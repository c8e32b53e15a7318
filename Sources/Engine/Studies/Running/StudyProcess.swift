import Basics
import Dispatch
import Files
import FoundationEssentials
import Glibc
import Runs

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
