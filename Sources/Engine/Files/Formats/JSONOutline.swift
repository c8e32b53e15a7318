import FoundationEssentials

/// The keys of a JSON document, whatever values they have: what tells which of them a reader knows nothing of.
///
/// For documents that a decoder has taken for JSON; of anything else as many as come before the fault.
struct JSONOutline {
  /// By node the nodes of its keys, in the order of their first appearance; the elements of a list are one node. The first is the document.
  private var keys: [[String: Int]] = [[:]]
  private var elements: [Int: Int] = [:]

  init(_ json: some Collection<UInt8>) {
    var reader = JSONReader(Array(json))
    read(&reader, node: 0)
  }

  private mutating func read(_ reader: inout JSONReader, node: Int) {
    reader.walk { step, reader in
      switch step {
      case .key(let name):
        // A key without a value says nothing.
        if reader.isAtNull { return reader.skip() }
        read(&reader, node: keys[node][name] ?? add { $0.keys[node][name] = $1 })
      case .element: read(&reader, node: elements[node] ?? add { $0.elements[node] = $1 })
      }
    }
  }

  private mutating func add(_ link: (inout Self, Int) -> Void) -> Int {
    keys.append([:])
    link(&self, keys.count - 1)
    return keys.count - 1
  }

  /// The first key that `known` does not have, as a path: `training.solver.clip`.
  func firstKey(notIn known: JSONOutline) -> String? {
    var first: (node: Int, path: String)?
    func compare(_ node: Int, _ other: Int?, _ path: String) {
      for (name, child) in keys[node] {
        let path = path.isEmpty ? name : "\(path).\(name)"
        let match = other.flatMap { known.keys[$0][name] }
        if match == nil, first.map({ child < $0.node }) ?? true { first = (child, path) }
        if let match { compare(child, match, path) }
      }
      if let child = elements[node], let match = other.flatMap({ known.elements[$0] }) { compare(child, match, path) }
    }
    compare(0, 0, "")
    return first?.path
  }

  /// The value at a place of a document, as it is written there; nil where there is none.
  static func text(at path: [any CodingKey], in json: some Collection<UInt8>) -> String? {
    var reader = JSONReader(Array(json))
    for key in path {
      var hasFound = false
      var index = 0
      reader.walk { step, reader in
        var isIt = false
        switch step {
        case .key(let name): isIt = key.intValue == nil && name == key.stringValue
        case .element:
          isIt = key.intValue == index
          index += 1
        }
        if !isIt { return reader.skip() }
        hasFound = true
        reader.stop()
      }
      guard hasFound else { return nil }
    }
    return reader.value()
  }

  /// As deep as any decoder goes.
  private static let deepest = 512

  /// Where a number or a word stands that is written so.
  static func path(of text: String, in json: some Collection<UInt8>) -> String? {
    var reader = JSONReader(Array(json))
    return path(of: text, &reader, "", depth: 0)
  }

  private static func path(of text: String, _ reader: inout JSONReader, _ parent: String, depth: Int) -> String? {
    guard depth < deepest else {
      reader.skip()
      return nil
    }
    var found: String?
    var index = -1
    reader.walk { step, reader in
      guard found == nil else { return reader.skip() }
      index += 1
      let path: String =
        switch step {
        case .key(let name): parent.isEmpty ? name : "\(parent).\(name)"
        case .element: "\(parent)[\(index)]"
        }
      if reader.isAtContainer {
        found = Self.path(of: text, &reader, path, depth: depth + 1)
      } else if reader.value() == text {
        found = path
      }
    }
    return found
  }

  /// The keys of the object at a place of a document.
  static func names(at path: [any CodingKey], in json: some Collection<UInt8>) -> [String] {
    guard let text = text(at: path, in: json) else { return [] }
    var reader = JSONReader(Array(text.utf8))
    var names: [String] = []
    reader.walk { step, reader in
      if case .key(let name) = step { names.append(name) }
      reader.skip()
    }
    return names
  }
}

/// Walks through JSON without a look at what its values are.
private struct JSONReader {
  enum Step { case key(String), element }

  private let bytes: [UInt8]
  private var place = 0
  /// Whether a walk ends where it stands.
  private var hasStopped = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private mutating func next() -> UInt8? {
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    return place < bytes.count ? bytes[place] : nil
  }

  var isAtContainer: Bool {
    mutating get { next().map { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") } ?? false }
  }

  var isAtNull: Bool {
    mutating get { next() == UInt8(ascii: "n") }
  }

  mutating func stop() { hasStopped = true }

  /// Hands every key of an object, or element of a list, to `body`, which has to pass over its value; passes over any other value.
  mutating func walk(_ body: (Step, inout JSONReader) -> Void) {
    guard let opening = next(), opening == UInt8(ascii: "{") || opening == UInt8(ascii: "[") else { return skip() }
    place += 1
    while let byte = next(), byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") {
      if byte == UInt8(ascii: ",") {
        place += 1
        continue
      }
      var step = Step.element
      if opening == UInt8(ascii: "{") {
        guard byte == UInt8(ascii: "\"") else { return fail() }
        let name = string()
        guard next() == UInt8(ascii: ":") else { return fail() }
        place += 1
        step = .key(name)
      }
      let before = place
      body(step, &self)
      if hasStopped {
        hasStopped = false
        return
      }
      guard place > before else { return fail() }
    }
    place = min(place + 1, bytes.count)
  }

  private mutating func fail() { place = bytes.count }

  /// Passes over a value.
  mutating func skip() {
    guard let first = next() else { return }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var depth = 0
      while let byte = next() {
        if byte == UInt8(ascii: "\"") {
          passString()
          continue
        }
        place += 1
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
        if depth == 0 { return }
      }
    case UInt8(ascii: "\""): passString()
    default:
      while place < bytes.count, !",]} \t\r\n".utf8.contains(bytes[place]) { place += 1 }
    }
  }

  /// The value that comes next, as it is written.
  mutating func value() -> String? {
    guard next() != nil else { return nil }
    let start = place
    skip()
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func passString() {
    place += 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
    place = min(place + 1, bytes.count)
  }

  private mutating func string() -> String {
    let start = place
    passString()
    let raw = bytes[start..<place]
    guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw.dropFirst().dropLast(), as: UTF8.self) }
    return (try? JSONDecoder().decode(String.self, from: Data(raw))) ?? String(decoding: raw, as: UTF8.self)
  }
}
