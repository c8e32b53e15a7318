import FoundationEssentials
import Glibc
import Kernels
import Taxonomy

/// A matrix of 32-bit floats in NumPy's format, version 1.0
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
public enum NumPyFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]

  /// Writes a tensor, whole or not at all.
  public static func write(_ tensor: Tensor, to path: String) throws(Problem) {
    let sides = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
    let start = magic.count + 2
    text += String(repeating: " ", count: 63 - (start + text.utf8.count) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    let header = magic + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    try AtomicFile.write(to: path) { (file) throws(Problem) in
      var code = header.withUnsafeBytes { AtomicFile.append($0, to: file) }
      if code == 0 { code = AtomicFile.append(UnsafeRawBufferPointer(tensor.elements), to: file) }
      if code != 0 { throw AtomicFile.failure("cannot write", path, code: code) }
    }
  }

  /// Reads a tensor of little-endian 32-bit floats in C order.
  /// - Throws: a ``Problem`` where the file cannot be read, or is anything else, or is longer or shorter than it says.
  public static func read(_ path: String) throws(Problem) -> Tensor {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("this is no NumPy file", at: path, expected: "a regular file")
    }
    let start = magic.count + 2
    var fixed = [UInt8](repeating: 0, count: start)
    guard fixed.withUnsafeMutableBytes({ fill($0, from: descriptor, at: 0) }), Array(fixed[..<8]) == magic else {
      throw Problem("this is no NumPy file", at: path, expected: "\\x93NUMPY 1.0 at its beginning")
    }
    var header = [UInt8](repeating: 0, count: Int(fixed[8]) | Int(fixed[9]) << 8)
    guard header.withUnsafeMutableBytes({ fill($0, from: descriptor, at: start) }) else {
      throw Problem("the NumPy file is cut short", at: path, expected: "a header of \(header.count) bytes")
    }
    let shape = try parse(String(decoding: header, as: UTF8.self), path)
    // The shape is checked against the file's size before any memory is asked for.
    let bytes = shape.reduce(4 as Int?) { product, side in
      product.flatMap { $0.multipliedReportingOverflow(by: side).overflow ? nil : $0 * side }
    }
    let data = Int(status.st_size) - start - header.count
    guard let bytes, bytes == data else {
      throw Problem(
        "the NumPy file's size does not fit its shape", at: path, expected: "\(bytes.map(String.init) ?? "too many") bytes",
        found: "\(data)", advice: "delete it, it is made again")
    }
    let tensor = Tensor(shape)
    guard fill(UnsafeMutableRawBufferPointer(tensor.elements), from: descriptor, at: start + header.count) else {
      throw AtomicFile.failure("cannot read", path)
    }
    return tensor
  }

  private static func parse(_ header: String, _ path: String) throws(Problem) -> [Int] {
    let packed = header.filter { !$0.isWhitespace }
    guard packed.contains("'descr':'<f4'"), packed.contains("'fortran_order':False") else {
      throw Problem(
        "the NumPy file holds something else", at: path, expected: "'<f4' in C order", found: String(header.prefix(80)))
    }
    let sides = packed.split(separator: "'shape':(").dropFirst().first?.prefix { $0 != ")" }
      .split(separator: ",").map { Int($0) }
    guard let sides, !sides.isEmpty, sides.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
      throw Problem("the NumPy file has no shape", at: path, expected: "'shape': (rows, columns)", found: String(header.prefix(80)))
    }
    return sides.map { $0! }
  }

  /// False where the file ends before the buffer does, or cannot be read.
  private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int) -> Bool {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      done += count
    }
    return true
  }
}
