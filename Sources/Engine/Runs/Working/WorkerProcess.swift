import Basics
import Dispatch
import Files
import FoundationEssentials
import Glibc

/// Starts workers: processes in a session of their own, without a terminal, so that neither closing the screen nor losing
/// the line reaches them.
public enum WorkerProcess {
  /// Starts a worker on `run` and returns when it has begun.
  ///
  /// - Parameters:
  ///   - executable: the program to run as `executable worker RUN-DIR --home HOME`; by default the one that runs now, even where its
  ///     file has been replaced meanwhile.
  ///   - lock: is held by the worker too until it has begun.
  /// - Returns: false where the worker takes long to begin; it will all the same.
  /// - Throws: a ``Problem`` where no process can be started, or it leaves before it began; it then says why.
  @discardableResult
  package static func start(
    _ run: RunDirectory, home: Home, executable: String = "/proc/self/exe", holding lock: FileLock? = nil
  ) throws(Problem) -> Bool {
    // A worker that cannot write its first sign could not say so in the log either.
    try AtomicFile.probe(run.path)
    // A copy under another number outlives the exec; the original does not.
    let passed = lock.map { ($0.descriptor, $0.descriptor == 3 ? 4 : 3 as Int32) }
    let (process, code) = ChildProcess.start(
      executable,
      arguments: ["imagenet-tui", "worker", run.path, "--home", home.path] + (passed.map { ["--lock", "\($0.1)"] } ?? []),
      inNewSession: true
    ) { files in
      if let passed { posix_spawn_file_actions_adddup2(&files, passed.0, passed.1) }
      posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
      // What the runtime says before it dies belongs in the log.
      posix_spawn_file_actions_addopen(&files, 1, run.log, O_WRONLY | O_APPEND | O_CREAT, 0o644)
      posix_spawn_file_actions_adddup2(&files, 1, 2)
    }
    guard code == 0 else { throw AtomicFile.failure("cannot start a worker", run.id, code: code) }
    return try waitForBeginning(of: process, run)
  }

  private static func waitForBeginning(of process: pid_t, _ run: RunDirectory) throws(Problem) -> Bool {
    var hasBegun = false
    let start = steadyTime()
    // A machine under load may take long; the worker begins all the same.
    while steadyTime() - start < 20 {
      hasBegun = run.heartbeat()?.worker.pid == process
      if hasBegun { break }
      if waitpid(process, nil, WNOHANG) == process {
        if run.heartbeat()?.worker.pid == process { return true }
        throw Problem(
          "the worker could not begin", at: run.id, found: try run.logTail(lines: 1).last,
          advice: "see \(ShellCommand("runs", "log", run.id).inSentence)")
      }
      usleep(10_000)
    }
    // Whoever started a process has to take note of its end, or its number stays in use.
    DispatchQueue.global(qos: .background).async { _ = waitpid(process, nil, 0) }
    return hasBegun
  }
}
