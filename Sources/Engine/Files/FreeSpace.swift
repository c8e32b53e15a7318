import Glibc

/// The bytes that may still be written where a path lies; nil where that cannot be told. Network file systems and quotas report numbers
/// of blocks that no file has.
package func freeSpace(at path: String) -> Int? {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  let (bytes, isMore) = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
  return isMore ? .max : bytes
}
