import Basics

/// A hierarchy of the user's own (a taxonomy of species, say), read from lines
/// `child<TAB>parent`, or `child<TAB>parent<TAB>word, word…` to show another name than the child's own; or from whole lineages, one a
/// line: `Animalia/Arthropoda/Insecta`.
///
/// Between children and parents a name is the only identity. A child on several lines has several parents, in that order; that
/// these are no two nodes of one name is for ``check(severalParents:)``. What is a parent only, or a child of nothing
/// (`child<TAB>`), is a root. In lineages a node is its path, and is called by its last name, with as many of those above it in front as
/// tell it apart (`Poaceae/Ammophila`). Empty lines and lines that begin with `#` are passed over. Names are what class folders and
/// label sets call the nodes, as they are; they play the part of wnids.
public struct UserHierarchy: Sendable {
  /// In ASCII order.
  public let names: [String]
  /// The parents of each, as places in `names`, in the order of the file.
  let parents: [[Int]]
  /// The words of each that differ from its name.
  let words: [[String]]
  /// Where each was met first, where it was first given a parent or called a root (0: nowhere), and where each of its parents was.
  private let firstLines: [Int], ownLines: [Int], parentLines: [[Int]]
  private let file: String

  /// - Parameter file: where it was read, for messages.
  /// - Throws: a ``Problem`` at the first line that is something else, or where nodes are above themselves.
  public init(_ text: some BidirectionalCollection<UInt8>, at file: String) throws(Problem) {
    var nodes = HierarchyNodes()
    var isLineages: Bool?
    for (number, raw) in TextLines(Array(text)) {
      guard !raw.trimmed.isEmpty, raw.first != UInt8(ascii: "#") else { continue }
      let isLineage = !raw.contains(UInt8(ascii: "\t"))
      guard isLineages ?? isLineage == isLineage, isLineage ? nodes.addLineage(raw, line: number) : nodes.addEdge(raw, line: number) else {
        throw Problem(
          "cannot read the hierarchy", at: "\(file), line \(number)",
          expected: (isLineages ?? false ? "a lineage, as `Animalia/Arthropoda`" : "child<TAB>parent")
            + ", names of up to \(HierarchyNodes.longestName) printable bytes",
          found: "`\(String(decoding: raw.prefix(60), as: UTF8.self))`", kind: .data)
      }
      isLineages = isLineage
    }
    let met = nodes.named
    guard !met.isEmpty else {
      throw Problem("the hierarchy is empty", at: file, expected: "lines of child<TAB>parent", kind: .data)
    }
    let order = met.indices.sorted { isBefore(met[$0].name, met[$1].name) }
    var places = [Int](repeating: 0, count: met.count)
    for (place, number) in order.enumerated() { places[number] = place }
    names = order.map { met[$0].name }
    parents = order.map { met[$0].parents.map { places[$0] } }
    words = order.map { met[$0].words }
    firstLines = order.map { met[$0].firstLine }
    ownLines = order.map { met[$0].ownLine }
    parentLines = order.map { met[$0].parentLines }
    self.file = file
    let circle = circle()
    if !circle.isEmpty {
      let links = zip(circle, circle.dropFirst() + [circle[0]])
      let lines = links.map { child, parent in parentLines[child][parents[child].firstIndex(of: parent)!] }
      throw Problem(
        "the hierarchy runs in a circle", at: "\(file), \(Self.words(lines))", expected: "parents above their children",
        found: (circle.prefix(10) + [circle[0]]).map { "`\(names[$0])`" }.joined(separator: circle.count > 10 ? " below … " : " below "), kind: .data)
    }
  }

  /// - Parameter severalParents: whether a name with several parents is one node below all of them.
  /// - Throws: a ``Problem`` with its lines where a name may mean two nodes, or two names the same.
  public func check(severalParents: Bool) throws(Problem) {
    let several = names.indices.filter { parents[$0].count > 1 }
    if !severalParents, let node = several.min(by: { parentLines[$0][1] < parentLines[$1][1] }) {
      let (name, above) = (names[node], parents[node].map { names[$0] })
      let facts = zip(above, parentLines[node]).prefix(3).map { "below `\($0)` (line \($1))" }.joined(separator: " and ")
      throw Problem(
        several.count == 1 ? "a name has several parents" : "\(counted(several.count, "name")) have several parents",
        at: "\(file), \(Self.words(parentLines[node]))", expected: "one for each name", found: "`\(name)` \(facts)",
        advice: "if these are two of one name, tell them apart: `\(name) (\(above[1]))<TAB>\(above[1])<TAB>\(name)`, on the lines of their children too, "
          + "or write lineages, one a line: `…/\(above[1])/\(name)/…`; if it is one below both, add --several-parents", kind: .data)
    }
    // A parent that was mistyped would be a root of its own.
    var spelled: [String: Int] = [:]
    for node in names.indices where ownLines[node] > 0 { spelled[names[node].lowercased()] = spelled[names[node].lowercased()] ?? node }
    for node in names.indices where ownLines[node] == 0 {
      guard let other = spelled.updateValue(node, forKey: names[node].lowercased()) else { continue }
      let lines = [firstLines[node], ownLines[other] > 0 ? ownLines[other] : firstLines[other]]
      throw Problem(
        "a name is written in two ways", at: "\(file), \(Self.words(lines.sorted()))", expected: "one", found: "`\(names[node])` and `\(names[other])`",
        advice: "write it in one way, or add a line `\(names[node])<TAB>` where it is a root of its own", kind: .data)
    }
  }

  /// "line 3", "lines 3 and 9".
  private static func words(_ lines: [Int]) -> String {
    let few = lines.prefix(6).map(String.init)
    guard few.count > 1 else { return "line \(few.first ?? "1")" }
    return "lines \(few.dropLast().joined(separator: ", ")) \(lines.count > few.count ? "…" : "and") \(few.last!)"
  }

  /// Nodes each of which is the child of the next, and the last of the first; none where there is no circle.
  private func circle() -> [Int] {
    var children = [[Int]](repeating: [], count: names.count)
    for (child, parents) in parents.enumerated() {
      for parent in parents { children[parent].append(child) }
    }
    // What is left when roots are taken away again and again lies on a circle or below one.
    var waiting = parents.map(\.count)
    var free = waiting.indices.filter { waiting[$0] == 0 }
    while let node = free.popLast() {
      for child in children[node] {
        waiting[child] -= 1
        if waiting[child] == 0 { free.append(child) }
      }
    }
    guard var node = waiting.firstIndex(where: { $0 > 0 }) else { return [] }
    var path: [Int] = [], places: [Int: Int] = [:]
    while places[node] == nil {
      places[node] = path.count
      path.append(node)
      node = parents[node].first { waiting[$0] > 0 }!
    }
    return Array(path[places[node]!...])
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
