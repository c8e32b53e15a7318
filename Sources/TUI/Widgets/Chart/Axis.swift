import Basics
import Glibc

/// One axis of a chart: the values it spans, how they map to 0…1, and the ticks with their labels.
package struct Axis: Equatable, Sendable {
  package enum Scale: Sendable { case linear, logarithmic }

  package struct Tick: Equatable, Sendable {
    package var value: Double
    package var label: String
  }

  package var scale: Scale
  package var low, high: Double
  package var ticks: [Tick]

  package init(scale: Scale, low: Double, high: Double, ticks: [Tick] = []) {
    self.scale = scale
    self.low = low
    self.high = high
    self.ticks = ticks
  }

  /// Where `value` lies, 0 at `low` and 1 at `high`; nil where the axis has no place for it.
  package func position(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let position: Double
    switch scale {
    case .linear: position = (value - low) / (high - low)
    case .logarithmic where (high / low).isFinite: position = value > 0 ? log(value / low) / log(high / low) : .nan
    case .logarithmic: position = value > 0 ? (log(value) - log(low)) / (log(high) - log(low)) : .nan
    }
    return position.isFinite ? position : nil
  }

  /// A linear axis over `values` with at most `maximumTicks` round ticks, two at least. Its ends lie a little beyond the
  /// values, on fifths of a tick, so that a small new extreme does not rescale the chart.
  package static func linear(_ values: ClosedRange<Double>, maximumTicks: Int) -> Axis {
    let (bottom, top) = widened(values)
    var step = niceStep(atLeast: (top - bottom) / Double(max(1, maximumTicks)))
    while true {
      let fifth = step / 5
      let low = (bottom / fifth + 1e-9).rounded(.down) * fifth
      let high = (top / fifth - 1e-9).rounded(.up) * fifth
      let first = (low / step - 1e-9).rounded(.up)
      let last = (high / step + 1e-9).rounded(.down)
      let count = Int(nearest: last - first) + 1
      if count > max(2, maximumTicks) {
        step = niceStep(atLeast: step * 1.01)
      } else if count < 2 {
        // A step this coarse left one tick inside: its values end on ticks instead.
        let (low, high) = (
          (bottom / step).rounded(.down), max((bottom / step).rounded(.down) + 1, (top / step).rounded(.up))
        )
        return Axis(scale: .linear, low: low * step, high: high * step, ticks: ticks(low...high, step))
      } else {
        return Axis(scale: .linear, low: low, high: high, ticks: ticks(first...last, step))
      }
    }
  }

  private static func ticks(_ multiples: ClosedRange<Double>, _ step: Double) -> [Tick] {
    let decimals = max(0, -Int(floor(log10(step) + 1e-9)))
    return (0...Int(nearest: multiples.upperBound - multiples.lowerBound)).map { index in
      let value = (multiples.lowerBound + Double(index)) * step
      return Tick(value: value, label: label(value, decimals: decimals))
    }
  }

  /// A logarithmic axis over positive `values`; its ticks are round multiples of powers of ten where the span is
  /// short, powers of ten where it is long.
  package static func logarithmic(_ values: ClosedRange<Double>, maximumTicks: Int) -> Axis {
    var low = min(max(values.lowerBound, .leastNormalMagnitude), mostShown)
    var high = min(max(values.upperBound, low), mostShown)
    if high / low < 1.1 { (low, high) = (low / 1.1, high * 1.1) }
    for multiples in [[1.0, 1.5, 2, 3, 5, 7], [1.0, 2, 5], [1.0, 3], [1.0]] {
      let ticks = decades(low, high).flatMap { decade in multiples.map { $0 * decade } }.filter {
        low <= $0 && $0 <= high
      }
      if (2...max(2, maximumTicks)).contains(ticks.count) {
        return Axis(
          scale: .logarithmic, low: low, high: high, ticks: ticks.map { Tick(value: $0, label: logLabel($0)) })
      }
    }
    let powers = decades(low, high).filter { low <= $0 && $0 <= high }
    let ticks: [Tick]
    if powers.count > 2 {
      let every = (powers.count + maximumTicks - 1) / max(1, maximumTicks)
      ticks = stride(from: 0, to: powers.count, by: every).map { Tick(value: powers[$0], label: logLabel(powers[$0])) }
    } else {
      // Too short a span for any of the round multiples: evenly spaced values do.
      ticks =
        (max(2, maximumTicks)...max(12, maximumTicks)).lazy.map { most in
          linear(low...high, maximumTicks: most).ticks.filter { low <= $0.value && $0.value <= high }
        }.first { $0.count > 1 } ?? [low, high].map { Tick(value: $0, label: NumberText.compact($0)) }
    }
    return Axis(scale: .logarithmic, low: low, high: high, ticks: ticks)
  }

  /// Where most of `values` lie: from their 5th to their 95th percentile with a fifth of that span on either side, and down to 0 where that is
  /// near, as TensorBoard ignores outliers; never more than they span.
  package static func withoutOutliers(_ values: [Double], _ scale: Scale) -> ClosedRange<Double>? {
    let sorted = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
      .map { scale == .linear ? min(max($0, -mostShown), mostShown) : log($0) }.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = sorted[Int(place)]
      return below + (place - place.rounded(.down)) * (sorted[min(Int(place) + 1, sorted.count - 1)] - below)
    }
    let (bottom, top) = (quantile(0.05), quantile(0.95))
    let span = top - bottom
    // Hardly anything is at any other value: there is no span to go by.
    guard span > 0 else { return scale == .linear ? first...last : exp(first)...exp(last) }
    let isNearZero = scale == .linear && bottom >= 0 && bottom < span
    let low = max(first, isNearZero ? 0 : bottom - 0.2 * span)
    let high = min(last, top + 0.2 * span)
    return scale == .linear ? low...high : exp(low)...exp(high)
  }

  /// Values beyond it have their place at the edge: their differences would be no numbers any more.
  private static let mostShown = 1e300

  private static func widened(_ values: ClosedRange<Double>) -> (Double, Double) {
    let (low, high) = (min(max(values.lowerBound, -mostShown), mostShown), min(max(values.upperBound, -mostShown), mostShown))
    guard high - low <= 1e-12 * max(low.magnitude, high.magnitude) else { return (low, high) }
    let margin = low == 0 ? 0.5 : low.magnitude * 0.1
    return (low - margin, high + margin)
  }

  /// The smallest of 1, 2, 5 × 10ⁿ that is not below `size`.
  static func niceStep(atLeast size: Double) -> Double {
    guard size.isFinite, size >= .leastNormalMagnitude else { return 1 }
    let decade = pow(10, floor(log10(size)))
    return [1.0, 2, 5, 10].first { $0 * decade >= size * (1 - 1e-9) }.map { $0 * decade } ?? 10 * decade
  }

  private static func decades(_ low: Double, _ high: Double) -> [Double] {
    (Int(floor(log10(low)))...Int(ceil(log10(high)))).map { pow(10, Double($0)) }
  }

  private static func label(_ value: Double, decimals: Int) -> String {
    if value.magnitude >= 1000 && decimals == 0 { return count(value) }
    return decimals <= 6 ? NumberText.fixed(value, decimals) : NumberText.compact(value)
  }

  private static func logLabel(_ value: Double) -> String {
    if value >= 1000 { return count(value) }
    // As many decimals as tell it from every other tick.
    let decimals = (0...6).first { decimals in
      let scaled = value * pow(10, Double(decimals))
      return (scaled - scaled.rounded()).magnitude < 1e-6 * scaled
    }
    return decimals.map { $0 <= 4 } == true ? NumberText.fixed(value, decimals!) : NumberText.compact(value)
  }

  /// A round number with its unit and no superfluous digits: `500`, `10k`, `2.5k`, `1M`.
  static func count(_ value: Double) -> String {
    for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value.magnitude >= unit {
      let scaled = value / unit
      for decimals in 0...2 where (scaled * pow(10, Double(decimals))).rounded() == scaled * pow(10, Double(decimals)) {
        return NumberText.fixed(scaled, decimals) + letter
      }
      return NumberText.fixed(scaled, 2) + letter
    }
    return NumberText.fixed(value, 0)
  }
}
