/// How the floats of a tensor lie in a file, little-endian; named as safetensors has them.
package enum FloatFormat: String, CaseIterable, Sendable {
  case half = "F16", brain = "BF16", single = "F32", double = "F64"

  /// Of one number.
  package var bytes: Int {
    switch self {
    case .half, .brain: 2
    case .single: 4
    case .double: 8
    }
  }

  /// Turns all of `source` into single precision, rounded to the nearest.
  /// - Returns: the numbers that are finite there and too large here: how many, the first one's place, and itself; nil: none.
  package func read(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Float>
  ) -> (count: Int, first: Int, value: Double)? {
    precondition(source.count == bytes * target.count, "\(source.count) bytes for \(target.count) floats")
    func bits<Bits: FixedWidthInteger>(_ place: Int, _ type: Bits.Type) -> Bits {
      Bits(littleEndian: source.loadUnaligned(fromByteOffset: place * MemoryLayout<Bits>.size, as: Bits.self))
    }
    var tooLarge: (count: Int, first: Int, value: Double)?
    for place in target.indices {
      switch self {
      case .half: target[place] = Float(Float16(bitPattern: bits(place, UInt16.self)))
      case .brain: target[place] = Float(bitPattern: UInt32(bits(place, UInt16.self)) << 16)
      case .single: target[place] = Float(bitPattern: bits(place, UInt32.self))
      case .double:
        let value = Double(bitPattern: bits(place, UInt64.self))
        target[place] = Float(value)
        guard value.isFinite, target[place].isInfinite else { continue }
        tooLarge = tooLarge.map { ($0.count + 1, $0.first, $0.value) } ?? (1, place, value)
      }
    }
    return tooLarge
  }
}
