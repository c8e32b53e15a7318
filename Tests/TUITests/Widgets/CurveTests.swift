import TUI
import Testing

@Suite("Curve")
struct CurveTests {
  private func text(_ curves: [Curve], columns: Int, rows: Int, x: ClosedRange<Double>, y: ClosedRange<Double>)
    -> String
  {
    var grid = DotGrid(columns: columns, rows: rows)
    let xAxis = Axis(scale: .linear, low: x.lowerBound, high: x.upperBound)
    let yAxis = Axis(scale: .linear, low: y.lowerBound, high: y.upperBound)
    for (ink, curve) in curves.enumerated() { curve.draw(into: &grid, x: xAxis, y: yAxis, ink: ink) }
    return (0..<rows).map { row in
      String((0..<columns).map { grid[$0, row].map { Character($0.scalar) } ?? "·" })
    }.joined(separator: "\n")
  }

  @Test("a straight line joins its ends")
  func straight() {
    let line = Curve([.init(0, 0), .init(7, 7)])
    #expect(text([line], columns: 4, rows: 2, x: 0...7, y: 0...7) == "··⡠⠊\n⡠⠊··")
  }

  @Test("a value that is not finite leaves a gap")
  func gap() {
    let curve = Curve([.init(0, 0), .init(2, 0), .init(3, .nan), .init(5, 0), .init(7, 0)])
    #expect(text([curve], columns: 4, rows: 1, x: 0...7, y: 0...3) == "⣀⡀⢀⣀")
  }

  @Test("one spike among a million points is still seen")
  func spike() {
    let points = (0..<1_000_000).map { Curve.Span(Double($0), $0 == 567_891 ? 1 : 0) }
    #expect(text([Curve(points)], columns: 4, rows: 2, x: 0...999_999, y: 0...1) == "··⡇·\n⣀⣀⣇⣀")
  }

  @Test("dots of two curves never share a cell, and the later curve is in front")
  func overlap() {
    let flat = Curve([.init(0, 0), .init(7, 0)])
    let top = Curve([.init(0, 1), .init(3, 1)])
    #expect(text([flat, top], columns: 4, rows: 1, x: 0...7, y: 0...1) == "⠉⠉⣀⣀")
  }

  @Test("values beyond the y axis are drawn at its edge, those beyond the x axis not at all")
  func beyond() {
    let curve = Curve([.init(-5, 0), .init(0, 9), .init(3, 9), .init(9, 9)])
    #expect(text([curve], columns: 2, rows: 1, x: 0...3, y: 0...1) == "⠉⠉")
  }

  @Test("no curve, one point and an empty grid are drawn without harm")
  func little() {
    #expect(text([Curve([])], columns: 2, rows: 1, x: 0...1, y: 0...1) == "··")
    #expect(text([Curve([.init(0, 0)])], columns: 2, rows: 1, x: 0...1, y: 0...1) == "⡀·")
    #expect(text([Curve([.init(0, 0)])], columns: 0, rows: 0, x: 0...1, y: 0...1) == "")
  }

  @Test("the range ignores what is not finite, and on request what is not positive")
  func range() {
    let curve = Curve([.init(0, .nan), .init(1, -1), .init(2, 0), .init(3, .infinity), .init(4, 5)])
    #expect(curve.range() == -1...5)
    #expect(curve.range(positive: true) == 5...5)
    #expect(Curve([.init(0, .nan)]).range() == nil)
  }

  @Test(
    "a sparkline shows means between its smallest and largest",
    arguments: [([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"), ([7, 1], "█▁"), ([3, 3, 3], "▁▁▁"), ([1], "▁"), ([], "")]
      as [([Double], String)])
  func sparkline(values: [Double], expected: String) { #expect(Sparkline.text(values) == expected) }

  @Test("between two values that lie outside, the line that joins them is seen")
  func clipped() {
    let curve = Curve([], before: .init(-4, 0), after: .init(12, 4))
    #expect(text([curve], columns: 4, rows: 1, x: 0...8, y: 0...4) == "⠤⠤⠒⠒")
    #expect(curve.range() == 0...4)
  }

  @Test("the value at a place is the last that is not behind it", arguments: [(-1.0, nil), (0, 5), (3, 5), (4, 7), (99, 7)] as [(Double, Double?)])
  func value(x: Double, expected: Double?) {
    #expect(Curve([.init(0, 5), .init(4, 7)]).value(at: x) == expected)
    #expect(Curve([.init(4, 7)], before: .init(0, 5)).value(at: 2) == 5)
  }
}
