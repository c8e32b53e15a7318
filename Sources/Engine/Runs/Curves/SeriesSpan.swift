/// What a stretch of a curve comes to: all that a column of a chart shows of the values in it.
///
/// A value that is not finite is a gap. 32 bytes, of which a cache on disk holds arrays as they are.
public struct SeriesSpan: Sendable, BitwiseCopyable {
  /// The first value and the last one, gaps included: a line may begin and end there only where they are finite.
  public private(set) var first, last: Float
  /// The least and the greatest finite value; +∞ and −∞ where there is none.
  public private(set) var low = Float.infinity, high = -Float.infinity
  /// The least value above zero, for logarithmic axes; +∞ where there is none.
  public private(set) var leastPositive = Float.infinity
  private var finite: UInt32 = 0
  /// Of the finite values.
  public private(set) var sum = 0.0

  /// The finite values.
  public var count: Int { Int(finite) }
  /// The mean of the finite values; nil where there is none.
  public var mean: Double? { finite > 0 ? sum / Double(finite) : nil }
  /// Nil where all values are gaps.
  public var range: ClosedRange<Float>? { finite > 0 ? low...high : nil }

  init(_ value: Float) {
    (first, last) = (value, value)
    count(value)
  }

  /// - Parameter values: one or more.
  init(_ values: UnsafeBufferPointer<Float>) {
    (first, last) = (values[0], values[values.count - 1])
    for value in values { count(value) }
  }

  private mutating func count(_ value: Float) {
    guard value.isFinite else { return }
    low = min(low, value)
    high = max(high, value)
    if value > 0 { leastPositive = min(leastPositive, value) }
    finite += 1
    sum += Double(value)
  }

  /// Appends the value behind.
  mutating func append(_ value: Float) {
    last = value
    count(value)
  }

  /// Appends the stretch behind.
  mutating func append(_ next: SeriesSpan) {
    last = next.last
    low = min(low, next.low)
    high = max(high, next.high)
    leastPositive = min(leastPositive, next.leastPositive)
    finite &+= next.finite
    sum += next.sum
  }
}
