import Basics
import Files
import Glibc

/// Keeps two workers from one run, on one machine and, where the file system's locks reach (NFSv4 does), on several.
///
/// Where the file system has no locks, the heartbeat alone decides.
package struct RunLock {
  private let lock: FileLock

  /// - Parameter patience: how many seconds to wait for a worker that is gone, but whose lock is not: a process that was killed holds its
  ///   locks until its last thread has ended, a moment after it counts as dead.
  /// - Throws: a ``Problem`` where another worker is on the run.
  package static func take(_ run: RunDirectory, patience: Double = 5) throws(Problem) -> RunLock {
    let start = steadyTime()
    while true {
      let lock = try FileLock.take(run.lockFile, creating: true, what: "the run")
      if try run.state().isLive { throw taken(run) }
      if let lock { return RunLock(lock: lock) }
      guard steadyTime() - start < patience else { throw taken(run) }
      usleep(5_000)
    }
  }

  static func taken(_ run: RunDirectory) -> Problem {
    let owner = run.heartbeat()?.worker
    return Problem(
      "another worker is on the run", at: run.id, found: owner.map { "process \($0.pid) on \($0.host)" },
      advice: "see \(ShellCommand("runs", "show", run.id).inSentence)", kind: .temporary)
  }
}
