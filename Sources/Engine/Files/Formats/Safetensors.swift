import Basics
import FoundationEssentials
import Glibc
import Kernels

/// Named tensors in a file, in the safetensors format; floats of 32 bits, where others wrote it also of 16 and 64.
///
/// Files written here carry a CRC-32C of their data in the metadata, so that damage that leaves the header
/// readable is found as well. The data goes from the tensors' own memory to the file and back, without a copy.
public final class SafetensorsFile {
  public let path: String
  public var metadata: [String: String] { header.metadata }
  /// The names, sorted.
  public var names: [String] { header.tensors.keys.sorted() }

  private let header: SafetensorsHeader
  /// Whether floats of other precisions are taken.
  private let isConverting: Bool
  private let descriptor: Int32
  private let dataStart: Int
  private let dataBytes: Int
  package static let checksumKey = "crc32c"

  // MARK: Writing

  /// Writes `tensors` to `path`: beside it, flushed to the disk, renamed.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String], to path: String
  ) throws(Problem) {
    var header = SafetensorsHeader()
    var end = 0
    var checksum = CRC32C()
    for (name, tensor) in tensors {
      precondition(header.tensors[name] == nil, "two tensors are named \(name)")
      let bytes = UnsafeRawBufferPointer(tensor.elements)
      header.tensors[name] = .init(dtype: "F32", shape: tensor.shape, offsets: [end, end + bytes.count])
      end += bytes.count
      checksum.update(bytes)
    }
    header.metadata = metadata
    header.metadata[checksumKey] = String(checksum.value, radix: 16)
    try AtomicFile.write(to: path) { (file) throws(Problem) in
      var code = header.encoded().withUnsafeBytes { AtomicFile.append($0, to: file) }
      for (_, tensor) in tensors where code == 0 {
        code = AtomicFile.append(UnsafeRawBufferPointer(tensor.elements), to: file)
      }
      if code != 0 { throw AtomicFile.failure("cannot write the weights", path, code: code) }
    }
  }

  // MARK: Reading

  /// Opens a file and checks its header.
  /// - Parameter isConverting: whether floats of 16 and 64 bits are taken too; a training goes on with its own bits only.
  /// - Throws: a ``Problem`` where it cannot be read, or is not a whole safetensors file.
  public init(_ path: String, isConverting: Bool = false) throws(Problem) {
    self.path = path
    self.isConverting = isConverting
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot open the weights", path) }
    do {
      (header, dataStart, dataBytes) = try Self.readHeader(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  public func shape(of name: String) -> [Int]? { header.tensors[name]?.shape }

  package func format(of name: String) -> FloatFormat? { header.tensors[name].flatMap { FloatFormat(rawValue: $0.dtype) } }

  /// Reads the tensor called `name` into `tensor`, which must have its shape.
  /// - Throws: a ``Problem`` where the file has no such tensor, or cannot be read.
  public func read(_ name: String, into tensor: Tensor) throws(Problem) {
    guard let entry = header.tensors[name] else {
      throw Problem("cannot read the weights", at: path, expected: "a tensor \(name)", found: "none of that name", kind: .data)
    }
    guard entry.shape == tensor.shape else {
      throw Problem(
        "cannot read the weights", at: "\(path): \(name)", expected: "F32 \(tensor.shape)",
        found: "\(entry.dtype) \(entry.shape)", advice: "the file belongs to another network", kind: .data)
    }
    guard let format = FloatFormat(rawValue: entry.dtype), isConverting || format == .single else {
      throw Problem(
        "cannot read the weights", at: "\(path): \(name)",
        expected: isConverting ? "floats (\(FloatFormat.allCases.map(\.rawValue).joined(separator: ", ")))" : "F32",
        found: entry.dtype,
        advice: isConverting ? "turn quantised weights back into floats where they were made" : "`imagenet-tui weights import` converts it",
        kind: .data)
    }
    let start = dataStart + entry.range.lowerBound
    if format == .single {
      return try Self.read(descriptor, UnsafeMutableRawBufferPointer(tensor.elements), at: start, path)
    }
    try convert(format, at: start, into: tensor.elements, name)
  }

  private func convert(
    _ format: FloatFormat, at start: Int, into target: UnsafeMutableBufferPointer<Float>, _ name: String
  ) throws(Problem) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    let most = block.count / format.bytes
    for first in stride(from: 0, to: target.count, by: most) {
      let part = UnsafeMutableBufferPointer(rebasing: target[first..<min(target.count, first + most)])
      let bytes = UnsafeMutableRawBufferPointer(rebasing: block.prefix(part.count * format.bytes))
      try Self.read(descriptor, bytes, at: start + first * format.bytes, path)
      guard let tooLarge = format.read(UnsafeRawBufferPointer(bytes), into: part) else { continue }
      throw Problem(
        "the weights do not fit single precision", at: "\(path): \(name)", expected: "numbers up to 3.4e38",
        found: "\(tooLarge.value) at index \(first + tooLarge.first)",
        advice: "the training that wrote them diverged: take weights of an earlier step", kind: .data)
    }
  }

  /// Compares the data with the checksum that the file carries, if it carries one.
  /// - Throws: a ``Problem`` where the content is not what the checksum says.
  public func verify() throws(Problem) {
    guard let expected = metadata[Self.checksumKey] else { return }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var checksum = CRC32C()
    var position = 0
    while position < dataBytes {
      let part = UnsafeMutableRawBufferPointer(rebasing: block.prefix(dataBytes - position))
      try Self.read(descriptor, part, at: dataStart + position, path)
      checksum.update(UnsafeRawBufferPointer(part))
      position += part.count
    }
    let found = String(checksum.value, radix: 16)
    guard found == expected else {
      throw Problem(
        "the weights are damaged", at: path, expected: "checksum \(expected)", found: found,
        advice: "use an earlier checkpoint", kind: .data)
    }
  }

  private static func readHeader(
    _ descriptor: Int32, _ path: String
  ) throws(Problem) -> (SafetensorsHeader, dataStart: Int, dataBytes: Int) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("cannot read the weights", at: path, expected: "a file", found: "something else", kind: .data)
    }
    let size = Int(status.st_size)
    guard size >= 8 else {
      throw Problem("cannot read the weights", at: path, expected: "a safetensors file", found: "\(size) bytes", kind: .data)
    }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { (bytes) throws(Problem) in
      try read(descriptor, bytes, at: 0, path)
    }
    length = UInt64(littleEndian: length)
    guard length <= UInt64(min(SafetensorsHeader.largest, size - 8)) else {
      throw Problem(
        "cannot read the weights", at: path,
        expected: "a header of at most \(min(SafetensorsHeader.largest, size - 8)) bytes", found: "\(length)",
        advice: "the file is cut short or is no safetensors file", kind: .data)
    }
    let json = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(length), alignment: 8)
    defer { json.deallocate() }
    try read(descriptor, json, at: 8, path)
    let start = 8 + Int(length)
    return (try SafetensorsHeader(json: Data(json), dataBytes: size - start, path: path), start, size - start)
  }

  private static func read(
    _ descriptor: Int32, _ target: UnsafeMutableRawBufferPointer, at offset: Int, _ path: String
  ) throws(Problem) {
    var done = 0
    while done < target.count {
      let count = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw FileFailure.reading("cannot read the weights", path) }
      guard count > 0 else {
        throw Problem("cannot read the weights", at: path, found: "the file became shorter while it was read", kind: .data)
      }
      done += count
    }
  }
}
