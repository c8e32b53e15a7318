import Basics
import Glibc

/// The right of one process to write into a folder; the system takes it back when the process dies.
package struct FolderLock {
  private let descriptor: Int32

  /// - Parameters:
  ///   - path: the lock's file, directly in the folder.
  ///   - doing: what a process that has it does, as "packs into".
  /// - Throws: a ``Problem`` where another process has it.
  package init(_ path: String, doing: String) throws(Problem) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot write into the folder", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      throw Problem("another process \(doing) this folder", at: folder, advice: "wait until it is done", kind: .temporary)
    }
  }

  package func release() { close(descriptor) }
}
