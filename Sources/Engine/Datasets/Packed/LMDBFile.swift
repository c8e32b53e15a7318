import Basics
import Files
import Glibc

/// The file of a database, read at places and never mapped: where a mapping would end the process by a signal, because somebody cut the
/// file short or its disk fails, this is an error.
final class LMDBFile: @unchecked Sendable {
  let path: String
  private let descriptor: Int32

  /// - Throws: a ``Problem`` where the path is no readable, regular file.
  init(path: String) throws(Problem) {
    // A pipe must not block.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    self.path = path
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read the database", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Problem("cannot read the database", at: path, expected: "a file", found: "something else", kind: .data)
    }
    // What is read next lies anywhere: reading ahead would read the pictures too where only their labels are asked for.
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
  }

  deinit { close(descriptor) }

  var size: UInt64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? UInt64(status.st_size) : 0
  }

  /// Fills `target` with the bytes from `place` on.
  /// - Throws: a ``Problem`` where the file ends before, or cannot be read there.
  func read(_ target: UnsafeMutableRawBufferPointer, at place: UInt64) throws(Problem) {
    var done = 0
    while done < target.count {
      guard let offset = off_t(exactly: place + UInt64(done)) else { throw cutShort(wanted: place) }
      let count = pread(descriptor, target.baseAddress! + done, target.count - done, offset)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.reading("cannot read the database", path) }
      guard count > 0 else { throw cutShort(wanted: place + UInt64(target.count)) }
      done += count
    }
  }

  func cutShort(wanted: UInt64) -> Problem {
    Problem(
      "the database was cut short", at: path, expected: "at least \(wanted) bytes", found: "\(size)",
      advice: "copy it again, when nothing writes to it", kind: .data)
  }

  func damaged(page: UInt64, expected: String, found: String? = nil) -> Problem {
    Problem(
      "the database is damaged", at: "\(path), page \(page)", expected: expected, found: found,
      advice: "copy or pack it again", kind: .data)
  }
}
