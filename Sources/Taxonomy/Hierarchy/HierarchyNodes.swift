import Basics

/// The nodes of a ``UserHierarchy`` in the order in which its file names them. They are numbers as soon as they are read: there may be
/// 100,000 of them.
struct HierarchyNodes {
  struct Node {
    var name: String
    var parents: [Int] = []
    var words: [String] = []
    /// The lines that name it first, that give it a parent or call it a root first (0: none), and that give it each parent.
    var firstLine: Int
    var ownLine = 0
    var parentLines: [Int] = []
  }

  /// Bytes that a name may have: those that a folder's name may have.
  static let longestName = 255

  private static let longestLineage = 64

  private var nodes: [Node] = []
  /// By name, or below a parent (-1: a root) in lineages.
  private var numbers: [String: Int] = [:]
  private var below: [Place: Int] = [:]

  private struct Place: Hashable {
    var parent: Int
    var name: String
  }

  // MARK: Children and parents

  /// False where the line is no `child<TAB>parent<TAB>words`.
  mutating func addEdge(_ bytes: ArraySlice<UInt8>, line: Int) -> Bool {
    var fields = bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(\.trimmed)
    while fields.count > 2, fields.last!.isEmpty { fields.removeLast() }
    guard fields.count <= 3, let child = Self.name(fields[0]) else { return false }
    let words = fields.count < 3 ? [] : fields[2].split(separator: UInt8(ascii: ",")).map { Self.name($0.trimmed) }
    guard words.count < 50, !words.contains(nil) else { return false }
    let parent = Self.name(fields[1])
    guard parent != nil || fields[1].isEmpty else { return false }
    let node = number(child, line)
    if nodes[node].ownLine == 0 { nodes[node].ownLine = line }
    for case let word? in words where !nodes[node].words.contains(word) { nodes[node].words.append(word) }
    guard let above = parent.map({ number($0, line) }), !nodes[node].parents.contains(above) else { return true }
    nodes[node].parents.append(above)
    nodes[node].parentLines.append(line)
    return true
  }

  private mutating func number(_ name: String, _ line: Int) -> Int {
    if let known = numbers[name] { return known }
    numbers[name] = nodes.count
    nodes.append(Node(name: name, firstLine: line))
    return nodes.count - 1
  }

  // MARK: Lineages

  /// False where the line is no `name/name/…`.
  mutating func addLineage(_ bytes: ArraySlice<UInt8>, line: Int) -> Bool {
    let path = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Self.name($0.trimmed) }
    guard 2...Self.longestLineage ~= path.count, !path.contains(nil) else { return false }
    var parent = -1
    for case let name? in path {
      let place = Place(parent: parent, name: name)
      if let known = below[place] {
        parent = known
        continue
      }
      below[place] = nodes.count
      nodes.append(
        Node(name: name, parents: parent < 0 ? [] : [parent], firstLine: line, ownLine: line, parentLines: parent < 0 ? [] : [line]))
      parent = nodes.count - 1
    }
    return true
  }

  /// The nodes, each with a name of its own: those of lineages that share one get those above them in front.
  var named: [Node] {
    guard !below.isEmpty else { return nodes }
    var named = nodes
    for (name, alike) in Dictionary(grouping: nodes.indices, by: { nodes[$0].name }) where alike.count > 1 {
      var length = 2
      while Set(alike.map { suffix($0, length) }).count < alike.count { length += 1 }
      for node in alike {
        named[node].name = suffix(node, length)
        named[node].words = [name]
      }
    }
    return named
  }

  /// The last names of a node's path.
  private func suffix(_ node: Int, _ length: Int) -> String {
    var names: [String] = []
    var next: Int? = node
    while let current = next, names.count < length {
      names.append(nodes[current].name)
      next = nodes[current].parents.first
    }
    return names.reversed().joined(separator: "/")
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
    guard 1...longestName ~= bytes.count, let name = String(validating: bytes, as: UTF8.self), printable(name) == name else { return nil }
    return name
  }
}
