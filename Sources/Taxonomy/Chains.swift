/// The fine classes and their ancestors in the order in which they were met, before they are numbered as a tree.
struct Chains {
  private(set) var ids: [SynsetID] = []
  private(set) var parents: [Int32] = []
  private(set) var depths: [Int32] = []
  /// The fine class that each is, else −1.
  private(set) var fines: [Int32] = []
  private(set) var finesBelow: [Int32] = []
  private(set) var nodeOfFine: [Int32] = []
  private var nodes: [SynsetID: Int32] = [:]

  init(fineClasses: [String], wordNet: WordNet, policy: HypernymPolicy) throws(Problem) {
    nodes.reserveCapacity(fineClasses.count * 2)
    var unknown: [String] = []
    var twice: [String] = []
    for (fine, wnid) in fineClasses.enumerated() {
      guard let id = wordNet.id(ofWnid: wnid) else {
        unknown.append(wnid)
        continue
      }
      let node = try climb(from: id, wordNet, policy)
      if fines[Int(node)] >= 0 { twice.append(wnid) }
      fines[Int(node)] = Int32(fine)
      nodeOfFine.append(node)
    }
    if fineClasses.isEmpty { throw Problem("a tree needs at least one class", found: "none") }
    if !unknown.isEmpty {
      throw Problem(
        wordNet.isOwn ? "these classes are not in the hierarchy" : "these classes are not in WordNet",
        expected: wordNet.wnidsInWords, found: firstFew(unknown))
    }
    if !twice.isEmpty { throw Problem("classes are named twice", found: firstFew(twice)) }
    countFines()
  }

  /// Adds what is missing of the chain from `id` to its root, and returns the node of `id`.
  private mutating func climb(
    from id: SynsetID, _ wordNet: WordNet, _ policy: HypernymPolicy
  ) throws(Problem) -> Int32 {
    if let known = nodes[id] { return known }
    let first = ids.count
    var next: SynsetID? = id
    var top: Int32 = -1
    while let current = next {
      if let known = nodes[current] {
        // Nodes of this very climb have no depth yet: their chain bites its own tail.
        if Int(known) >= first {
          throw Problem("hypernyms run in a circle", at: "data.noun", found: "\(wordNet.wnid(of: current)) above itself")
        }
        top = known
        break
      }
      nodes[current] = Int32(ids.count)
      ids.append(current)
      next = wordNet.treeParent(of: current, policy: policy)
      if let missing = next, !wordNet.contains(missing) {
        throw Problem(
          "a hypernym is missing", at: "data.noun", expected: "a synset \(missing) above \(current)", found: "none")
      }
    }
    let last = ids.count - 1
    let depthAbove = top < 0 ? -1 : depths[Int(top)]
    for node in first...last {
      parents.append(node == last ? top : Int32(node + 1))
      depths.append(depthAbove + Int32(last - node + 1))
      fines.append(-1)
    }
    return Int32(first)
  }

  private mutating func countFines() {
    finesBelow = fines.map { $0 < 0 ? 0 : 1 }
    for node in deepestFirst() where parents[node] >= 0 { finesBelow[Int(parents[node])] += finesBelow[node] }
  }

  private func deepestFirst() -> [Int] {
    var levels: [[Int]] = Array(repeating: [], count: Int(depths.max() ?? 0) + 1)
    for node in ids.indices { levels[Int(depths[node])].append(node) }
    return levels.reversed().flatMap { $0 }
  }

  /// Roots first, each node before its children, children with more fine classes first, then by wnid.
  func preorder() -> [Int32] {
    // Numbered by the wnids first, so that a key and its node fit into one number.
    let byID = ids.enumerated().map { UInt64($1.offset) << 32 | UInt64($0) }.sorted().map { Int($0 & 0xFFFF_FFFF) }
    let sorted = byID.enumerated().map { UInt64(UInt32.max - UInt32(finesBelow[$1])) << 32 | UInt64($0) }.sorted()
      .map { Int32(byID[Int($0 & 0xFFFF_FFFF)]) }
    // Linked lists of children: filled from the back, so that each begins with the first.
    var firstChild = [Int32](repeating: -1, count: ids.count)
    var nextSibling = [Int32](repeating: -1, count: ids.count)
    var stack: [Int32] = []
    for node in sorted.reversed() {
      let parent = parents[Int(node)]
      guard parent >= 0 else {
        stack.append(node)
        continue
      }
      nextSibling[Int(node)] = firstChild[Int(parent)]
      firstChild[Int(parent)] = node
    }
    var order: [Int32] = []
    order.reserveCapacity(ids.count)
    while let node = stack.popLast() {
      order.append(node)
      if nextSibling[Int(node)] >= 0 { stack.append(nextSibling[Int(node)]) }
      if firstChild[Int(node)] >= 0 { stack.append(firstChild[Int(node)]) }
    }
    return order
  }
}

/// "n01440764, n01443537, n01484850 and 997 more": lists in messages stay short.
public func firstFew(_ items: some Collection<String>, _ limit: Int = 3) -> String {
  let more = items.count - limit
  return items.prefix(limit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
}
