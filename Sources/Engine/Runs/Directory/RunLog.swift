import Basics
import Files
import Glibc

/// The log of a run: a line for everything worth knowing afterwards, with its time in UTC.
final class RunLog {
  private let descriptor: Int32

  init(_ path: String) throws(Problem) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot write the log", path) }
  }

  deinit { close(descriptor) }

  /// A line that cannot be written is no reason to end a training.
  func write(_ line: String) {
    let text = TimeStamp.utc(unixTime(), separator: " ") + "Z  " + printable(line) + "\n"
    _ = Array(text.utf8).withUnsafeBytes { AtomicFile.append($0, to: descriptor) }
  }
}
