/// Random numbers by position instead of by sequence: the value at (key, counter) is a hash of both, so
/// that any worker can draw any number in any order, and a resumed run draws what the stopped one would have.
///
/// The hash is the SplitMix64 finaliser (Steele, Lea, Flood 2014) over key + counter · golden ratio.
public struct CounterRandom: Sendable {
  public let key: UInt64

  public init(_ key: UInt64) { self.key = key }

  /// A key from a seed and what the numbers are for, for instance (epoch, sample, use).
  public init(seed: UInt64, _ purposes: Int...) {
    var key = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for purpose in purposes {
      key = Self.mix(key ^ Self.mix(UInt64(bitPattern: Int64(purpose)) &+ 0x9E37_79B9_7F4A_7C15))
    }
    self.key = key
  }

  @inlinable public static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  @inlinable public func bits(_ counter: Int) -> UInt64 {
    Self.mix(key &+ (UInt64(bitPattern: Int64(counter)) &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Uniform in [0, 1), 24 bits.
  @inlinable public func uniform(_ counter: Int) -> Float {
    Float(bits(counter) >> 40) * 0x1p-24
  }

  /// Uniform in 0..<bound, by multiplication (bias below bound / 2⁶⁴).
  @inlinable public func below(_ bound: Int, _ counter: Int) -> Int {
    Int(bits(counter).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
