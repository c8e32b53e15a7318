import Taxonomy

/// Keeps two workers from one run, on one machine and, where the file system's locks reach (NFSv4 does), on several.
///
/// Where the file system has no locks, the heartbeat alone decides.
package struct RunLock {
  private let lock: FileLock

  /// - Throws: a ``Problem`` where another worker is on the run.
  package static func take(_ run: RunDirectory) throws(Problem) -> RunLock {
    guard let lock = try FileLock.take(run.lockFile, creating: true, what: "the run"), try !run.state().isLive else {
      throw taken(run)
    }
    return RunLock(lock: lock)
  }

  static func taken(_ run: RunDirectory) -> Problem {
    let owner = run.heartbeat()?.worker
    return Problem(
      "another worker is on the run", at: run.id, found: owner.map { "process \($0.pid) on \($0.host)" },
      advice: "see `imagenet-tui runs show \(run.id)`")
  }
}
