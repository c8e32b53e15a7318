import Basics
import CZlib
import Glibc

/// A gzipped (or plain) IDX file of bytes, the format of the MNIST family: big-endian magic 0x00000801 (labels) or
/// 0x00000803 (images), one 32-bit size per dimension, then the bytes.
struct IDXFile {
  let path: String
  /// Labels: [count]; images: [count, height, width].
  let dimensions: [Int]
  /// On the disk, compressed.
  let length: Int
  private let headerLength: Int

  /// Reads the header, and no more.
  /// - Throws: a ``Problem`` where the file is no IDX file of `dimensionCount` dimensions, or claims more bytes than a
  ///   file of its length can hold.
  init(path: String, dimensionCount: Int) throws(Problem) {
    self.path = path
    headerLength = 4 + 4 * dimensionCount
    let file = try GzipFile(path: path)
    length = file.length
    var header = [UInt8](repeating: 0, count: headerLength)
    let received = try header.withUnsafeMutableBufferPointer { buffer throws(Problem) in
      try file.read(into: buffer)
    }
    guard received == headerLength else { throw file.endsEarly(expected: headerLength, found: received) }
    func word(_ index: Int) -> Int { header[4 * index..<4 * index + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard word(0) == 0x0800 + dimensionCount else {
      throw Problem(
        "not an IDX file of \(dimensionCount == 1 ? "labels" : "images")", at: path,
        expected: "magic 0x0000080\(dimensionCount)", found: "0x" + String(word(0), radix: 16), kind: .data)
    }
    dimensions = (1...dimensionCount).map(word)
    // Deflate shrinks to 1/1032 at best; a header that claims more is a lie, caught before memory is asked for.
    let most = length.multipliedReportingOverflow(by: 1032).partialValue
    var total = 1
    for size in dimensions {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow, product <= most else {
        throw Problem(
          "the header of the IDX file is wrong", at: path,
          expected: "sizes that a file of \(length) bytes can hold",
          found: dimensions.map(String.init).joined(separator: " × "), advice: "get the file again", kind: .data)
      }
      total = product
    }
  }

  /// All bytes behind the header, row-major.
  /// - Throws: a ``Problem`` where the file is damaged, ends early, or goes on behind the last byte.
  func read() throws(Problem) -> ByteStorage {
    let count = dimensions.reduce(1, *)
    let file = try GzipFile(path: path)
    let storage = ByteStorage(count: count)
    var spare = [UInt8](repeating: 0, count: headerLength)
    _ = try spare.withUnsafeMutableBufferPointer { buffer throws(Problem) in try file.read(into: buffer) }
    let received = try file.read(into: storage.bytes)
    guard received == count else { throw file.endsEarly(expected: count, found: received) }
    // One byte more: none may be there, and reaching the end is what makes zlib compare the checksum.
    let trailing = try spare.withUnsafeMutableBufferPointer { buffer throws(Problem) in
      try file.read(into: UnsafeMutableBufferPointer(rebasing: buffer.prefix(1)))
    }
    guard trailing == 0 else {
      throw Problem(
        "the IDX file is longer than its header says", at: path, expected: "\(count) bytes", found: "more",
        advice: "get the file again", kind: .data)
    }
    return storage
  }
}

/// A gzip file opened for reading; plain bytes are read as they are.
private final class GzipFile {
  let path: String
  /// On the disk, compressed.
  let length: Int
  private let handle: gzFile

  init(path: String) throws(Problem) {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Problem("cannot read", at: path, found: String(cString: strerror(errno)), kind: .notFound)
    }
    // A pipe would block for ever.
    guard status.st_mode & S_IFMT == S_IFREG else { throw Problem("cannot read", at: path, expected: "a file", kind: .data) }
    length = Int(status.st_size)
    guard let handle = gzopen(path, "rbe") else {
      throw Problem("cannot read", at: path, found: String(cString: strerror(errno)), kind: .notFound)
    }
    self.handle = handle
    gzbuffer(handle, 1 << 17)
  }

  deinit { gzclose_r(handle) }

  /// Fills `buffer` as far as the file goes and returns the number of bytes.
  func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(Problem) -> Int {
    var done = 0
    while done < buffer.count {
      let count = gzread(handle, buffer.baseAddress! + done, UInt32(min(buffer.count - done, 1 << 30)))
      if count < 0 { throw damaged() }
      if count == 0 { break }
      done += Int(count)
    }
    // A stream that breaks off is only told here.
    var code: Int32 = 0
    _ = gzerror(handle, &code)
    if code < 0 && code != Z_BUF_ERROR { throw damaged() }
    if code == Z_BUF_ERROR { throw endsEarly(expected: buffer.count, found: done) }
    return done
  }

  func endsEarly(expected: Int, found: Int) -> Problem {
    Problem(
      "the file ends early", at: path, expected: "\(expected) bytes more", found: "\(found)",
      advice: "get the file again", kind: .data)
  }

  private func damaged() -> Problem {
    var code: Int32 = 0
    let text = gzerror(handle, &code).map { String(cString: $0) } ?? "error \(code)"
    return Problem("the compressed file is damaged", at: path, found: text, advice: "get the file again", kind: .data)
  }
}
