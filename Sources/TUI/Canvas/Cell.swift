/// One character cell: a scalar, the combining marks on it, and how it is drawn. Plain bits, since every frame makes and
/// compares thousands.
package struct Cell: Hashable, Sendable {
  package var marks: CombiningMarks
  package var style: Style
  package var scalar: Unicode.Scalar

  package init(_ scalar: Unicode.Scalar = " ", marks: CombiningMarks = CombiningMarks(), style: Style = .plain) {
    self.scalar = scalar
    self.marks = marks
    self.style = style
  }

  /// Branches cost more than comparing all of it.
  package static func == (one: Cell, other: Cell) -> Bool {
    let differences = UInt64(one.scalar.value ^ other.scalar.value) | UInt64(one.style.differences(from: other.style))
    return (one.marks.bits ^ other.marks.bits) | differences == 0
  }

  /// The cell right of a wide character's, which that character covers.
  package static let covered: Unicode.Scalar = "\0"
  package var isCovered: Bool { scalar == Cell.covered }
}

/// Up to three combining marks, in the order in which they were written; those beyond are left out.
package struct CombiningMarks: Hashable, Sendable, Sequence {
  /// 21 bits each, which hold any scalar, the first mark lowest; 0 is none.
  fileprivate var bits: UInt64 = 0

  package init() {}

  package static let limit = 3

  package mutating func append(_ mark: Unicode.Scalar) {
    for place in 0..<Self.limit where (bits >> (21 * place)) & 0x1F_FFFF == 0 {
      bits |= UInt64(mark.value) << (21 * place)
      return
    }
  }

  package func makeIterator() -> some IteratorProtocol<Unicode.Scalar> {
    sequence(state: bits) { rest -> Unicode.Scalar? in
      guard rest != 0 else { return nil }
      defer { rest >>= 21 }
      return Unicode.Scalar(UInt32(rest & 0x1F_FFFF))
    }
  }
}
