/// A set of small numbers, one bit each: copies and comparisons of a whole tree's worth cost nothing to speak of.
struct BitSet: Hashable, Sendable {
  private var words: [UInt64]

  /// An empty set that can hold 0..<count.
  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  subscript(member: Int) -> Bool {
    get { words[member >> 6] >> UInt64(member & 63) & 1 == 1 }
    set {
      let bit: UInt64 = 1 << UInt64(member & 63)
      if newValue { words[member >> 6] |= bit } else { words[member >> 6] &= ~bit }
    }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The members, ascending.
  var members: [Int] {
    var members: [Int] = []
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        members.append(place << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return members
  }
}
