import FoundationEssentials
import Taxonomy
import Glibc

/// Files that appear whole or not at all: written beside their target, flushed to the disk, renamed.
public enum AtomicFile {
  /// Writes `bytes` to `path`, making the folders above it.
  /// - Throws: a ``Problem`` that names the path and the system's reason; the old file, if any, is then untouched.
  public static func write(_ bytes: some ContiguousBytes, to path: String) throws(Problem) {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try makeFolder(folder.isEmpty ? "/" : folder)
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot write", path) }
    let complete = bytes.withUnsafeBytes { buffer -> Bool in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return false }
        rest = rest.dropFirst(written)
      }
      return fsync(descriptor) == 0
    }
    let reason = errno
    close(descriptor)
    guard complete, rename(temporary, path) == 0 else {
      let problem = failure("cannot write", path, code: complete ? errno : reason)
      unlink(temporary)
      throw problem
    }
    // The rename itself must survive a power cut.
    let directory = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  public static func write(_ text: String, to path: String) throws(Problem) {
    try write(Array(text.utf8), to: path)
  }

  /// Makes `path` and every folder above it that is missing.
  public static func makeFolder(_ path: String) throws(Problem) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw failure("cannot make the folder", path)
    }
  }

  static func failure(_ what: String, _ path: String, code: Int32 = errno) -> Problem {
    Problem(
      what, at: path, found: String(cString: strerror(code)),
      advice: code == ENOSPC
        ? "free some space" : code == EACCES || code == EROFS ? "choose another --home" : nil)
  }
}

extension Slice where Base == UnsafeRawBufferPointer {
  fileprivate var baseAddress: UnsafeRawPointer? { UnsafeRawBufferPointer(rebasing: self).baseAddress }
}
