import Basics
import Taxonomy
import Yams

/// What is wrong in a study file, and where.
public struct StudyFault: Hashable, Comparable, Sendable {
  /// From 1.
  public var line, column: Int
  public var what: String

  public static func < (one: Self, other: Self) -> Bool { (one.line, one.column, one.what) < (other.line, other.column, other.what) }
}

/// The place of a word in a study file, from 1.
struct Place: Equatable, Sendable {
  var line = 1, column = 1
}

/// Nodes of a YAML text, in the forms that a study file has, with all that is wrong on the way.
///
/// Scalars are taken as they are written: what a word means is for the reader to say, so that `no`, `1e3` and `1000` as a key are what they
/// must be.
final class StudyText {
  private(set) var faults: [StudyFault] = []
  /// No study is longer, in bytes.
  static let longest = 256 << 10
  /// No study nests deeper.
  private static let deepest = 64

  func add(_ place: Place, _ what: String) { faults.append(StudyFault(line: place.line, column: place.column, what: what)) }
  func add(_ node: Node, _ what: String) { add(Self.place(node), what) }

  static func place(_ node: Node) -> Place { node.mark.map { Place(line: $0.line, column: $0.column) } ?? Place() }

  /// The root of a text; nil where it is no YAML, or more than a study needs of it.
  func root(_ text: String) -> Node? {
    guard text.utf8.count <= Self.longest else {
      add(Place(), "the file is too long: expected at most \(Self.longest >> 10) KB, found \(text.utf8.count >> 10) KB")
      return nil
    }
    guard isPlain(text), !mayRefer(text) else { return nil }
    do {
      guard let node = try Parser(yaml: text).singleRoot() else {
        add(Place(), "the file is empty; `imagenet-tui study new` writes one to begin with")
        return nil
      }
      return node
    } catch {
      add(error)
      return nil
    }
  }

  /// What a study has no use for, and what would let a small file become a large one, is refused before anything is built.
  private func isPlain(_ text: String) -> Bool {
    var place = Place(line: 1, column: 0)
    var quote: Unicode.Scalar?
    var (isEscaped, isAtStart, isComment) = (false, true, false)
    var (depth, indent) = (0, 0)
    var isIndent = true
    var before: Unicode.Scalar = "\n"
    let count = faults.count
    for scalar in text.unicodeScalars {
      place.column += 1
      defer { before = scalar }
      if scalar == "\n" {
        (place, isIndent, indent, isComment) = (Place(line: place.line + 1, column: 0), true, 0, false)
        if quote == nil { isAtStart = true }
        continue
      }
      if isComment { continue }
      if let open = quote {
        if isEscaped { isEscaped = false } else if scalar == "\\" && open == "\"" { isEscaped = true } else if scalar == open { quote = nil }
        continue
      }
      if scalar == " " || scalar == "\t" || scalar == "-" {
        if isIndent { indent += 1 }
        if indent > 2 * Self.deepest {
          add(place, "the file nests too deeply")
          return false
        }
        continue
      }
      isIndent = false
      if scalar == "#", [" ", "\t", "\n"].contains(before) {
        isComment = true
        continue
      }
      switch scalar {
      case "'" where isAtStart, "\"" where isAtStart: quote = scalar
      case "&" where isAtStart: add(place, "anchors (&) are not for study files: write the value again")
      case "*" where isAtStart: add(place, "aliases (*) are not for study files: write the value again")
      case "!" where isAtStart: add(place, "tags (!) are not for study files")
      case "[", "{":
        depth += 1
        if depth > Self.deepest {
          add(place, "the file nests too deeply")
          return false
        }
      case "]", "}": depth = max(0, depth - 1)
      default: break
      }
      isAtStart = [",", ":", "[", "{", "?"].contains(scalar)
    }
    return faults.count == count
  }

