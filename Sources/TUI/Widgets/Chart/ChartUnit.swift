import Basics
import Glibc

/// What a chart's curves are drawn over.
package enum ChartUnit: String, CaseIterable, Sendable, Codable {
  case step, epoch, images
  /// Since the launch.
  case time

  package var next: ChartUnit {
    let all = Self.allCases
    return all[(all.firstIndex(of: self)! + 1) % all.count]
  }

  /// Where an axis ends that has to hold `last`: on a ladder of round numbers, so that a growing run does not rescale the chart
  /// at every step. `limit` caps the ladder (the planned length of the longest run).
  package func end(holding last: Double, limit: Double? = nil) -> Double {
    // Longer than any run, and short enough to be counted by.
    let last = last.isNaN ? 0 : min(last, 1e18)
    var end = 0.0
    switch self {
    case .step, .images: end = Self.rung(above: last, from: 10)
    case .epoch: end = Self.rung(above: last, from: 1)
    case .time:
      end = last > 2 * 86_400
        ? Self.rung(above: last / 86_400, from: 1) * 86_400 : Self.spans.first { $0 >= last } ?? 2 * 86_400
    }
    if let limit, limit >= last, limit > 0 { end = min(end, limit) }
    return end
  }

  private static let spans: [Double] = [
    10, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10_800, 14_400, 21_600, 28_800, 43_200,
    64_800, 86_400, 129_600, 172_800,
  ]

  private static func rung(above last: Double, from start: Double) -> Double {
    var end = start
    while true {
      for rung in [1, 1.5, 2, 3, 4, 5, 6, 8] where rung * end >= last { return rung * end }
      end *= 10
    }
  }

  /// An axis over a window, with round ticks inside it.
  package func axis(_ window: ClosedRange<Double>, maximumTicks: Int) -> Axis {
    let (low, high) = (window.lowerBound, max(window.upperBound, window.lowerBound + 1e-9))
    let least = (high - low) / Double(max(1, maximumTicks))
    let step: Double
    switch self {
    case .step, .images: step = max(1, Axis.niceStep(atLeast: least))
    case .epoch: step = Axis.niceStep(atLeast: least)
    case .time: step = Self.timeStep(atLeast: least)
    }
    let first = (low / step - 1e-9).rounded(.up)
    let count = max(0, min(200, Int(nearest: (high / step + 1e-9).rounded(.down) - first)) + 1)
    let ticks = (0..<count).map { index in
      let value = (first + Double(index)) * step
      return Axis.Tick(value: value, label: label(value, step: step))
    }
    return Axis(scale: .linear, low: low, high: high, ticks: ticks)
  }

  private static func timeStep(atLeast least: Double) -> Double {
    let steps: [Double] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]
    return steps.first { $0 >= least } ?? Axis.niceStep(atLeast: least / 86_400) * 86_400
  }

  private func label(_ value: Double, step: Double) -> String {
    switch self {
    case .step, .images: return Axis.count(value)
    case .epoch:
      let decimals = step >= 1 ? 0 : min(4, -Int(floor(log10(step) + 1e-9)))
      return NumberText.fixed(value, decimals)
    case .time:
      let (letter, size): (String, Double) = step >= 86_400 ? ("d", 86_400) : step >= 3600 ? ("h", 3600) : step >= 60 ? ("m", 60) : ("s", 1)
      return value == 0 ? "0" : NumberText.fixed(value / size, 0) + letter
    }
  }

  /// A value of this unit that stands alone: `12,400`, `3.25`, `2h 05m`.
  package func text(_ value: Double) -> String {
    switch self {
    case .step, .images: NumberText.grouped(Int(nearest: value))
    case .epoch: NumberText.fixed(value, 2)
    case .time: NumberText.duration(seconds: value)
    }
  }

  /// No window is narrower.
  var finest: Double {
    switch self {
    case .step: 4
    case .epoch: 0.01
    case .images: 100
    case .time: 2
    }
  }
}
