import Glibc

/// Tells whether a file is still the one that was read.
package struct FileStamp: Equatable, BitwiseCopyable {
  package let inode: UInt64
  private var size, seconds, nanoseconds: Int

  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  package var isEmpty: Bool { size == 0 }

  /// When it was last written, in seconds since 1970.
  package var modified: Double { Double(seconds) + Double(nanoseconds) * 1e-9 }
}

/// Seconds on a clock that only ever goes forward.
package func steadyTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
