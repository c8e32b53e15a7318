import Dispatch
import FoundationEssentials
import Glibc
import Taxonomy

/// Starts workers: processes in a session of their own, without a terminal, so that neither closing the screen nor losing
/// the line reaches them.
public enum WorkerProcess {
  /// Starts a worker on `run` and returns when it has begun.
  ///
  /// - Parameter executable: the program to run as `executable worker RUN-DIR --home HOME`; by default the one that runs now,
  ///   even where its file has been replaced meanwhile.
  /// - Throws: a ``Problem`` where no process can be started, or it leaves before it began; it then says why.
  public static func start(
    _ run: RunDirectory, home: Home, executable: String = "/proc/self/exe"
  ) throws(Problem) {
    let (process, code) = ChildProcess.start(
      executable, arguments: ["imagenet-tui", "worker", run.path, "--home", home.path], inNewSession: true
    ) { files in
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
      // What the runtime says before it dies belongs in the log.
      posix_spawn_file_actions_addopen(&files, 1, run.log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
      posix_spawn_file_actions_adddup2(&files, 1, 2)
    }
    guard code == 0 else { throw AtomicFile.failure("cannot start a worker", run.id, code: code) }
    try waitForBeginning(of: process, run)
  }

  private static func waitForBeginning(of process: pid_t, _ run: RunDirectory) throws(Problem) {
    let start = steadyTime()
    // A machine under load may take long; the worker begins all the same.
    while steadyTime() - start < 20 {
      if run.heartbeat()?.worker.pid == process { break }
      if waitpid(process, nil, WNOHANG) == process {
        if run.heartbeat()?.worker.pid == process { return }
        throw Problem(
          "the worker could not begin", at: run.id, found: try run.logTail(lines: 1).last,
          advice: "see `imagenet-tui runs log \(run.id)`")
      }
      usleep(10_000)
    }
    // Whoever started a process has to take note of its end, or its number stays in use.
    DispatchQueue.global(qos: .background).async { _ = waitpid(process, nil, 0) }
  }
}
