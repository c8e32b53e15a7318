/// A set of small numbers, one bit each: copies and comparisons of a whole tree's worth cost nothing to speak of.
package struct BitSet: Hashable, Sendable {
  @usableFromInline var words: [UInt64]

  /// An empty set that can hold 0..<count.
  @inlinable package init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  @inlinable package subscript(member: Int) -> Bool {
    get { words[member >> 6] >> UInt64(member & 63) & 1 == 1 }
    set {
      let bit: UInt64 = 1 << UInt64(member & 63)
      if newValue { words[member >> 6] |= bit } else { words[member >> 6] &= ~bit }
    }
  }

  @inlinable package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// The members, ascending.
  @inlinable package var members: [Int] {
    var members: [Int] = []
    forEach { members.append($0) }
    return members
  }

  /// Calls `body` with each member, ascending.
  @inlinable
  @inline(__always)
  package func forEach(_ body: (Int) -> Void) {
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        body(place << 6 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }

  /// Takes all of these in, or none; negative ones are passed over.
  @inlinable package mutating func set(_ members: ArraySlice<Int32>, to value: Bool) {
    members.withUnsafeBufferPointer { members in
      words.withUnsafeMutableBufferPointer { words in
        for member in members where member >= 0 {
          let bit: UInt64 = 1 << UInt64(member & 63)
          if value { words[Int(member) >> 6] |= bit } else { words[Int(member) >> 6] &= ~bit }
        }
      }
    }
  }

  /// Removes the members in a range.
  @inlinable package mutating func clear(_ range: Range<Int>) {
    var member = range.lowerBound
    while member < range.upperBound {
      if member & 63 == 0, member + 64 <= range.upperBound {
        words[member >> 6] = 0
        member += 64
      } else {
        self[member] = false
        member += 1
      }
    }
  }
}
