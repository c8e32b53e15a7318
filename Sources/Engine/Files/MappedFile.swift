import Basics
import Glibc

/// A file's bytes, mapped read-only: only the pages that are looked at are read.
///
/// Meant for files that are replaced by renaming and never cut short in place.
package final class MappedFile: @unchecked Sendable {
  package let bytes: UnsafeRawBufferPointer

  /// - Throws: a ``Problem`` where the path is no readable, regular file.
  package init(path: String) throws(Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileFailure.reading("cannot read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("cannot read", at: path, expected: "a file", found: isFolder(path) ? "a folder" : "something else", kind: .data)
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, status.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw FileFailure.reading("cannot read", path)
    }
    bytes = UnsafeRawBufferPointer(start: start, count: status.st_size)
  }

  /// Takes what was read out of this process's memory; what is looked at again comes from the system's cache of files, or the disk.
  package func forget() {
    if let start = bytes.baseAddress { madvise(UnsafeMutableRawPointer(mutating: start), bytes.count, MADV_DONTNEED) }
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
