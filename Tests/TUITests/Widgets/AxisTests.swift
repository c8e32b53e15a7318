import TUI
import Testing

@Suite("Axis")
struct AxisTests {
  @Test(
    "a linear axis has round ticks that share their decimals, and ends a little beyond the values",
    arguments: [
      (0.0...0.67, 3, ["0.0", "0.5"], 0.7), (0.0...0.67, 5, ["0.0", "0.2", "0.4", "0.6"], 0.68),
      (0.25...2.9, 4, ["1", "2", "3"], 3),
      (0...45_000, 5, ["0", "10k", "20k", "30k", "40k"], 46_000), (3...3, 3, ["2.8", "3.0", "3.2"], 3.32),
      (0...0, 3, ["-0.5", "0.0", "0.5"], 0.5),
      (-2...2, 3, ["-2", "0", "2"], 2), (0...6.8, 2, ["0", "5"], 7),
    ] as [(ClosedRange<Double>, Int, [String], Double)])
  func linear(values: ClosedRange<Double>, maximum: Int, labels: [String], high: Double) {
    let axis = Axis.linear(values, maximumTicks: maximum)
    #expect(abs(axis.high - high) < 1e-9)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.low <= values.lowerBound && values.upperBound <= axis.high)
    #expect(axis.ticks.count <= maximum)
  }

  @Test("no span, however small, large or empty, makes a linear axis without two ticks")
  func linearNeverDegenerates() {
    for exponent in -300...300 {
      for factor in [0.1, 1, 3.7] {
        var top = factor
        for _ in 0..<abs(exponent) { top = exponent < 0 ? top / 10 : top * 10 }
        for maximum in 2...6 {
          let axis = Axis.linear(0...top, maximumTicks: maximum)
          #expect(axis.ticks.count >= 2 && axis.high > axis.low, "0…\(top)")
        }
      }
    }
  }

  @Test(
    "a logarithmic axis has round ticks, powers of ten where the span is long",
    arguments: [
      (0.5...2.5, 4, ["0.5", "1", "2"]), (0.004...7, 4, ["0.01", "0.1", "1"]), (1e-8...1, 4, ["1e-8", "1e-5", "0.01"]),
      (2.0...2.0, 4, ["2.0", "2.2"]), (2.01...2.4, 4, ["2.1", "2.2", "2.3"]),
    ] as [(ClosedRange<Double>, Int, [String])])
  func logarithmic(values: ClosedRange<Double>, maximum: Int, labels: [String]) {
    let axis = Axis.logarithmic(values, maximumTicks: maximum)
    #expect(axis.ticks.map(\.label) == labels)
  }

  @Test(
    "values at the limits of numbers have an axis with ends, ticks and places on it",
    arguments: [
      -1.7e308...1.7e308, 1e308...1.79e308, -3.4e38...3.4e38, 0...Double.leastNonzeroMagnitude, Double.leastNonzeroMagnitude...Double.leastNormalMagnitude, -0.0...0, 1e16...(1e16 + 2), 9.2e18...9.3e18, 5...5,
      -1e300...(-1e300), Double.leastNormalMagnitude...1.7e308,
    ] as [ClosedRange<Double>])
  func limits(values: ClosedRange<Double>) {
    for maximum in [1, 2, 5, 40] {
      for axis in [Axis.linear(values, maximumTicks: maximum), Axis.logarithmic(values, maximumTicks: maximum)] {
        #expect(axis.low < axis.high && axis.low.isFinite && axis.high.isFinite && axis.ticks.count < 100, "\(axis)")
        for value in [values.lowerBound, values.upperBound, 0, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude] {
          #expect(axis.position(value)?.isFinite ?? true)
        }
      }
    }
  }