  /// Whether some `*name` may refer to an `&name`. Where a text or a comment begins YAML alone knows, and it has followed an alias before anybody can ask: so that such a
  /// pair is refused wherever it stands.
  private func mayRefer(_ text: String) -> Bool {
    func isWord(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    let bytes = Array(text.utf8)
    var anchors: Set<ArraySlice<UInt8>> = []
    var aliases: [(name: ArraySlice<UInt8>, place: Int)] = []
    for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*") {
      let name = bytes[(place + 1)...].prefix(while: isWord)
      if name.isEmpty { continue }
      if byte == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.append((name, place)) }
    }
    guard let alias = aliases.first(where: { anchors.contains($0.name) }) else { return false }
    let lines = bytes[..<alias.place].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let place = Place(line: lines.count, column: String(decoding: lines.last!, as: UTF8.self).unicodeScalars.count + 1)
    add(place, "aliases (*) are not for study files: write the value again")
    return true
  }

  private func add(_ error: any Error) {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
      add(Place(line: mark.line, column: mark.column), "this is no YAML: \(problem)")
    case YamlError.composer(_, let problem, let mark, _):
      add(Place(line: mark.line, column: mark.column), problem.contains("another document") ? "expected a single document, found another" : problem)
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      add(Place(line: context.mark.line, column: context.mark.column), keys.map { "“\($0)” is given twice" }.joined(separator: ", "))
    case YamlError.reader(let problem, _, _, _): add(Place(), "the file is not UTF-8 text: \(problem)")
    default: add(Place(), "this is no YAML: \(error)")
    }
  }

  // MARK: Nodes

  /// The pairs of a mapping; nil, and said, where it is none.
  func pairs(_ node: Node, _ what: String) -> [(key: String, place: Place, value: Node)]? {
    guard case .mapping(let mapping) = node else {
      add(node, "expected \(what) as `key: value`, found \(Self.kind(node))")
      return nil
    }
    return mapping.compactMap { key, value in
      guard case .scalar(let scalar) = key else {
        add(key, "expected a word as key, found \(Self.kind(key))")
        return nil
      }
      return (scalar.string, Self.place(key), value)
    }
  }

  /// A word, as it is written.
  func word(_ node: Node, _ what: String) -> String? {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      add(node, "expected \(what), found \(Self.kind(node))")
      return nil
    }
    return scalar.string
  }

  /// The items of a list; a single one may stand for itself.
  func items(_ node: Node, _ what: String) -> [Node]? {
    switch node {
    case .sequence(let sequence): return Array(sequence)
    case .scalar(let scalar) where !scalar.string.isEmpty: return [node]
    default:
      add(node, "expected \(what) as a list, found \(Self.kind(node))")
      return nil
    }
  }

  func words(_ node: Node, _ what: String) -> [(word: String, place: Place)]? {
    items(node, what)?.compactMap { item in word(item, what).map { ($0, Self.place(item)) } }
  }

  func count(_ node: Node, _ what: String, _ range: ClosedRange<Int>) -> Int? {
    guard let text = word(node, what) else { return nil }
    guard let number = Int(text.filter { $0 != "," && $0 != "_" }), range ~= number else {
      add(node, "expected \(what), \(grouped(range.lowerBound)) to \(grouped(range.upperBound)), found “\(text)”")
      return nil
    }
    return number
  }

  func number(_ node: Node, _ what: String, _ isGood: (Double) -> Bool) -> Double? {
    guard let text = word(node, what) else { return nil }
    guard let number = Double(text), number.isFinite, isGood(number) else {
      add(node, "expected \(what), found “\(text)”")
      return nil
    }
    return number
  }

  /// Says that a word is not known, and which may be meant.
  func unknown(_ what: String, _ word: String, at place: Place, among known: [String]) {
    let near = nearestWord(to: word, among: known)
    let others = near.map { "; did you mean `\($0)`?" } ?? (known.isEmpty ? "" : "; expected \(firstFew(known, 24))")
    add(place, "unknown \(what) “\(word)”\(others)")
  }

  static func kind(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "“\(scalar.string.prefix(60))”"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }
}
