import Basics
import Datasets

/// Horizontal bars with their names and numbers, as a picture.
public struct BarPicture: Sendable {
  public struct Bar: Sendable {
    public var name: String
    public var value: Double
    /// Drawn as a whisker.
    public var low, high: Double?
    /// A thin second mark, as of a baseline.
    public var mark: Double?
    /// Said behind the number.
    public var note: String

    public init(name: String, value: Double, low: Double? = nil, high: Double? = nil, mark: Double? = nil, note: String = "") {
      (self.name, self.value, self.low, self.high, self.mark, self.note) = (name, value, low, high, mark, note)
    }
  }

  public var title: [String]
  /// Behind each number.
  public var unit: String
  public var bars: [Bar]

  public init(title: [String], unit: String, bars: [Bar]) {
    (self.title, self.unit, self.bars) = (title, unit, bars)
  }

  private static let margin = 12, step = 18, nameWidth = 200, barWidth = 420, noteWidth = 210

  /// - Throws: a ``Problem`` where there are too many bars for a picture.
  public func compose() throws(Problem) -> Picture {
    let top = Self.margin + title.count * 12 + 8
    var sheet = try Picture.white(
      width: 2 * Self.margin + Self.nameWidth + Self.barWidth + Self.noteWidth,
      height: top + bars.count * Self.step + Self.margin)
    for (line, text) in title.enumerated() { sheet.write(text, x: Self.margin, y: Self.margin + line * 12, line == 0 ? .black : .grey) }
    // Negative values begin left of the zero line.
    let finite = bars.flatMap { [$0.value, $0.low ?? $0.value, $0.high ?? $0.value, $0.mark ?? 0] }.filter(\.isFinite)
    let (least, most) = (min(0, finite.min() ?? 0), max(0, finite.max() ?? 1))
    let span = most > least ? most - least : 1
    let left = Self.margin + Self.nameWidth
    func x(_ value: Double) -> Int { left + Int(((value - least) / span * Double(Self.barWidth)).rounded()) }
    for (row, bar) in bars.enumerated() {
      let y = top + row * Self.step
      sheet.write(Picture.fitting(bar.name, Self.nameWidth - 8), x: Self.margin, y: y + 3)
      guard bar.value.isFinite else { continue }
      let (from, to) = (min(x(0), x(bar.value)), max(x(0), x(bar.value)))
      sheet.fill(x: from, y: y + 1, width: max(1, to - from), height: Self.step - 6, PixelColour(70, 130, 180))
      if let low = bar.low, let high = bar.high, low.isFinite, high.isFinite {
        sheet.fill(x: x(low), y: y + 6, width: max(1, x(high) - x(low)), height: 1, .black)
        for end in [x(low), x(high)] { sheet.fill(x: end, y: y + 4, width: 1, height: 5, .black) }
      }
      if let mark = bar.mark, mark.isFinite { sheet.fill(x: x(mark), y: y - 1, width: 2, height: Self.step - 2, PixelColour(210, 30, 40)) }
      let text = "\(decimals(bar.value, 1)) \(unit)" + (bar.note.isEmpty ? "" : "  \(bar.note)")
      sheet.write(Picture.fitting(text, Self.noteWidth - 8), x: left + Self.barWidth + 8, y: y + 3, .grey)
    }
    sheet.fill(x: x(0), y: top - 2, width: 1, height: bars.count * Self.step, .black)
    return sheet
  }
}

extension BarPicture {
  /// The bars as a chart, which says all their names.
  public var chart: ChartDrawing {
    func texts(_ bar: Bar) -> String { (bar.value.isFinite ? ChartText.number(bar.value, 1) + " \(unit)" : "–") + (bar.note.isEmpty ? "" : ", \(bar.note)") }
    let points = bars.enumerated().map { ChartDrawing.Point(Double($0), $1.value, low: $1.low, high: $1.high, note: "\($1.name): \(texts($1))") }
    let marks = bars.enumerated().compactMap { row, bar in bar.mark.map { ChartDrawing.Point(Double(row), $0, note: "\(bar.name), baseline: \(ChartText.number($0, 1)) \(unit)") } }
    return ChartDrawing(
      title: title.first ?? "", subtitle: Array(title.dropFirst()), base: .categories(bars.map(\.name), title: ""), left: .init(unit, hasZero: true),
      series: [.init("", .bars, points, colour: 0)] + (marks.isEmpty ? [] : [.init("baseline", .marks, marks, colour: 4)]), isLying: true, values: bars.map(texts))
  }
}
