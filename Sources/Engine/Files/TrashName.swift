import Basics
import FoundationEssentials
import Glibc

/// How something is called in a trash folder: `<time>-<name><suffix>`, the time in UTC to the microsecond, in as many
/// characters always, so that names sort by time.
package struct TrashName {
  package let name: String
  /// When it was removed, in UTC: `2015-12-31 23:59:59`.
  package let removed: String
  private static let stampLength = 22

  /// What the name of a file in the trash tells; nil where it is none of ours.
  package init?(_ file: String, suffix: String = "") {
    guard file.hasSuffix(suffix), file.utf8.count == file.count, file.count > Self.stampLength + 1 + suffix.count else {
      return nil
    }
    let stamp = Array(file.prefix(Self.stampLength))
    guard stamp[8] == "-", stamp[15] == ".", stamp.enumerated().allSatisfy({ $0 == 8 || $0 == 15 || $1.isNumber }) else {
      return nil
    }
    func part(_ range: Range<Int>) -> String { String(stamp[range]) }
    let date = [part(0..<4), part(4..<6), part(6..<8)].joined(separator: "-")
    let time = [part(9..<11), part(11..<13), part(13..<15)].joined(separator: ":")
    removed = "\(date) \(time)"
    name = String(file.dropFirst(Self.stampLength + 1).dropLast(suffix.count))
  }

  /// Moves `path` into the trash under a name that is free.
  /// - Parameter rename: the system's error code or 0; EEXIST and ENOTEMPTY where the new name is taken.
  /// - Returns: where it lies now, and 0 or the system's error code.
  package static func move(
    _ path: String, into trash: String, name: String, suffix: String = "", by rename: (String, String) -> Int32
  ) -> (path: String, code: Int32) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var microseconds = time.tv_nsec / 1000
    while true {
      let digits = String(microseconds)
      let stamp = TimeStamp.utc(Double(time.tv_sec)) + "." + String(repeating: "0", count: 6 - digits.count) + digits
      let target = "\(trash)/\(stamp)-\(name)\(suffix)"
      let code = rename(path, target)
      // Another one of that name went within the same microsecond.
      guard [EEXIST, ENOTEMPTY].contains(code), microseconds < 999_999 else { return (target, code) }
      microseconds += 1
    }
  }
}
