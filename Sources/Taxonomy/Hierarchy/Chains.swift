import Basics

/// The fine classes and their ancestors in the order in which they were met, before they are numbered as a tree.
struct Chains {
  private(set) var ids: [SynsetID] = []
  private(set) var parents: [Int32] = []
  private(set) var depths: [Int32] = []
  /// The fine class that each is, else −1.
  private(set) var fines: [Int32] = []
  private(set) var finesBelow: [Int32] = []
  private var nodes: SynsetTable

  init(fineClasses: [String], ids fineIDs: [SynsetID?], wordNet: WordNet, policy: HypernymPolicy) throws(Problem) {
    nodes = SynsetTable(expecting: fineClasses.count)
    ids.reserveCapacity(fineClasses.count)
    var unknown: [String] = []
    var twice: [String] = []
    for (fine, wnid) in fineClasses.enumerated() {
      guard let id = fineIDs[fine], let node = try climb(from: id, wordNet, policy) else {
        unknown.append(wnid)
        continue
      }
      if fines[Int(node)] >= 0 { twice.append(wnid) }
      fines[Int(node)] = Int32(fine)
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

  /// Adds what is missing of the chain from `id` to its root, and returns the node of `id`; nil where there is no such synset. Each
  /// synset's line is read once: trees as large as WordNet are opened by this.
  private mutating func climb(
    from id: SynsetID, _ wordNet: WordNet, _ policy: HypernymPolicy
  ) throws(Problem) -> Int32? {
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
      guard let record = wordNet.record(current) else {
        guard let below = ids.indices.contains(first) ? ids.last : nil else { return nil }
        throw Problem(
          "a hypernym is missing", at: "data.noun", expected: "a synset \(current) above \(below)", found: "none")
      }
      nodes.insert(current, Int32(ids.count))
      ids.append(current)
      next = wordNet.treeParent(of: current, record, policy: policy)
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
    stablySorted(Array(0..<Int32(ids.count)), by: depths.map(UInt32.init)).reversed().map(Int.init)
  }

  /// Roots first, each node before its children, children with more fine classes first, then by wnid.
  func preorder() -> [Int32] {
    let byID = stablySorted(Array(0..<Int32(ids.count)), by: ids.map { UInt32($0.offset) })
    let most = finesBelow.max() ?? 0
    let sorted = stablySorted(byID, by: finesBelow.map { UInt32(most - $0) })
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
