import Basics

extension Partition {
  /// The size of part A where none is named: the paper's 522 of 1000, in proportion and rounded.
  public var defaultSplitTarget: Int { min(max(1, (count * 522 + 500) / 1000), max(1, count - 1)) }

  /// The depth of a minimal split where none is named: the paper's 4, or the first depth below at which the classes
  /// lie in more than one subtree.
  public var defaultSplitDepth: Int {
    let classes = classes
    return (4...max(4, hierarchy.deepest)).first { depth in
      Set(classes.map { hierarchy.ancestor($0, atDepth: depth) }).count > 1
    } ?? 4
  }

  /// Part A or B of a split that shares no synset at `depth` or below: whole depth-`depth` subtrees go to A (a class
  /// above that depth is a subtree of its own), chosen so that the number of A's classes comes nearest `target`.
  ///
  /// Of two equally near numbers the smaller one is taken. Of several choices with the same number, the one that takes
  /// as many of the largest subtrees as it can, then of the next size, and so on; of equal sizes those with the
  /// smallest wnids.
  /// - Throws: a ``Problem`` where `target` leaves a part empty, or all classes lie in one subtree.
  public func minimalSplit(depth: Int, target: Int, part: SplitPart) throws(Problem) -> Partition {
    let classes = classes
    guard 0...hierarchy.deepest ~= depth else {
      throw Problem("cannot split", expected: "a depth in 0…\(hierarchy.deepest)", found: "\(depth)", kind: .usage)
    }
    try checkTarget(target, of: classes.count)
    var sizes: [Int: Int] = [:]
    for node in classes { sizes[hierarchy.ancestor(node, atDepth: depth), default: 0] += 1 }
    guard sizes.count > 1 else {
      throw Problem(
        "cannot split at this depth", expected: "classes in two subtrees or more at depth \(depth)",
        found: "all below \(sizes.keys.first.map { hierarchy.name($0) } ?? "none")", advice: "choose a larger --depth", kind: .usage)
    }
    let subtrees = sizes.sorted { a, b in
      a.value != b.value ? a.value > b.value : hierarchy.id(a.key) < hierarchy.id(b.key)
    }
    let inA = Set(nearestSubset(of: subtrees.map(\.value), to: target).map { subtrees[$0].key })
    var result = self
    result.keep { inA.contains(hierarchy.ancestor($0, atDepth: depth)) == (part == .a) }
    return result
  }

  /// Part A or B of a seeded permutation of the classes: A has the first `target` of it.
  /// - Throws: a ``Problem`` where `target` leaves a part empty.
  public func randomSplit(target: Int, seed: UInt64, part: SplitPart) throws(Problem) -> Partition {
    let classes = classes
    try checkTarget(target, of: classes.count)
    let inA = Set(SeededPermutation(seed: seed, of: "split").prefix(target, of: classes.count).map { classes[$0] })
    var result = self
    result.keep { inA.contains($0) == (part == .a) }
    return result
  }

  private func checkTarget(_ target: Int, of classes: Int) throws(Problem) {
    guard classes > 1 else {
      throw Problem("cannot split", expected: "two classes or more", found: "\(classes)", kind: .usage)
    }
    guard 1..<classes ~= target else {
      throw Problem("cannot split", expected: "a target in 1…\(classes - 1)", found: "\(target)", kind: .usage)
    }
  }
}

/// The indices of the `sizes` (descending, positive, two or more) whose sum is nearest `target`, neither none nor all
/// of them. Ties as ``Partition/minimalSplit(depth:target:part:)`` says.
///
/// Exact, by dynamic programming over the distinct sizes: at most √(2·sum) of them, so that 80,000 classes take
/// less than 33 million steps.
func nearestSubset(of sizes: [Int], to target: Int) -> [Int] {
  let total = sizes.reduce(0, +)
  var runs: [(size: Int, first: Int, count: Int)] = []
  for (place, size) in sizes.enumerated() {
    if runs.last?.size == size { runs[runs.count - 1].count += 1 } else { runs.append((size, place, 1)) }
  }
  // reachable[k][s]: the runs from k on can sum to s.
  var reachable = [[Bool]](repeating: [], count: runs.count + 1)
  reachable[runs.count] = [true] + [Bool](repeating: false, count: total)
  for (k, run) in runs.enumerated().reversed() {
    var sums = reachable[k + 1]
    // The fewest of this run that a sum needs; a sum that the smaller sizes reach needs none.
    var needs = [Int32](repeating: 0, count: total + 1)
    for sum in stride(from: run.size, through: total, by: 1) where !sums[sum] && sums[sum - run.size] {
      needs[sum] = needs[sum - run.size] + 1
      if needs[sum] <= run.count { sums[sum] = true }
    }
    reachable[k] = sums
  }
  // Neither part empty: 0 and `total` are no choice; two sizes or more always leave another.
  var rest = (1..<total).filter { reachable[0][$0] }.min {
    let (a, b) = (abs($0 - target), abs($1 - target))
    return a != b ? a < b : $0 < $1
  }!
  var chosen: [Int] = []
  for (k, run) in runs.enumerated() {
    let take = (0...min(run.count, rest / run.size)).last { reachable[k + 1][rest - $0 * run.size] }!
    chosen += run.first..<(run.first + take)
    rest -= take * run.size
  }
  return chosen
}
