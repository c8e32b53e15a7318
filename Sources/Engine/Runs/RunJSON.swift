import FoundationEssentials
import Glibc
import Taxonomy

/// The JSON files of a run.
package enum RunJSON {
  /// No file of a run is larger; beyond it, it is not ours.
  static let largest = 64 << 20

  /// - Parameter isPretty: a line a value, for people; long lists of numbers are better without.
  package static func write(
    _ value: some Encodable, to path: String, durable: Bool = true, isPretty: Bool = true
  ) throws(Problem) {
    try AtomicFile.write(encoded(value, isPretty: isPretty), to: path, durable: durable)
  }

  /// Puts a value in the place of a file's content without asking the disk for room: spaces fill what is left of the old
  /// content. For files that tell something on a full disk; what cannot be written is left.
  static func overwrite(_ value: some Encodable, at path: String) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var bytes = Array(encoded(value))
    let length = Int(lseek(descriptor, 0, SEEK_END))
    if length > bytes.count { bytes += [UInt8](repeating: UInt8(ascii: " "), count: length - bytes.count) }
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  private static func encoded(_ value: some Encodable, isPretty: Bool = true) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    // A training that diverges has a loss that JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("\(type(of: value)) cannot be encoded")
    }
    return data + [UInt8(ascii: "\n")]
  }

  package static func read<Value: Decodable>(
    _ type: Value.Type, from path: String, what: String
  ) throws(Problem) -> Value {
    try decode(type, bytes(of: path, what: what), at: path, what: what)
  }

  static func bytes(of path: String, what: String) throws(Problem) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read \(what)", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
      throw Problem("cannot read \(what)", at: path, expected: "a file of at most \(largest >> 20) MB")
    }
    var data = Data(count: Int(status.st_size))
    let count = data.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return data.prefix(max(0, count))
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, _ data: Data, at path: String, what: String
  ) throws(Problem) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: data)
    } catch let error as DecodingError {
      throw Problem("cannot read \(what)", at: path, expected: expectation(error), advice: "the file is damaged")
    } catch {
      throw Problem("cannot read \(what)", at: path, expected: "JSON", advice: "the file is damaged")
    }
  }

  private static func expectation(_ error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    return switch error {
    case .keyNotFound(let key, let context): "a value for \(name(context.codingPath + [key]))"
    case .typeMismatch(let type, let context): "\(type) for \(name(context.codingPath))"
    case .valueNotFound(let type, let context): "\(type) for \(name(context.codingPath))"
    case .dataCorrupted(let context): context.codingPath.isEmpty ? "JSON" : "another \(name(context.codingPath))"
    @unknown default: "other JSON"
    }
  }
}
