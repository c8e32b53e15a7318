import Glibc

/// A measured quantity as a chart draws it: about one span for each column of dots, however many values there are.
package struct Curve: Equatable, Sendable {
  /// One value, or the values that share a column of dots. One without a finite value is a gap in the line.
  package struct Span: Equatable, Sendable {
    /// Of the last value.
    package var x: Double
    package var first, low, high, last: Double

    package init(x: Double, first: Double, low: Double, high: Double, last: Double) {
      self.x = x
      self.first = first
      self.low = low
      self.high = high
      self.last = last
    }

    /// A single value.
    package init(_ x: Double, _ y: Double) { self.init(x: x, first: y, low: y, high: y, last: y) }

    var isGap: Bool { !low.isFinite || !high.isFinite }
  }

  /// Of the part that is shown, in ascending order of x.
  package var spans: [Span]
  /// The values just in front of that part and just behind it: the line comes from there and goes there.
  package var before, after: Span?

  package init(_ spans: [Span], before: Span? = nil, after: Span? = nil) {
    self.spans = spans
    self.before = before
    self.after = after
  }

  package var isEmpty: Bool { spans.isEmpty && before == nil && after == nil }

  /// The last value up to the end of what is shown, which may be no number.
  package var last: Double? { (spans.last ?? before)?.last }

  /// The smallest and largest finite value, those above zero only if `positive`.
  package func range(positive: Bool = false) -> ClosedRange<Double>? {
    var (low, high) = (Double.infinity, -Double.infinity)
    let shown = spans.contains { !$0.isGap } ? spans : [before, after].compactMap { $0 }
    for span in shown where !span.isGap && (!positive || span.high > 0) {
      low = min(low, positive && span.low <= 0 ? span.high : span.low)
      high = max(high, span.high)
    }
    return low <= high ? low...high : nil
  }

  /// The value at `x`: the last that is not behind it; nil before the first.
  package func value(at x: Double) -> Double? {
    let behind = partitionPoint(0..<spans.count) { spans[$0].x > x }
    return behind > 0 ? spans[behind - 1].last : before?.last
  }

  /// Draws the line into the grid. All values that fall into one column of dots are drawn as the span from the
  /// smallest to the largest of them, so that a spike is never lost, however many values there are.
  package func draw(into grid: inout DotGrid, x xAxis: Axis, y yAxis: Axis, ink: Int) {
    guard grid.width > 0, grid.height > 0 else { return }
    let (width, height) = (Double(grid.width - 1), Double(grid.height - 1))
    func up(_ value: Double) -> Int? { yAxis.position(value).map { Int((min(1, max(0, $0)) * height).rounded()) } }
    var column: (x: Int, first: Int, low: Int, high: Int, last: Int)?
    var previous: (x: Int, y: Int)?
    func finish(_ grid: inout DotGrid) {
      guard let done = column else { return }
      if let previous { grid.line(from: previous, to: (done.x, done.first), ink: ink) }
      grid.line(from: (done.x, done.low), to: (done.x, done.high), ink: ink)
      previous = (done.x, done.last)
      column = nil
    }
    /// Where the line to a value outside crosses the edge.
    func edge(_ inside: Span?, _ outside: Span?, at x: Double) -> (x: Int, y: Int)? {
      guard let inside, let outside, inside.x != outside.x, let from = yAxis.position(inside.last),
        let to = yAxis.position(outside.x < inside.x ? outside.last : outside.first), let across = xAxis.position(x)
      else { return nil }
      let share = min(1, max(0, (x - inside.x) / (outside.x - inside.x)))
      return (Int((across * width).rounded()), Int((min(1, max(0, from + share * (to - from))) * height).rounded()))
    }
    previous = edge(spans.first ?? after, before, at: xAxis.low)
    for span in spans {
      guard let across = xAxis.position(span.x), (-0.001...1.001).contains(across), !span.isGap, let high = up(span.high)
      else {
        finish(&grid)
        previous = nil
        continue
      }
      let x = Int((across * width).rounded())
      let low = up(span.low) ?? 0
      let (first, last) = (up(span.first) ?? low, up(span.last) ?? low)
      if var open = column, open.x == x {
        open.low = min(open.low, low)
        open.high = max(open.high, high)
        open.last = last
        column = open
      } else {
        finish(&grid)
        column = (x, first, low, high, last)
      }
    }
    finish(&grid)
    if let previous, let end = edge(spans.last ?? before, after, at: xAxis.high) {
      grid.line(from: previous, to: end, ink: ink)
    }
  }
}

/// The first index of `range` of which `isBehind` holds, where it holds for all after it.
func partitionPoint(_ range: Range<Int>, _ isBehind: (Int) -> Bool) -> Int {
  var (low, high) = (range.lowerBound, range.upperBound)
  while low < high {
    let middle = (low + high) / 2
    if isBehind(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}

/// A curve as bars of eight heights, newest to the right.
package enum Sparkline {
  private static let asciiSteps = Array("_.-=*#".unicodeScalars)
  private static let blockSteps = Array("▁▂▃▄▅▆▇█".unicodeScalars)

  package static func text(_ means: [Double], ascii: Bool = false) -> String {
    let means = means.filter(\.isFinite)
    guard let low = means.min(), let high = means.max() else { return "" }
    let steps = ascii ? asciiSteps : blockSteps
    var text = String.UnicodeScalarView()
    for mean in means {
      let height = high > low ? (mean - low) / (high - low) : 0
      text.append(steps[min(steps.count - 1, Int(height * Double(steps.count)))])
    }
    return String(text)
  }
}
