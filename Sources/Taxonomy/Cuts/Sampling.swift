import Basics

/// One permutation of 0..<n for a seed and a purpose: the first of it are drawn uniformly, and smaller draws nest in
/// larger ones.
struct SeededPermutation {
  private var state: UInt64

  /// `purpose` keeps the permutations of different things (two classes, say) independent under one seed.
  init(seed: UInt64, of purpose: String) {
    state = Self.mix(seed)
    for byte in purpose.utf8 { state = Self.mix(state ^ UInt64(byte)) }
  }

  /// The first `k` (at most `n`) of the permutation of 0..<`n`, in its order: Fisher and Yates's shuffle from the
  /// front.
  func prefix(_ k: Int, of n: Int) -> [Int] {
    var random = self
    var items = Array(0..<max(0, n))
    let k = min(max(0, k), items.count)
    items.withUnsafeMutableBufferPointer { items in
      for place in 0..<k { items.swapAt(place, place + random.below(n - place)) }
    }
    items.removeSubrange(k...)
    return items
  }

  /// Uniform in 0..<bound, by multiplication (bias below bound / 2⁶⁴).
  private mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Int(Self.mix(state).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Partition {
  /// `count` classes drawn uniformly; smaller draws with the same seed nest in larger ones.
  /// - Throws: a ``Problem`` unless there are that many.
  public func sampleClasses(count wanted: Int, seed: UInt64) throws(Problem) -> Partition {
    let classes = classes
    guard 1...max(1, classes.count) ~= wanted else {
      throw Problem("cannot sample classes", expected: "a number in 1…\(classes.count)", found: "\(wanted)", kind: .usage)
    }
    let drawn = Set(SeededPermutation(seed: seed, of: "classes").prefix(wanted, of: classes.count).map { classes[$0] })
    var result = self
    result.keep { drawn.contains($0) }
    return result
  }
}

extension ImageBudget {
  /// Which of a fine class's `count` training images are used, in the order in which they are drawn; all where
  /// there are no more than the budget. Smaller budgets with the same seed nest in larger ones.
  public func drawn(from count: Int, ofClass wnid: String) -> [Int] {
    SeededPermutation(seed: seed, of: wnid).prefix(perClass, of: count)
  }
}
