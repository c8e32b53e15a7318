import Basics
import FoundationEssentials
import Glibc

/// What the system answered when a file could not be read or written, and what to do about it: that follows from the operation and the path.
package enum FileFailure {
  package static func reading(_ what: String, _ path: String, code: Int32 = errno) -> Problem {
    let stop = obstacle(path)
    let advice: String? =
      switch code {
      case ENOENT where stop.map { $0 != path } ?? false: "there is no `\(stop!)`: check the path, or mount what lies there"
      case ENOENT: "check the path"
      case ENOTDIR: "`\(stop ?? path)` is a file: check the path"
      case EACCES, EPERM:
        if let stop, stop != path { "ask for the permission to enter `\(stop)` (chmod +x)" } else { "ask for the permission to read it (chmod +r)" }
      default: general(code)
      }
    return Problem(what, at: path, found: String(cString: strerror(code)), advice: advice, kind: isTemporary(code) ? .temporary : .notFound)
  }

  static func writing(_ what: String, _ path: String, code: Int32 = errno) -> Problem {
    let elsewhere = Home.holds(path) ? "choose another --home" : "choose a place that you may write to"
    let advice: String? =
      switch code {
      case EACCES, EPERM, EROFS: elsewhere
      case ENOENT: obstacle(path).map { "there is no `\($0)`" }
      case ENOTDIR, EEXIST: "`\(obstacle(path) ?? path)` is a file where a folder is needed: " + elsewhere
      case EISDIR: "there is a folder of that name: choose another name"
      default: general(code)
      }
    return Problem(what, at: path, found: String(cString: strerror(code)), advice: advice, kind: isTemporary(code) ? .temporary : .cannotWrite)
  }

  /// Whether the same may work when others have closed their files, or the network share is there again.
  private static func isTemporary(_ code: Int32) -> Bool { [EMFILE, ENFILE, EAGAIN, EBUSY, ESTALE, ENOTCONN, ETIMEDOUT].contains(code) }

  private static func general(_ code: Int32) -> String? {
    switch code {
    case ENOSPC: "free some space"
    case EDQUOT: "free some space: your quota is used up"
    case ENAMETOOLONG: "choose a shorter name"
    case EMFILE, ENFILE: "too many files are open: raise the limit with `ulimit -n`"
    case ELOOP: "links lead in a circle: remove one"
    case EIO, ESTALE, ENOTCONN: "look after the disk or the network share that it lies on"
    default: nil
    }
  }

  /// The first part of a path that is not there, is no folder, or may not be entered; the path itself where it is that alone.
  private static func obstacle(_ path: String) -> String? {
    var place = path.hasPrefix("/") ? "/" : ""
    let parts = path.split(separator: "/")
    for (index, part) in parts.enumerated() {
      place += (place.isEmpty || place == "/" ? "" : "/") + part
      var status = stat()
      guard stat(place, &status) == 0 else { return place }
      guard index + 1 < parts.count else { break }
      if status.st_mode & S_IFMT != S_IFDIR || access(place, X_OK) != 0 { return place }
    }
    return nil
  }

  /// All of a file that somebody named.
  /// - Throws: a ``Problem`` with the system's reason where it cannot be read.
  static func contents(_ path: String, _ what: String) throws(Problem) -> Data {
    if let data = FileManager.default.contents(atPath: path) { return data }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw reading(what, path) }
    close(descriptor)
    throw Problem(what, at: path, expected: "a file", found: isFolder(path) ? "a folder" : "something else", kind: .data)
  }
}
