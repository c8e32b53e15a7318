import Glibc
import Taxonomy

/// Keeps two workers from one run, on one machine and, where the file system's locks reach (NFSv4 does), on several.
///
/// The system frees the lock when its owner dies. Where the file system has no locks, the heartbeat alone decides.
package final class RunLock {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Throws: a ``Problem`` where another worker is on the run.
  package static func take(_ run: RunDirectory) throws(Problem) -> RunLock {
    let descriptor = open(run.lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot lock the run", run.lockFile) }
    let lock = RunLock(descriptor: descriptor)
    let isTaken = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    let isLive = try run.state().isLive
    if isTaken || isLive { throw taken(run) }
    return lock
  }

  private static func taken(_ run: RunDirectory) -> Problem {
    let owner = run.heartbeat()?.worker
    return Problem(
      "another worker is on the run", at: run.id, found: owner.map { "process \($0.pid) on \($0.host)" },
      advice: "see `imagenet-tui runs show \(run.id)`")
  }
}
