import Glibc

/// An axis with its numbers: what part of them it shows, and where its ticks are.
package struct ChartTicks {
  package struct Tick: Equatable {
    package var value: Double
    package var text: String
  }

  package var range: ClosedRange<Double>
  package var scale: ChartDrawing.Scale
  package var ticks: [Tick]
  /// Ticks without a text.
  package var minor: [Double] = []

  /// Where a value is on the axis, 0…1; beyond that where it is none of the range.
  package func place(_ value: Double) -> Double {
    switch scale {
    case .linear: return (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic:
      let (low, high) = (log10(range.lowerBound), log10(range.upperBound))
      return (log10(max(value, 1e-300)) - low) / (high - low)
    }
  }

  /// - Parameters:
  ///   - values: what the axis has to show; nil: nothing yet.
  ///   - most: how many texts there may be.
  ///   - isSnug: whether the range ends a little beyond the values, and not at the next tick.
  ///   - fit: whether the texts have room beside each other.
  package init(_ axis: ChartDrawing.Axis, _ values: ClosedRange<Double>?, most: Int, isSnug: Bool, fit: (ChartTicks) -> Bool) {
    scale = axis.scale
    var candidates: [ChartTicks] = []
    switch axis.scale {
    case .linear:
      let values = Self.widened(values ?? 0...1)
      for count in stride(from: max(2, most), through: 2, by: -1) { candidates.append(Self.linear(values, most: count, isSnug: isSnug)) }
    case .logarithmic:
      let values = values ?? 1...10
      let (low, high) = (min(max(values.lowerBound, 1e-290), 1e290), min(max(values.upperBound, 1e-290), 1e290))
      let margin = max(1.05, pow(10, 0.04 * (log10(high) - log10(low))))
      candidates = Self.logarithmic(low / margin...high * margin)
    }
    // Two numbers hardly tell a scale.
    let fitting = candidates.filter { $0.ticks.count <= max(2, most) && $0.ticks.count > 1 && fit($0) }
    self = fitting.first { $0.ticks.count > 2 } ?? fitting.first ?? candidates.last!
    if !fit(self) { ticks = Array(ticks.prefix(1)) }
  }

  private init(_ range: ClosedRange<Double>, _ scale: ChartDrawing.Scale, _ ticks: [Tick], minor: [Double] = []) {
    (self.range, self.scale, self.ticks, self.minor) = (range, scale, ticks, minor)
  }

  /// What is all one value gets room on both sides.
  private static func widened(_ values: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (max(values.lowerBound, -1e300), min(values.upperBound, 1e300))
    guard high - low <= 1e-9 * max(abs(low), abs(high)) else { return low...high }
    if low == 0 { return 0...1 }
    let room = max(abs(low) * 0.05, 1e-6)
    return low - room...high + room
  }

  private static func linear(_ values: ClosedRange<Double>, most: Int, isSnug: Bool) -> ChartTicks {
    let length = values.upperBound - values.lowerBound
    let shown = isSnug ? values.lowerBound - 0.04 * length...values.upperBound + 0.04 * length : values
    var exponent = Int(floor(log10(length))) - 2
    while true {
      for (mantissa, places) in [(1.0, 0), (2, 0), (2.5, 1), (5, 0)] {
        let step = mantissa * pow(10, Double(exponent))
        // What rounding adds is no reason for another tick.
        let slack = 1e-9 * length / step
        let (first, last) =
          isSnug
          ? (ceil(shown.lowerBound / step - slack), floor(shown.upperBound / step + slack))
          : (floor(shown.lowerBound / step + slack), ceil(shown.upperBound / step - slack))
        // Around zero no two ticks hold all.
        guard last - first < Double(isSnug ? most : max(3, most)) else { continue }
        let digits = max(0, places - exponent)
        let ticks = (0..<max(0, Int(last - first) + 1)).map { index -> Tick in
          let value = (first + Double(index)) * step
          return Tick(value: value, text: ChartText.number(value, digits))
        }
        return ChartTicks(isSnug ? shown : first * step...last * step, .linear, ticks)
      }
      exponent += 1
    }
  }

  /// From many ticks to few.
  private static func logarithmic(_ range: ClosedRange<Double>) -> [ChartTicks] {
    let (low, high) = (Int(floor(log10(range.lowerBound))), Int(ceil(log10(range.upperBound))))
    func ticks(_ factors: [Int], each: Int = 1) -> [Tick] {
      (low...high).filter { each == 1 || $0 % each == 0 }.flatMap { exponent in
        factors.map { Double($0) * pow(10, Double(exponent)) }.filter { range.contains($0) }
          .map { Tick(value: $0, text: ChartText.number($0, max(0, -exponent))) }
      }
    }
    let minor = high - low <= 6 ? ticks(Array(1...9)).map(\.value) : []
    var candidates = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]].map { ChartTicks(range, .logarithmic, ticks($0), minor: minor) }
    for each in [2, 3, 5, 10, 20, 50, 100] { candidates.append(ChartTicks(range, .logarithmic, ticks([1], each: each), minor: minor)) }
    // Within less than a decade few of these lie; a linear axis has some.
    for most in [6, 5, 4, 3] {
      let linear = Self.linear(range, most: most, isSnug: true)
      candidates.insert(
        ChartTicks(range, .logarithmic, linear.ticks.filter { range.contains($0.value) && $0.value > 0 }, minor: minor), at: candidates.endIndex)
    }
    let enough = candidates.filter { $0.ticks.count > 1 }
    return enough.isEmpty ? [ChartTicks(range, .logarithmic, [], minor: minor)] : enough
  }
}
