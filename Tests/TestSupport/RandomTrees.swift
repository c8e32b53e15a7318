import Taxonomy

/// A random number generator that always gives the same numbers for a seed (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Hierarchy {
  /// A random tree of up to `size` synsets: chains and bushes, some synsets with two hypernyms, some words with
  /// several senses, sometimes two roots; fine classes in any order, inner nodes among them.
  public static func random(seed: UInt64, size: Int = 60, policy: HypernymPolicy = .name) throws -> Hierarchy {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 2...size, using: &random)
    let reach = Int.random(in: 1...count, using: &random)
    let synsets = (0..<count).map { place -> (lemmas: [String], hypernyms: [Int]) in
      let lemmas = ["w\(place % Int.random(in: 3...40, using: &random))", "x\(place)"]
      if place == 0 || place > 3 && Int.random(in: 0..<50, using: &random) == 0 { return (lemmas, []) }
      var hypernyms = [Int.random(in: max(0, place - reach)..<place, using: &random)]
      let other = Int.random(in: 0..<place, using: &random)
      if other != hypernyms[0], Int.random(in: 0..<6, using: &random) == 0 { hypernyms.append(other) }
      return (lemmas, hypernyms)
    }
    let wordNet = MadeUpWordNet(synsets)
    let classes = Int.random(in: 1...count, using: &random)
    return try Hierarchy(
      fineClasses: Array(wordNet.wnids.shuffled(using: &random).prefix(classes)), wordNet: wordNet.open(), policy: policy)
  }
}
