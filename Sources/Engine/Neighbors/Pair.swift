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

  init(_ metric: Metric, _ width: Int, _ length: Float) {
    self.metric = metric
    self.width = width
    self.length = length
    error = Double(width + 16) * 0x1p-23
  }

  /// False only where the distance is certain not to lie below `bound`.
  @inline(__always)
  func mayBeNearer(product: Float, rowLength: Float, than bound: Double?) -> Bool {
    guard let bound, bound < .infinity else { return true }
    guard isDefined(rowLength) else { return false }
    let (a, b) = (Double(length), Double(rowLength))
    switch metric {
    case .l2:
      // 2 ‖a‖ ‖b‖ ≤ ‖a‖² + ‖b‖². The last term: products that are too small for single precision.
      let slack = error * (a + b) + Double(width) * 0x1p-125
      return a + b - 2 * Double(product) - slack <= bound * bound
    case .cosine:
      guard length >= Self.shortest, rowLength >= Self.shortest else { return 1 <= bound }
      return 1 - Double(product) / (a * b).squareRoot() - 2 * error <= bound
    }
  }

  /// The distance, computed directly in double precision.
  func distance(
    _ query: UnsafeMutableBufferPointer<Float>, _ start: Int, _ rows: UnsafeMutableBufferPointer<Float>, _ first: Int,
    rowLength: Float
  ) -> Double {
    guard isDefined(rowLength) else { return .infinity }
    switch metric {
    case .l2:
      return sum(query, start, rows, first) { a, b in (a - b) * (a - b) }.squareRoot()
    case .cosine:
      guard length >= Self.shortest, rowLength >= Self.shortest else { return 1 }
      let product = sum(query, start, rows, first) { a, b in a * b }
      let lengths = sum(query, start, query, start) { a, b in a * b } * sum(rows, first, rows, first) { a, b in a * b }
      return min(max(1 - product / lengths.squareRoot(), 0), 2)
    }
  }

  private func isDefined(_ rowLength: Float) -> Bool { length.isFinite && rowLength.isFinite }

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
