import Kernels

/// How the numbers of one tensor are spread, as TensorBoard's histograms take it (tensorflow/core/framework/summary.proto).
package struct WeightHistogram: Equatable {
  /// `weights/conv1.weight`.
  package var tag: String
  package private(set) var low = 0.0, high = 0.0, sum = 0.0, sumOfSquares = 0.0
  /// The upper ends of the buckets, rising, the last one ``high``.
  package private(set) var limits: [Double] = []
  /// How many numbers lie in each.
  package private(set) var counts: [Double] = []

  package static let buckets = 40
  /// Of larger tensors every so many-th number is counted that about so many are.
  package static let most = 1 << 18

  /// - Returns: nil where there is no finite number.
  package init?(tag: String, _ tensor: Tensor) {
    self.tag = tag
    let numbers = tensor.elements
    let stride = max(1, numbers.count / Self.most)
    var (least, greatest) = (Float.infinity, -Float.infinity)
    func forEach(_ body: (Float) -> Void) {
      var index = 0
      while index < numbers.count {
        if numbers[index].isFinite { body(numbers[index]) }
        index += stride
      }
    }
    forEach {
      least = min(least, $0)
      greatest = max(greatest, $0)
    }
    guard least <= greatest else { return nil }
    (low, high) = (Double(least), Double(greatest))
    let buckets = high > low ? Self.buckets : 1
    let width = (high - low) / Double(buckets)
    limits = (1...buckets).map { $0 == buckets ? high : low + Double($0) * width }
    counts = Array(repeating: 0, count: buckets)
    forEach { number in
      let value = Double(number)
      sum += value
      sumOfSquares += value * value
      counts[width > 0 ? min(buckets - 1, Int((value - low) / width)) : 0] += 1
    }
  }

  /// How many numbers were counted.
  package var count: Double { counts.reduce(0, +) }
}
