import Basics
import FoundationEssentials
import Glibc
import Kernels

/// A matrix of 32-bit floats in NumPy's format, version 1.0
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
public enum NumPyFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]

  /// Writes a tensor, whole or not at all.
  /// - Throws: a ``Problem`` where the file cannot be written.
  public static func write(_ tensor: Tensor, to path: String) throws(Problem) {
    try AtomicFile.write(to: path) { (file) throws(Problem) in
      var code = header(tensor.shape).withUnsafeBytes { AtomicFile.append($0, to: file) }
      if code == 0 { code = AtomicFile.append(UnsafeRawBufferPointer(tensor.elements), to: file) }
      if code != 0 { throw AtomicFile.failure("cannot write", path, code: code) }
    }
  }

  /// Writes a matrix block by block, whole or not at all: it is never in memory together.
  /// - Parameter body: hands the next rows to the writer that it gets.
  /// - Throws: what `body` throws, and a ``Problem`` where the disk takes no more.
  public static func write(
    width: Int, to path: String, _ body: (_ writer: NumPyWriter) throws(Problem) -> Void
  ) throws(Problem) {
    try AtomicFile.write(to: path) { (file) throws(Problem) in
      // How many rows there are is known at the end: the header has room for any number.
      let writer = NumPyWriter(width: width, path: path, file: file)
      try writer.write(header([0, width], length: 128))
      try body(writer)
      let text = header([writer.rows, width], length: 128)
      guard pwrite(file, text, text.count, 0) == text.count else { throw AtomicFile.failure("cannot write", path) }
    }
  }

  /// - Parameter length: of the header in bytes; nil: what it needs, in whole blocks of 64.
  package static func header(_ shape: [Int], length: Int? = nil) -> [UInt8] {
    let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
    let start = magic.count + 2
    let wanted = length ?? (start + text.utf8.count + 64) / 64 * 64
    text += String(repeating: " ", count: wanted - start - text.utf8.count - 1) + "\n"
    let count = UInt16(text.utf8.count)
    return magic + [UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  /// Opens a tensor of little-endian 32-bit floats in C order. The floats stay in the file and are read when they are looked at; nobody
  /// may write to them. The file may be replaced, and must not be cut short in place.
  /// - Throws: a ``Problem`` where the file cannot be read, or is anything else, or is longer or shorter than it says.
  public static func read(_ path: String) throws(Problem) -> Tensor { try open(path).values }

  /// As ``read(_:)``, with the file in which the floats stay.
  package static func open(_ path: String) throws(Problem) -> (values: Tensor, file: MappedFile?) {
    let file = try MappedFile(path: path)
    let bytes = file.bytes
    let start = magic.count + 2
    guard bytes.count >= start, bytes[..<8].elementsEqual(magic) else {
      throw Problem("not a NumPy file", at: path, expected: "\\x93NUMPY 1.0 at its beginning", kind: .data)
    }
    let count = Int(bytes[8]) | Int(bytes[9]) << 8
    guard bytes.count >= start + count else {
      throw Problem("the NumPy file is cut short", at: path, expected: "a header of \(count) bytes", kind: .data)
    }
    let shape = try parse(String(decoding: bytes[start..<start + count], as: UTF8.self), path)
    let wanted = shape.reduce(4 as Int?) { product, side in
      product.flatMap { $0.multipliedReportingOverflow(by: side).overflow ? nil : $0 * side }
    }
    let data = bytes.count - start - count
    guard let wanted, wanted == data else {
      throw Problem(
        "the NumPy file's size does not fit its shape", at: path, expected: "\(wanted.map(String.init) ?? "too many") bytes",
        found: "\(data)", advice: "delete it, it is made again", kind: .data)
    }
    let floats = UnsafeRawBufferPointer(rebasing: bytes[(start + count)...])
    guard (start + count) % MemoryLayout<Float>.alignment == 0, data > 0 else {
      // Written elsewhere with a header of an odd length.
      let tensor = Tensor(shape)
      UnsafeMutableRawBufferPointer(tensor.elements).copyMemory(from: floats)
      return (tensor, nil)
    }
    return (Tensor(storage: FloatStorage(reading: floats.bindMemory(to: Float.self), owner: file), offset: 0, shape: shape), file)
  }

  private static func parse(_ header: String, _ path: String) throws(Problem) -> [Int] {
    let packed = header.filter { !$0.isWhitespace }
    guard packed.contains("'descr':'<f4'"), packed.contains("'fortran_order':False") else {
      throw Problem(
        "the NumPy file holds something else", at: path, expected: "'<f4' in C order", found: String(header.prefix(80)), kind: .data)
    }
    let sides = packed.split(separator: "'shape':(").dropFirst().first?.prefix { $0 != ")" }
      .split(separator: ",").map { Int($0) }
    guard let sides, !sides.isEmpty, sides.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
      throw Problem("the NumPy file has no shape", at: path, expected: "'shape': (rows, columns)", found: String(header.prefix(80)), kind: .data)
    }
    return sides.map { $0! }
  }
}

/// Takes the rows of a matrix, block by block.
public final class NumPyWriter {
  private let width: Int
  private let path: String
  private let file: Int32
  fileprivate private(set) var rows = 0

  fileprivate init(width: Int, path: String, file: Int32) {
    (self.width, self.path, self.file) = (width, path, file)
  }

  /// - Parameter block: the next rows, [count, width].
  /// - Throws: a ``Problem`` where the disk takes no more.
  public func append(_ block: Tensor) throws(Problem) {
    precondition(block.shape.count == 2 && block.shape[1] == width, "rows of shape \(block.shape) for a width of \(width)")
    try check(AtomicFile.append(UnsafeRawBufferPointer(block.elements), to: file))
    rows += block.shape[0]
  }

  fileprivate func write(_ bytes: [UInt8]) throws(Problem) { try check(bytes.withUnsafeBytes { AtomicFile.append($0, to: file) }) }

  private func check(_ code: Int32) throws(Problem) {
    if code != 0 { throw AtomicFile.failure("cannot write", path, code: code) }
  }
}