  @Test("an axis of one place has no place for anything, and units take any length", arguments: ChartUnit.allCases)
  func degenerate(unit: ChartUnit) {
    for scale in [Axis.Scale.linear, .logarithmic] { #expect(Axis(scale: scale, low: 5, high: 5).position(5) == nil) }
    for last in [0, -1, 1e-300, 4.6e18, 1e25, 1.7e308, .infinity, -.infinity, .nan] {
      let end = unit.end(holding: last, limit: nil)
      #expect(end.isFinite && end > 0, "\(last)")
      #expect((1...200).contains(unit.axis(0...end, maximumTicks: 8).ticks.count))
      #expect(!unit.text(last).isEmpty)
    }
  }

  @Test("a logarithmic axis has no place for zero, negative numbers and NaN")
  func logarithmicGaps() {
    let axis = Axis.logarithmic(0.1...10, maximumTicks: 3)
    #expect(axis.position(0) == nil)
    #expect(axis.position(-1) == nil)
    #expect(axis.position(.nan) == nil)
    #expect(abs(axis.position(1)! - 0.5) < 1e-12)
  }

  @Test(
    "the end of an axis stays while a run grows, and stops at the planned length",
    arguments: [
      (.step, 0, nil, 10), (.step, 900, nil, 1000), (.step, 1001, nil, 1500), (.step, 1400, nil, 1500),
      (.step, 4000, 4690, 4000), (.step, 4500, 4690, 4690), (.epoch, 0.3, 4, 1), (.epoch, 3.2, 4, 4), (.time, 61, nil, 120),
      (.time, 400_000, nil, 432_000),
    ] as [(ChartUnit, Double, Double?, Double)])
  func ends(unit: ChartUnit, last: Double, limit: Double?, end: Double) {
    #expect(unit.end(holding: last, limit: limit) == end)
  }

  @Test("steps are labelled with units")
  func stepLabels() {
    func labels(_ last: Double, _ most: Int) -> [String] {
      ChartUnit.step.axis(0...ChartUnit.step.end(holding: last), maximumTicks: most).ticks.map(\.label)
    }
    #expect(labels(41_200, 6) == ["0", "10k", "20k", "30k", "40k", "50k"])
    #expect(labels(3, 4) == ["0", "5", "10"])
    #expect(labels(12_000, 7) == ["0", "5k", "10k", "15k"])
  }

  @Test("No two ticks of a logarithmic axis bear the same text", arguments: [0.09...0.4, 0.11...0.31, 0.013...0.06, 0.5...3.2, 0.0011...0.0052, 0.14...0.16])
  func logarithmicLabels(values: ClosedRange<Double>) {
    for most in 2...9 {
      let labels = Axis.logarithmic(values, maximumTicks: most).ticks.map(\.label)
      #expect(Set(labels).count == labels.count, "\(labels)")
    }
    #expect(Axis.logarithmic(0.09...0.4, maximumTicks: 6).ticks.map(\.label).contains("0.15"))
  }

  @Test("Without outliers, an axis goes from the 5th to the 95th percentile and a fifth of that on either side, within the values")
  func outliers() throws {
    let smooth = (0..<100).map { 2 + Double($0) / 100 }
    let spiked = try #require(Axis.withoutOutliers(smooth + [500], .linear))
    #expect(spiked.lowerBound == 2 && abs(spiked.upperBound - (2.95 + 0.18)) < 0.01)
    #expect(Axis.withoutOutliers(smooth, .linear) == 2...2.99)
    // Down to 0 where that is near.
    let near = try #require(Axis.withoutOutliers([-9] + (0..<100).map { Double($0) / 100 + 0.1 }, .linear))
    #expect(near.lowerBound == 0)
    let logs = try #require(Axis.withoutOutliers(smooth + [1e9, 0, .nan], .logarithmic))
    #expect(logs.upperBound < 4 && logs.lowerBound >= 1.99)
    #expect(Axis.withoutOutliers([3, 3, 3], .linear) == 3...3 && Axis.withoutOutliers([], .linear) == nil)
  }

}
