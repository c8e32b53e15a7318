import Basics
import Glibc

/// A file that one process at a time may hold, on one machine and, where the file system's locks reach (NFSv4 does), on several.
///
/// The system frees it when its holder dies. Where the file system has no locks everybody holds it.
package final class FileLock {
  package let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Waits its turn; those who hold it do so for moments.
  /// - Parameter what: what it guards, for people.
  /// - Throws: a ``Problem`` where the file cannot be opened for writing, or somebody has held it for `patience` seconds.
  package static func wait(for path: String, creating: Bool = false, patience: Double = 60, what: String) throws(Problem) -> FileLock {
    let start = steadyTime()
    while true {
      if let lock = try take(path, creating: creating, what: what) { return lock }
      guard steadyTime() - start < patience else {
        throw Problem(
          "cannot change \(what)", at: path, found: "another process that has held it for \(Int(patience)) s",
          advice: "try again", kind: .temporary)
      }
      usleep(5_000)
    }
  }

  /// - Returns: nil where another holds it.
  /// - Throws: a ``Problem`` where the file cannot be opened for writing.
  package static func take(_ path: String, creating: Bool = false, what: String) throws(Problem) -> FileLock? {
    let descriptor = open(path, O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0), 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot change \(what)", path) }
    let lock = FileLock(descriptor: descriptor)
    return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK ? nil : lock
  }
}
