import Kernels

/// A share in percent or otherwise, with the interval in which it lies for 95 of 100 such draws of images.
public struct Estimate: Codable, Equatable, Sendable {
  public var value, low, high: Double

  public init(value: Double, low: Double, high: Double) {
    (self.value, self.low, self.high) = (value, low, high)
  }
}

/// The percentile bootstrap (Efron 1979) of a mean over classes: every draw takes as many images of each class as it has, with
/// replacement.
public enum Bootstrap {
  public static let draws = 1000

  /// - Parameters:
  ///   - hits: of each class, how many of its images count.
  ///   - images: of each class, how many it has; classes without any are left out.
  public static func meanOverClasses(hits: [Int], images: [Int], seed: UInt64 = 1, draws: Int = draws) -> Estimate {
    precondition(hits.count == images.count, "hits of \(hits.count) classes and images of \(images.count)")
    let classes = images.indices.filter { images[$0] > 0 }
    guard !classes.isEmpty else { return Estimate(value: .nan, low: .nan, high: .nan) }
    func mean(_ share: (Int) -> Double) -> Double { classes.reduce(0) { $0 + share($1) } / Double(classes.count) }
    let value = mean { Double(hits[$0]) / Double(images[$0]) }
    var means = (0..<draws).map { draw in
      mean { index in
        // A class that is all right or all wrong is so in every draw.
        guard hits[index] > 0, hits[index] < images[index] else { return hits[index] > 0 ? 1 : 0 }
        let random = CounterRandom(seed: seed, draw, index)
        var count = 0
        for image in 0..<images[index] where random.below(images[index], image) < hits[index] { count += 1 }
        return Double(count) / Double(images[index])
      }
    }
    means.sort()
    return Estimate(value: value, low: means[draws / 40], high: means[draws - 1 - draws / 40])
  }
}

/// Mean and sample standard deviation of repeats.
public struct Repeats: Codable, Equatable, Sendable {
  public var count: Int
  public var mean: Double
  /// Nil for one.
  public var deviation: Double?

  public init(_ values: [Double]) {
    count = values.count
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    self.mean = mean
    deviation = values.count > 1
      ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot() : nil
  }
}
