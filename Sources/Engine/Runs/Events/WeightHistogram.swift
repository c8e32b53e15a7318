import Kernels

/// How the numbers of one tensor are spread, as TensorBoard's histograms take it (tensorflow/core/framework/summary.proto): all of them
/// that are finite.
package struct WeightHistogram: Equatable {
  /// `weights/conv1.weight`.
  package var tag: String
  package private(set) var low = 0.0, high = 0.0, sum = 0.0, sumOfSquares = 0.0
  /// The upper ends of the buckets, rising, the last one ``high``.
  package private(set) var limits: [Double] = []
  /// How many numbers lie in each.
  package private(set) var counts: [Double] = []

  package static let buckets = 40

  /// - Returns: nil where there is no finite number.
  package init?(tag: String, _ tensor: Tensor) {
    self.tag = tag
    let numbers = tensor.elements
    var (least, greatest) = (Float.infinity, -Float.infinity)
    var (sum, sumOfSquares) = (0.0, 0.0)
    for number in numbers where number.isFinite {
      least = min(least, number)
      greatest = max(greatest, number)
      let value = Double(number)
      sum += value
      sumOfSquares += value * value
    }
    guard least <= greatest else { return nil }
    let (low, high) = (Double(least), Double(greatest))
    let buckets = high > low ? Self.buckets : 1
    let width = (high - low) / Double(buckets)
    var counts = [Int](repeating: 0, count: buckets)
    counts.withUnsafeMutableBufferPointer { counts in
      for number in numbers where number.isFinite {
        counts[width > 0 ? min(buckets - 1, Int((Double(number) - low) / width)) : 0] += 1
      }
    }
    (self.low, self.high, self.sum, self.sumOfSquares) = (low, high, sum, sumOfSquares)
    limits = (1...buckets).map { $0 == buckets ? high : low + Double($0) * width }
    self.counts = counts.map(Double.init)
  }

  /// How many numbers were counted.
  package var count: Double { counts.reduce(0, +) }
}
