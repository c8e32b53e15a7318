import Basics
import FoundationEssentials
import Glibc

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
  package static func overwrite(_ value: some Encodable, at path: String) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var bytes = Array(encoded(value))
    let length = Int(lseek(descriptor, 0, SEEK_END))
    if length > bytes.count { bytes += [UInt8](repeating: UInt8(ascii: " "), count: length - bytes.count) }
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }

  /// As ``write(_:to:durable:isPretty:)`` writes it.
  package static func text(_ value: some Encodable) -> String { String(decoding: encoded(value), as: UTF8.self) }

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

  // MARK: Reading

  /// Whether a file is of a later version, so that it has to stay.
  package static func isOfNewerVersion<Value: Codable>(_ type: Value.Type, at path: String, for reader: Reader = .owner) -> Bool {
    do throws(Problem) {
      _ = try read(type, from: path, what: "the file", for: reader)
      return false
    } catch {
      return error.isOfNewerVersion
    }
  }

  /// Who reads a file: what that means for keys that this version knows nothing of.
  package enum Reader {
    /// Looks at what it knows.
    case observer
    /// Does what the file says or writes it anew, so that a key which it does not know must not be passed over.
    case owner
  }

  /// - Parameters:
  ///   - what: what the file is of: "the run".
  ///   - repair: what to do where it is damaged.
  /// - Throws: a ``Problem`` that names the file and the key; one ``Problem/isOfNewerVersion`` where a later version wrote it.
  package static func read<Value: Codable>(
    _ type: Value.Type, from path: String, what: String, for reader: Reader = .observer, repair: String = "the file is damaged"
  ) throws(Problem) -> Value {
    try decode(type, from: bytes(of: path, what: what), at: path, what: what, for: reader, repair: repair)
  }

  package static func bytes(of path: String, what: String) throws(Problem) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read \(what)", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
      throw Problem("cannot read \(what)", at: path, expected: "a file of at most \(largest >> 20) MB", kind: .data)
    }
    var data = Data(count: Int(status.st_size))
    let count = data.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return data.prefix(max(0, count))
  }

  /// As ``read(_:from:what:for:repair:)``, of the content of the file at `path`.
  package static func decode<Value: Codable>(
    _ type: Value.Type, from json: Data, at path: String, what: String, for reader: Reader = .observer, repair: String = "the file is damaged"
  ) throws(Problem) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let value: Value
    do {
      value = try decoder.decode(type, from: json)
    } catch {
      let fault = Fault(error, in: json)
      if fault.isNewer { throw newer(what, at: path, fault.key, found: fault.found, maker: maker(json)) }
      throw Problem(
        "cannot read \(what)", at: fault.key.isEmpty ? path : "\(path): \(fault.key)", expected: fault.expected, found: fault.found,
        advice: repair, kind: .data)
    }
    // What would not be written again is not known.
    if reader == .owner, let key = JSONOutline(json).firstKey(notIn: JSONOutline(encoded(value))) {
      throw newer(what, at: path, key, found: nil, maker: maker(json))
    }
    return value
  }

  /// What a later version wrote, as far as it is not known here.
  package static func newer(_ what: String, at path: String, _ key: String, found: String?, maker: ProgramVersion? = nil) -> Problem {
    let unknown = "version \(ProgramVersion.current) does not know"
    let maker = maker.flatMap { $0 > .current ? "version \($0)" : nil }
    var problem = Problem(
      "\(what) was made by a newer version of imagenet-tui", at: key.isEmpty ? path : "\(path): \(key)",
      found: found.map { "\($0), which \(unknown)" } ?? "a key that \(unknown)",
      advice: "use \(maker ?? "that version"); this one leaves it as it is", kind: .data)
    problem.isOfNewerVersion = true
    return problem
  }

  /// The version that wrote a run.
  private static func maker(_ json: Data) -> ProgramVersion? {
    guard let text = JSONOutline.text(at: [NameKey("program")], in: json) else { return nil }
    return ProgramVersion(text.filter { $0 != "\"" })
  }

  /// Why a document is not what was expected.
  private struct Fault {
    /// The place in the document, as `recipe[2].depth`; empty for all of it.
    var key = ""
    var expected: String?
    var found: String?
    /// Whether a later version wrote it.
    var isNewer = false

    init(_ error: any Error, in json: Data) {
      expected = "JSON"
      guard let error = error as? DecodingError else { return }
      var path: [any CodingKey] = []
      switch error {
      case .keyNotFound(let key, let context): (path, expected) = (context.codingPath + [key], "a value")
      case .valueNotFound(let type, let context): (path, expected) = (context.codingPath, Self.words(type))
      case .typeMismatch(let type, let context):
        (path, expected) = (context.codingPath, Self.words(type))
        // Of the cases of an enum with values, one that is not known.
        if context.debugDescription.hasPrefix("Invalid number of keys"), let name = JSONOutline.names(at: path, in: json).first {
          (isNewer, found) = (true, "“\(name)”")
        }
      case .dataCorrupted(let context):
        path = context.codingPath
        if let unexpected = context.underlyingError as? Unexpected {
          (expected, found, isNewer) = (unexpected.expected, unexpected.found, unexpected.isNewer)
        } else if path.isEmpty, let number = Self.number("\(context.debugDescription) \(context.underlyingError, default: "")") ?? Self.largeNumber(json) {
          // The decoder does not say where.
          (expected, found, key) = ("a number that has room", number, JSONOutline.path(of: number, in: json) ?? "")
          return
        } else if !path.isEmpty {
          expected = nil
          isNewer = context.debugDescription.hasPrefix("Cannot initialize")
        }
      @unknown default: break
      }
      key = path.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
      }
      found = found ?? (path.isEmpty ? nil : JSONOutline.text(at: path, in: json).map(Self.short))
      if found == nil, !path.isEmpty { found = "none" }
      if !path.isEmpty, let maker = RunJSON.maker(json), maker > .current { isNewer = true }
    }

    /// The number that a decoder cannot represent.
    private static func number(_ text: String) -> String? {
      guard text.contains("umber") else { return nil }
      return text.split { " <>()\"".contains($0) }.first { Double($0) != nil }.map(String.init)
    }

    /// The first number of a document that no integer holds: a decoder of integers calls all of it no JSON.
    private static func largeNumber(_ json: Data) -> String? {
      String(decoding: json, as: UTF8.self).split { !"0123456789+-.eE".contains($0) }.lazy.map(String.init)
        .first { Double($0).map { $0.magnitude >= 0x1p63 } ?? false }
    }

    private static func short(_ value: String) -> String { value.count > 60 ? value.prefix(60) + "…" : value }

    private static func words(_ type: Any.Type) -> String {
      switch type {
      case is any BinaryInteger.Type: "a whole number"
      case is any BinaryFloatingPoint.Type: "a number"
      case is String.Type: "text"
      case is Bool.Type: "true or false"
      case is [Any].Type: "a list"
      default: "an object"
      }
    }
  }
}
