import Glibc

/// Points in time as names and lines of a log have them.
package enum TimeStamp {
  /// The characters of ``utc(_:separator:)`` without a separator.
  package static let length = 15

  /// `20151231-235959` in UTC, so that names sort by time on every machine; with a separator `2015-12-31 23:59:59`.
  /// - Parameter unixTime: seconds since 1970.
  package static func utc(_ unixTime: Double, separator: String = "") -> String {
    var seconds = time_t(max(0, min(unixTime, 2.5e11)))
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ width: Int = 2) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = [digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1), digits(parts.tm_mday)]
    let time = [digits(parts.tm_hour), digits(parts.tm_min), digits(parts.tm_sec)]
    return separator.isEmpty
      ? date.joined() + "-" + time.joined()
      : date.joined(separator: "-") + separator + time.joined(separator: ":")
  }
}
