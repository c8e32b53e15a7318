import FoundationEssentials
import Glibc
import Taxonomy

/// The JSON files of a run.
package enum RunJSON {
  /// No file of a run is larger; beyond it, it is not ours.
  static let largest = 64 << 20

  package static func write(_ value: some Encodable, to path: String, durable: Bool = true) throws(Problem) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // A training that diverges has a loss that JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("\(type(of: value)) cannot be encoded")
    }
    try AtomicFile.write(data + [UInt8(ascii: "\n")], to: path, durable: durable)
  }

  package static func read<Value: Decodable>(
    _ type: Value.Type, from path: String, what: String
  ) throws(Problem) -> Value {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw AtomicFile.failure("cannot read \(what)", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
      throw Problem("cannot read \(what)", at: path, expected: "a file of at most \(largest >> 20) MB")
    }
    var data = Data(count: Int(status.st_size))
    let count = data.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: data.prefix(max(0, count)))
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
