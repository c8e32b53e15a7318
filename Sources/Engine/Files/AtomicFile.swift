import Basics
import FoundationEssentials
import Glibc

/// Files that appear whole or not at all: written beside their target, flushed to the disk, renamed.
public enum AtomicFile {
  /// How an unfinished file is named; one that a killed process left behind may be deleted.
  package static let unfinishedSuffix = ".part"

  /// Writes `bytes` to `path`, making the folders above it.
  /// - Parameter durable: whether the file must survive a power cut. Files that are written again every second are
  ///   whole without it.
  /// - Throws: a ``Problem`` that names the path and the system's reason; the old file, if any, is then untouched.
  public static func write(
    _ bytes: some ContiguousBytes, to path: String, durable: Bool = true
  ) throws(Problem) {
    try write(to: path, durable: durable) { (file) throws(Problem) in
      let code = bytes.withUnsafeBytes { append($0, to: file) }
      if code != 0 { throw failure("cannot write", path, code: code) }
    }
  }

  /// - Throws: a ``Problem`` with the system's reason; the file is then as it was.
  public static func write(_ text: String, to path: String, durable: Bool = true) throws(Problem) {
    try write(Array(text.utf8), to: path, durable: durable)
  }

  /// Writes a file piece by piece: `body` gets the open descriptor of the file beside the target.
  public static func write(
    to path: String, durable: Bool = true, _ body: (Int32) throws(Problem) -> Void
  ) throws(Problem) {
    var status = stat()
    if stat(path, &status) == 0, [S_IFCHR, S_IFIFO].contains(status.st_mode & S_IFMT) { return try writeThrough(to: path, body) }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try makeFolder(folder.isEmpty ? "/" : folder)
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max))\(unfinishedSuffix)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot write", path) }
    do throws(Problem) {
      defer { close(descriptor) }
      try body(descriptor)
      if durable && fsync(descriptor) != 0 { throw failure("cannot write", path) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      let problem = failure("cannot write", path)
      unlink(temporary)
      throw problem
    }
    if durable { flushFolder(folder.isEmpty ? "/" : folder) }
  }

  /// Devices and pipes (`-o /dev/null`) take what comes and stay what they are: a file renamed to their name would replace them.
  private static func writeThrough(to path: String, _ body: (Int32) throws(Problem) -> Void) throws(Problem) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot write", path) }
    defer { close(descriptor) }
    try body(descriptor)
  }

  /// - Throws: a ``Problem`` where `folder` takes no small file now.
  package static func probe(_ folder: String) throws(Problem) {
    let path = "\(folder)/.probe"
    try write([UInt8](repeating: 0, count: 4096), to: path, durable: false)
    unlink(path)
  }

  /// Renames a file unless something has the new name already, which `rename` would replace.
  /// - Returns: the system's error code (EEXIST where the name is taken), or 0.
  package static func renameIfFree(_ from: String, _ to: String) -> Int32 {
    if link(from, to) == 0 { return unlink(from) == 0 ? 0 : errno }
    // Some file systems know no second name of a file.
    guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { return errno }
    if access(to, F_OK) == 0 { return EEXIST }
    return rename(from, to) == 0 ? 0 : errno
  }

  /// Makes a rename, a new file or a removal in `folder` survive a power cut.
  package static func flushFolder(_ folder: String) {
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Writes all of `buffer` at the end of what was written; the system's error code, or 0.
  package static func append(_ buffer: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = buffer
    while !rest.isEmpty {
      let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      if written < 0 { return errno }
      if written == 0 { return ENOSPC }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
    return 0
  }

  /// Makes `path` and every folder above it that is missing.
  /// - Throws: a ``Problem`` with the system's reason.
  public static func makeFolder(_ path: String) throws(Problem) {
    let code = make(path)
    if code != 0 { throw failure("cannot make the folder", path, code: code) }
  }

  /// The system's error code, or 0.
  private static func make(_ path: String) -> Int32 {
    if isFolder(path) || mkdir(path, 0o777) == 0 { return 0 }
    let code = errno
    // Another process was quicker.
    if code == EEXIST { return isFolder(path) ? 0 : ENOTDIR }
    let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    guard code == ENOENT, !above.isEmpty else { return code }
    let failed = make(above)
    return failed != 0 || mkdir(path, 0o777) == 0 || errno == EEXIST && isFolder(path) ? failed : errno
  }

  package static func failure(_ what: String, _ path: String, code: Int32 = errno) -> Problem { FileFailure.writing(what, path, code: code) }
}
