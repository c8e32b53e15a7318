import Glibc

/// A measured quantity over steps. A value that is not finite is a gap in the line.
package struct Curve: Equatable, Sendable {
  package struct Point: Equatable, Sendable {
    package var x, y: Double
    package init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// In ascending order of x.
  package var points: [Point]

  package init(_ points: [Point]) { self.points = points }

  /// The exponential moving average with weight 0…1 on the past, free of the pull towards zero at its start
  /// (Kingma & Ba 2015, §3). Gaps stay gaps and do not disturb the average.
  package func smoothed(_ weight: Double) -> Curve {
    guard weight > 0 else { return self }
    var (sum, mass) = (0.0, 0.0)
    return Curve(
      points.map { point in
        guard point.y.isFinite else { return point }
        sum = weight * sum + (1 - weight) * point.y
        mass = weight * mass + (1 - weight)
        return Point(point.x, sum / mass)
      })
  }

  /// The smallest and largest finite value, those above zero only if `positive`.
  package func range(positive: Bool = false) -> ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    for point in points where point.y.isFinite && (!positive || point.y > 0) {
      low = min(low, point.y)
      high = max(high, point.y)
    }
    return low <= high ? low...high : nil
  }

  /// The finite values as at most `count` means of equal shares.
  package func means(_ count: Int) -> [Double] {
    let finite = points.map(\.y).filter(\.isFinite)
    let shares = min(max(0, count), finite.count)
    return (0..<shares).map { share in
      let values = finite[share * finite.count / shares..<(share + 1) * finite.count / shares]
      return values.reduce(0, +) / Double(values.count)
    }
  }

  /// Draws the line into the grid. All points that fall into one column of dots are drawn as the span from the
  /// smallest to the largest of them, so that a spike is never lost, however many points there are.
  package func draw(into grid: inout DotGrid, x xAxis: Axis, y yAxis: Axis, ink: Int) {
    guard grid.width > 0, grid.height > 0 else { return }
    var column: (x: Int, first: Int, low: Int, high: Int, last: Int)?
    var previous: (x: Int, y: Int)?
    func finish(_ grid: inout DotGrid) {
      guard let done = column else { return }
      if let previous { grid.line(from: previous, to: (done.x, done.first), ink: ink) }
      grid.line(from: (done.x, done.low), to: (done.x, done.high), ink: ink)
      previous = (done.x, done.last)
      column = nil
    }
    for point in points {
      guard let across = xAxis.position(point.x), let up = yAxis.position(point.y), (-0.001...1.001).contains(across)
      else {
        finish(&grid)
        previous = nil
        continue
      }
      let x = Int((across * Double(grid.width - 1)).rounded())
      let y = Int((min(1, max(0, up)) * Double(grid.height - 1)).rounded())
      if var open = column, open.x == x {
        open.low = min(open.low, y)
        open.high = max(open.high, y)
        open.last = y
        column = open
      } else {
        finish(&grid)
        column = (x, y, y, y, y)
      }
    }
    finish(&grid)
  }
}

/// A curve as bars of eight heights, newest to the right.
package enum Sparkline {
  package static func text(_ means: [Double], ascii: Bool = false) -> String {
    guard let low = means.min(), let high = means.max() else { return "" }
    let steps = ascii ? Array("_.-=*#") : Array("▁▂▃▄▅▆▇█")
    return String(
      means.map { mean in
        let height = high > low ? (mean - low) / (high - low) : 0
        return steps[min(steps.count - 1, Int(height * Double(steps.count)))]
      })
  }
}
