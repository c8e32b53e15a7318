/// A hierarchy of the user's own (a taxonomy of species, say), read from lines
/// `child<TAB>parent`, or `child<TAB>parent<TAB>word, word…` to show another name than the child's own.
///
/// A child on several lines has several parents, in that order. What is a parent only, or a child of nothing
/// (`child<TAB>`), is a root. Empty lines and lines that begin with `#` are passed over. Names are what class folders and
/// label sets call the nodes, as they are; they play the part of wnids.
public struct UserHierarchy: Sendable {
  /// In ASCII order.
  public let names: [String]
  /// The parents of each, as places in `names`, in the order of the file.
  let parents: [[Int]]
  /// The words of each that differ from its name.
  let words: [[String]]

  /// Bytes that a name may have.
  private static let longestName = 120

  /// - Parameter place: the file, for messages.
  /// - Throws: a ``Problem`` at the first line that is something else, or where nodes are above themselves.
  public init(_ text: some BidirectionalCollection<UInt8>, at place: String) throws(Problem) {
    var lines: [(child: String, parent: String?, words: [String])] = []
    for (number, raw) in text.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      let bytes = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
      guard !bytes.isEmpty, bytes.first != UInt8(ascii: "#") else { continue }
      guard let line = Self.line(Array(bytes)) else {
        throw Problem(
          "cannot read the hierarchy", at: "\(place), line \(number + 1)",
          expected: "child<TAB>parent, names of up to \(Self.longestName) printable bytes",
          found: "`\(String(decoding: bytes.prefix(60), as: UTF8.self))`")
      }
      lines.append(line)
    }
    guard !lines.isEmpty else {
      throw Problem("the hierarchy is empty", at: place, expected: "lines of child<TAB>parent")
    }
    let names = Set(lines.flatMap { [$0.child] + ($0.parent.map { [$0] } ?? []) })
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var parents = [[Int]](repeating: [], count: names.count)
    var words = [[String]](repeating: [], count: names.count)
    for line in lines {
      let child = places[line.child]!
      if let parent = line.parent.map({ places[$0]! }), !parents[child].contains(parent) { parents[child].append(parent) }
      for word in line.words where !words[child].contains(word) { words[child].append(word) }
    }
    self.names = names
    self.parents = parents
    self.words = words
    if let node = nodeAboveItself() {
      throw Problem(
        "the hierarchy runs in a circle", at: place, expected: "parents above their children",
        found: "`\(names[node])` above itself")
    }
  }

  private static func line(_ bytes: [UInt8]) -> (child: String, parent: String?, words: [String])? {
    let fields = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard 2...3 ~= fields.count, let child = name(fields[0]) else { return nil }
    let words = fields.count < 3 ? [] : fields[2].split(separator: UInt8(ascii: ",")).map { name(trimmed($0)) }
    guard words.count < 50, !words.contains(nil) else { return nil }
    if fields[1].isEmpty { return (child, nil, words.compactMap { $0 }) }
    return name(fields[1]).map { (child, $0, words.compactMap { $0 }) }
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
    guard 1...longestName ~= bytes.count, bytes.first != .space, bytes.last != .space,
      let name = String(validating: bytes, as: UTF8.self), printable(name) == name
    else { return nil }
    return name
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes.drop { $0 == .space }
    while bytes.last == .space { bytes.removeLast() }
    return bytes
  }

  /// A node on a circle of parents, nil where there is none: what is left when roots are taken away again and again.
  private func nodeAboveItself() -> Int? {
    var children = [[Int]](repeating: [], count: names.count)
    for (child, parents) in parents.enumerated() {
      for parent in parents { children[parent].append(child) }
    }
    var waiting = parents.map(\.count)
    var free = waiting.indices.filter { waiting[$0] == 0 }
    while let node = free.popLast() {
      for child in children[node] {
        waiting[child] -= 1
        if waiting[child] == 0 { free.append(child) }
      }
    }
    return waiting.firstIndex { $0 > 0 }
  }

  /// The nodes that are nobody's parent, in ASCII order: the classes of a dataset that names none.
  public var leaves: [String] {
    var isParent = BitSet(count: names.count)
    for parents in parents { for parent in parents { isParent[parent] = true } }
    return names.indices.filter { !isParent[$0] }.map { names[$0] }
  }

  /// The hierarchy in the format of WordNet's files, so that everything that reads WordNet reads this. The order of
  /// the offsets is that of the names.
  /// - Throws: a ``Problem`` where a node has more parents, or the hierarchy more bytes, than the format can hold.
  public func wordNet() throws(Problem) -> WordNet {
    if let node = parents.firstIndex(where: { $0.count > 999 }) {
      throw Problem("too many parents", at: names[node], expected: "999 at most", found: "\(parents[node].count)")
    }
    var offsets: [Int32] = []
    var length = 1
    for node in names.indices {
      offsets.append(Int32(length))
      length += line(node) { _ in 0 }.utf8.count
      guard length < 100_000_000 else {
        throw Problem("the hierarchy is too large", expected: "less than 100 MB", found: "\(names.count) nodes")
      }
    }
    // A line of its own in front, so that no synset has offset 0.
    var data: [UInt8] = [.newline]
    data.reserveCapacity(length)
    var senses: [String: [Int32]] = [:]
    for node in names.indices {
      data += line(node) { offsets[$0] }.utf8
      for word in lemmas(node) { senses[Self.field(word).lowercased(), default: []].append(offsets[node]) }
    }
    let index = senses.map { word, ids in
      "\(word) n \(ids.count) 0 \(ids.count) 0 \(ids.map(Self.digits).joined(separator: " "))  \n"
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return WordNet(
      data: Bytes(data), index: Bytes(Array(index.joined().utf8)), ownNames: OwnNames(names: names, offsets: offsets))
  }

  private func lemmas(_ node: Int) -> [String] { words[node].filter { $0 != names[node] } + [names[node]] }

  private func line(_ node: Int, _ offset: (Int) -> Int32) -> String {
    let lemmas = lemmas(node)
    let count = String(lemmas.count, radix: 16)
    var line = "\(Self.digits(offset(node))) 03 n \(count.count < 2 ? "0" : "")\(count) "
    for lemma in lemmas { line += Self.field(lemma) + " 0 " }
    let pointers = String(parents[node].count)
    line += String(repeating: "0", count: 3 - pointers.count) + pointers + " "
    for parent in parents[node] { line += "@ \(Self.digits(offset(parent))) n 0000 " }
    return line + "|  \n"
  }

  private static func field(_ word: String) -> String { String(word.map { $0 == " " ? "_" : $0 }) }

  private static func digits(_ number: Int32) -> String {
    let text = String(number)
    return String(repeating: "0", count: 8 - text.count) + text
  }
}

/// What the synsets of a ``UserHierarchy`` are called.
struct OwnNames: Sendable {
  /// In ASCII order, and with that in the order of the offsets.
  let names: [String]
  let offsets: [Int32]

  func id(of name: String) -> SynsetID? {
    let place = firstPlace(of: names.count) { names[$0].utf8.lexicographicallyPrecedes(name.utf8) }
    return place < names.count && names[place] == name ? SynsetID(offset: offsets[place]) : nil
  }

  func name(of id: SynsetID) -> String? {
    let place = firstPlace(of: offsets.count) { offsets[$0] < id.offset }
    return place < offsets.count && offsets[place] == id.offset ? names[place] : nil
  }
}

/// The first of `0..<count` that is not before what is looked for, in a sorted list; `count` where all are.
@inline(__always)
package func firstPlace(of count: Int, _ isBefore: (Int) -> Bool) -> Int {
  var range = 0..<count
  while !range.isEmpty {
    let middle = range.lowerBound + range.count / 2
    range = isBefore(middle) ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
  }
  return range.lowerBound
}
