import Basics
import Glibc
import Kernels

/// Rows of floats in a file that fills chunk by chunk, in any order: what is written survives the process, what was written only in
/// part is not there.
///
/// A chunk is 1 + the CRC-32C of the rest (u64; 0 where nothing was written), a bit for each row that is present (u64), and
/// the rows. Numbers are little-endian. A chunk is checked when it is first touched.
package final class FeatureFile {
  /// Floats of a row.
  package let width: Int
  private let chunk: Int
  private let path: String
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawBufferPointer
  /// The rows that are present, of the chunks that were checked.
  private var present: [Int: UInt64] = [:]

  private static let headBytes = 16
  private var rowBytes: Int { width * MemoryLayout<Float>.stride }

  /// The bytes of a file for so many rows.
  package static func bytes(rows: Int, width: Int, chunk: Int) -> Int {
    (rows + chunk - 1) / chunk * (headBytes + chunk * width * MemoryLayout<Float>.stride)
  }

  /// - Throws: a ``Problem`` where the file can neither be opened nor made.
  package init(_ path: String, width: Int, chunk: Int) throws(Problem) {
    precondition((1...64).contains(chunk), "a chunk of \(chunk) rows")
    self.path = path
    self.width = width
    self.chunk = chunk
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    try AtomicFile.makeFolder(folder)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot write the features", path) }
    buffer = .allocate(byteCount: Self.headBytes + chunk * width * MemoryLayout<Float>.stride, alignment: 64)
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Whether a chunk was written whole.
  package func holds(_ index: Int) throws(Problem) -> Bool {
    if present[index] != nil { return true }
    guard try fill(buffer, at: index * buffer.count) else { return false }
    guard buffer.loadUnaligned(as: UInt64.self).littleEndian == checksum() else { return false }
    present[index] = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    return true
  }

  /// Writes a chunk.
  /// - Parameters:
  ///   - rows: one for each row that is present, in order.
  ///   - present: of each row, whether it is.
  package func write(_ index: Int, rows: Tensor, present: [Bool]) throws(Problem) {
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    var bits: UInt64 = 0
    var source = UnsafeRawPointer(rows.elements.baseAddress!)
    for (row, isPresent) in present.enumerated() where isPresent {
      bits |= 1 << UInt64(row)
      (buffer.baseAddress! + Self.headBytes + row * rowBytes).copyMemory(from: source, byteCount: rowBytes)
      source += rowBytes
    }
    buffer.storeBytes(of: bits.littleEndian, toByteOffset: 8, as: UInt64.self)
    buffer.storeBytes(of: checksum().littleEndian, as: UInt64.self)
    var done = 0
    while done < buffer.count {
      let count = pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(index * buffer.count + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw AtomicFile.failure("cannot write the features", path) }
      done += count
    }
    self.present[index] = bits
  }

  /// Reads a row of a chunk that the file holds; false where the row is not present.
  package func read(_ index: Int, _ row: Int, into target: UnsafeMutableBufferPointer<Float>) throws(Problem) -> Bool {
    guard let bits = present[index] else { preconditionFailure("chunk \(index) was not asked for") }
    guard bits >> UInt64(row) & 1 == 1 else { return false }
    let place = index * buffer.count + Self.headBytes + row * rowBytes
    guard try fill(UnsafeMutableRawBufferPointer(target), at: place) else {
      throw Problem("cannot read the cached features", at: path, found: "the file became shorter while it was read", kind: .data)
    }
    return true
  }

  private func checksum() -> UInt64 {
    var checksum = CRC32C()
    checksum.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[8...]))
    return 1 + UInt64(checksum.value)
  }

  /// False where the file ends before.
  private func fill(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws(Problem) -> Bool {
    var done = 0
    while done < target.count {
      let count = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.reading("cannot read the cached features", path) }
      if count == 0 { return false }
      done += count
    }
    return true
  }
}
