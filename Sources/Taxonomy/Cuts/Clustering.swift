import Basics

extension Partition {
  // MARK: Bottom-up (the paper's Fig. 3)

  /// Every class deeper than `depth` merges into its ancestor at that depth; the others stay.
  /// - Throws: a ``Problem`` unless `depth` is one of the tree's.
  public func bottomUp(depth: Int) throws(Problem) -> Partition {
    guard 0...hierarchy.deepest ~= depth else {
      throw Problem("cannot cluster bottom-up", expected: "a depth in 0…\(hierarchy.deepest)", found: "\(depth)", kind: .usage)
    }
    var result = self
    result.mapTargets { hierarchy.ancestor($0, atDepth: depth) }
    return result
  }

  /// The number of classes that each depth gives, deepest first.
  public var bottomUpCounts: [(depth: Int, classes: Int)] {
    // A class at depth D is a node there with targets at or below it; shallower targets stay themselves.
    var onChain = BitSet(count: hierarchy.count)
    var nodesAt = [Int](repeating: 0, count: hierarchy.deepest + 1)
    var targetsAt = nodesAt
    for target in classes {
      targetsAt[hierarchy.depth(target)] += 1
      for node in sequence(first: target, next: { hierarchy.parent($0) }) {
        if onChain[node] { break }
        onChain[node] = true
        nodesAt[hierarchy.depth(node)] += 1
      }
    }
    var shallower = 0
    var counts: [(depth: Int, classes: Int)] = []
    for depth in nodesAt.indices {
      counts.append((depth, nodesAt[depth] + shallower))
      shallower += targetsAt[depth]
    }
    return counts.reversed()
  }

  /// The depth at which bottom-up clustering gives `classes` classes; of several the deepest, whose names are the
  /// most specific.
  /// - Throws: a ``Problem`` listing the numbers of classes that there are.
  public func bottomUpDepth(classes: Int) throws(Problem) -> Int {
    let counts = bottomUpCounts
    guard let found = counts.first(where: { $0.classes == classes }) else {
      throw Self.noSuchCount("bottom-up", classes, counts.map(\.classes))
    }
    return found.depth
  }

  // MARK: Top-down

  /// One round replaces each class by its primary hypernym, and then each class that lies under another one by the
  /// topmost such.
  /// - Throws: a ``Problem`` for less than one round.
  public func topDown(rounds: Int) throws(Problem) -> Partition {
    guard rounds > 0 else {
      throw Problem("cannot cluster top-down", expected: "at least 1 round", found: "\(rounds)", kind: .usage)
    }
    var result = self
    for _ in 0..<rounds {
      let before = result
      result.topDownRound()
      if result == before { break }
    }
    return result
  }

  private mutating func topDownRound() {
    var isParent = BitSet(count: hierarchy.count)
    for target in classes { isParent[hierarchy.parent(target) ?? target] = true }
    let topmost = hierarchy.topmost(of: isParent)
    mapTargets { Int(topmost[$0]) }
  }

  /// The number of classes after each round, until a round changes nothing.
  public var topDownCounts: [(rounds: Int, classes: Int)] {
    var counts: [(rounds: Int, classes: Int)] = []
    var partition = self
    while true {
      let before = partition
      partition.topDownRound()
      if partition == before { return counts }
      counts.append((counts.count + 1, partition.count))
    }
  }

  /// The fewest rounds of top-down clustering that give `classes` classes.
  /// - Throws: a ``Problem`` listing the numbers of classes that there are.
  public func topDownRounds(classes: Int) throws(Problem) -> Int {
    let counts = topDownCounts
    guard let found = counts.first(where: { $0.classes == classes }) else {
      throw Self.noSuchCount("top-down", classes, counts.map(\.classes))
    }
    return found.rounds
  }

  private static func noSuchCount(_ kind: String, _ found: Int, _ available: [Int]) -> Problem {
    var distinct: [Int] = []
    for count in available where distinct.last != count { distinct.append(count) }
    return Problem(
      "no \(kind) set has that many classes", expected: "one of \(distinct.map(String.init).joined(separator: " "))",
      found: "\(found)", kind: .usage)
  }

  // MARK: Hand-made

  /// Every class at or below one of the synsets becomes part of that one (of the topmost, where they nest).
  /// - Throws: a ``Problem`` naming the synsets that are not in the tree.
  public func cut(collapsed: [String]) throws(Problem) -> Partition {
    let nodes = collapsed.map { hierarchy.node(wnid: $0) }
    let unknown = zip(collapsed, nodes).filter { $1 == nil }.map(\.0)
    guard unknown.isEmpty else {
      throw Problem(
        "cannot collapse what is not in the tree", expected: "wnids above this dataset's classes",
        found: firstFew(unknown), advice: "see `imagenet-tui tree search`", kind: .usage)
    }
    var isCollapsed = BitSet(count: hierarchy.count)
    for case let node? in nodes { isCollapsed[node] = true }
    let topmost = hierarchy.topmost(of: isCollapsed)
    var result = self
    result.mapTargets { topmost[$0] < 0 ? $0 : Int(topmost[$0]) }
    return result
  }
}

extension Hierarchy {
  /// For each node its topmost ancestor-or-self in `marked`, −1 where there is none.
  func topmost(of marked: BitSet) -> [Int32] {
    var topmost = [Int32](repeating: -1, count: count)
    var end = 0
    topmost.withUnsafeMutableBufferPointer { topmost in
      marked.forEach { node in
        guard node >= end else { return }
        end = Int(ends[node])
        topmost[node..<end].update(repeating: Int32(node))
      }
    }
    return topmost
  }
}
