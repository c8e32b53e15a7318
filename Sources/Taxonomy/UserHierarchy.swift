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

  /// - Parameter file: where it was read, for messages.
  /// - Throws: a ``Problem`` at the first line that is something else, or where nodes are above themselves.
  public init(_ text: some BidirectionalCollection<UInt8>, at file: String) throws(Problem) {
    // Names are numbers as soon as they are read: there may be 100,000 of them.
    var numbers: [String: Int] = [:]
    var met: [(name: String, parents: [Int], words: [String])] = []
    func number(_ name: String) -> Int {
      if let known = numbers[name] { return known }
      numbers[name] = met.count
      met.append((name, [], []))
      return met.count - 1
    }
    for (place, raw) in text.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      let bytes = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
      guard !bytes.isEmpty, bytes.first != UInt8(ascii: "#") else { continue }
      guard let line = Self.line(Array(bytes)) else {
        throw Problem(
          "cannot read the hierarchy", at: "\(file), line \(place + 1)",
          expected: "child<TAB>parent, names of up to \(Self.longestName) printable bytes",
          found: "`\(String(decoding: bytes.prefix(60), as: UTF8.self))`")
      }
      let child = number(line.child)
      if let parent = line.parent.map(number), !met[child].parents.contains(parent) { met[child].parents.append(parent) }
      for word in line.words where !met[child].words.contains(word) { met[child].words.append(word) }
    }
    guard !met.isEmpty else {
      throw Problem("the hierarchy is empty", at: file, expected: "lines of child<TAB>parent")
    }
    let order = met.indices.sorted { isBefore(met[$0].name, met[$1].name) }
    var places = [Int](repeating: 0, count: met.count)
    for (place, number) in order.enumerated() { places[number] = place }
    names = order.map { met[$0].name }
    parents = order.map { met[$0].parents.map { places[$0] } }
    words = order.map { met[$0].words }
    if let node = nodeAboveItself() {
      throw Problem(
        "the hierarchy runs in a circle", at: file, expected: "parents above their children",
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
