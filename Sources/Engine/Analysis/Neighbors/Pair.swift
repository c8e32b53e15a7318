/// One query against the rows of a gallery: an estimate of their distance from the dot product, with a bound of its
/// error, and the distance itself.
struct Pair {
  let metric: Metric
  let width: Int
  /// ‖query‖², as the backend rounded it.
  private let length: Float
  /// The most that a dot product of `width` terms in single precision is off, as a share of ‖a‖ ‖b‖, for any order of its terms
  /// (Higham, Accuracy and Stability of Numerical Algorithms, §3.1), with room for rounding the lengths.
  private let error: Double

  /// A squared length below this has lost its digits: the vector counts as one of no length.
  private static let shortest: Float = 0x1p-100
  /// With a squared length beyond this, products and sums may be no `Float`: there is no estimate, only the distance itself.
  private static let longest: Float = 0x1p+120

  init(_ metric: Metric, _ width: Int, _ length: Float) {
    self.metric = metric
    self.width = width
    self.length = length
    error = Double(width + 16) * 0x1p-23
  }

  /// What the distance lies between, up to the rounding of the last digits; nil where no estimate tells.
  @inline(__always)
  func bounds(product: Float, rowLength: Float) -> (lower: Double, upper: Double)? {
    guard length <= Self.longest, rowLength <= Self.longest else { return nil }
    let (a, b) = (Double(length), Double(rowLength))
    switch metric {
    case .l2:
      // 2 ‖a‖ ‖b‖ ≤ ‖a‖² + ‖b‖². The last term: products that are too small for single precision.
      let slack = error * (a + b) + Double(width) * 0x1p-125
      let estimate = a + b - 2 * Double(product)
      return (max(0, estimate - slack).squareRoot(), max(0, estimate + slack).squareRoot())
    case .cosine:
      guard length >= Self.shortest, rowLength >= Self.shortest else { return (1, 1) }
      let estimate = 1 - Double(product) / (a * b).squareRoot()
      return (estimate - 2 * error, estimate + 2 * error)
    }
  }

  // MARK: The same question for many rows at once

  /// How `RowScan` asks whether ``bounds(product:rowLength:)`` of a row may begin below a distance: by `product < side(row) + level` (L2) or
  /// `product < side(row) * level` (cosine) where they certainly do not. What is no number asks for the row to be looked at.
  @inline(__always)
  func side(rowLength: Float) -> Float {
    guard rowLength <= Self.longest else { return .nan }
    switch metric {
    case .l2: return Float(0.5 * (1 - error) * Double(rowLength) * (1 - Self.rounding))
    case .cosine: return rowLength >= Self.shortest ? rowLength.squareRoot() : .nan
    }
  }

  func level(_ distance: Double) -> Float {
    guard length <= Self.longest else { return .nan }
    switch metric {
    case .l2:
      let level = 0.5 * ((1 - error) * Double(length) - Double(width) * 0x1p-125 - distance * distance)
      return Float(level - abs(level) * Self.rounding)
    case .cosine:
      guard length >= Self.shortest else { return .nan }
      let level = (1 - 2 * error - distance) * Double(length).squareRoot()
      return Float(level - abs(level) * Self.rounding)
    }
  }

  /// More than three roundings to single precision change, as a share.
  private static let rounding = 0x1p-21

  /// The distance, computed directly in double precision, which holds the squares of all floats; infinite where a vector holds what is
  /// no number.
  func distance(
    _ query: UnsafeMutableBufferPointer<Float>, _ start: Int, _ rows: UnsafeMutableBufferPointer<Float>, _ first: Int,
    rowLength: Float
  ) -> Double {
    switch metric {
    case .l2:
      let square = sum(query, start, rows, first) { a, b in (a - b) * (a - b) }
      return square.isFinite ? square.squareRoot() : .infinity
    case .cosine:
      let lengths = sum(query, start, query, start) { a, b in a * b } * sum(rows, first, rows, first) { a, b in a * b }
      guard lengths.isFinite else { return .infinity }
      guard length >= Self.shortest, rowLength >= Self.shortest else { return 1 }
      let product = sum(query, start, rows, first) { a, b in a * b }
      return min(max(1 - product / lengths.squareRoot(), 0), 2)
    }
  }

  /// Σ term(a_i, b_i), in four interleaved sums.
  @inline(__always)
  private func sum(
    _ a: UnsafeMutableBufferPointer<Float>, _ startA: Int, _ b: UnsafeMutableBufferPointer<Float>, _ startB: Int,
    _ term: (SIMD4<Double>, SIMD4<Double>) -> SIMD4<Double>
  ) -> Double {
    var sums = SIMD4<Double>()
    let whole = width & ~3
    for i in stride(from: 0, to: whole, by: 4) {
      sums += term(Self.four(a, startA + i), Self.four(b, startB + i))
    }
    var total = sums[0] + sums[1] + sums[2] + sums[3]
    for i in whole..<width {
      total += term(SIMD4(repeating: Double(a[startA + i])), SIMD4(repeating: Double(b[startB + i])))[0]
    }
    return total
  }

  @inline(__always)
  private static func four(_ x: UnsafeMutableBufferPointer<Float>, _ i: Int) -> SIMD4<Double> {
    SIMD4(Double(x[i]), Double(x[i + 1]), Double(x[i + 2]), Double(x[i + 3]))
  }
}
