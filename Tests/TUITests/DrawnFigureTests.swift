import Pictures
import TUI
import Testing

/// Figures in cells, as literal text.
@Suite struct DrawnFigureTests {
  private static func text(_ drawing: ChartDrawing, rows: Int, columns: Int, focus: Int = 0, _ look: Look = Look()) -> String {
    var canvas = Canvas(Size(rows: rows, columns: columns), look: look)
    DrawnFigure(drawing, focus: focus).draw(on: &canvas, in: canvas.bounds)
    return canvas.text
  }

  private static let lines = ChartDrawing(
    title: "fig-2", base: .numbers(.init("classes", scale: .logarithmic)), left: .init("top-1, %"), right: .init("k-NN, %"),
    series: [
      .init("own", .line(hasMarkers: true), [.init(10, 60, low: 50, high: 70), .init(100, 80), .init(1000, 90)], colour: 0),
      .init("near", .line(hasMarkers: true), [.init(10, 5), .init(1000, 1)], colour: 1, isRight: true, isDashed: true),
      .init("own, the paper", .points, [.init(100, 70)], colour: 0, isHollow: true),
    ], notes: ["hollow: the paper’s numbers"])

  @Test("Lines over numbers: markers, error bars, an axis on either side, the paper's points hollow, a legend that tells the sides") func curves() throws {
    let text = Self.text(Self.lines, rows: 18, columns: 60)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0) }
    #expect(String(lines[0]) == "fig-2" && String(lines[1]) == "● own ←   ◆ near →   ○ own, the paper ←", "\(text)")
    #expect(String(lines[2]).hasPrefix("top-1, %  ") && String(lines[2]).hasSuffix("  k-NN, %") && lines[2].count == 60)
    #expect(String(lines[17]) == "hollow: the paper’s numbers" && String(lines[16]).trimmingPrefix { $0 == " " } == "classes")
    func places(_ glyph: Character) -> [(row: Int, column: Int)] {
      (3..<lines.count).flatMap { row in lines[row].indices.filter { lines[row][$0] == glyph }.map { (row, $0) } }.sorted { $0.column < $1.column }
    }
    let (own, near, paper) = (places("●"), places("◆"), places("○"))
    try #require(own.count == 3 && near.count == 2 && paper.count == 1, "\(text)")
    #expect(own[0].row > own[1].row && own[1].row > own[2].row && near[0].row < near[1].row, "higher is more")
    // Each a tenth of the next.
    #expect(abs(own[1].column - own[0].column - (own[2].column - own[1].column)) <= 1)
    #expect(paper[0].column == own[1].column && paper[0].row > own[1].row && near[0].column == own[0].column)
    // The error bar goes as far to either side.
    let bar = (3..<14).filter { row in lines[row].indices.contains(own[0].column) && (0x2801...0x28FF).contains(lines[row][own[0].column].unicodeScalars.first!.value) }
    #expect(bar.contains(own[0].row - 1) && bar.contains(own[0].row + 1), "\(text)")
    #expect(lines[3...].contains { $0.contains("┤") } && lines[3...].contains { $0.contains("├") } && lines.contains { $0.contains("└") && $0.contains("┘") && $0.contains("┬") })
  }

  private static let bars = ChartDrawing(
    title: "fig-4", base: .categories(["ten classes", "2"], title: ""), left: .init("accuracy, %", hasZero: true),
    series: [
      .init("top-1", .bars, [.init(0, 40, low: 35, high: 45), .init(1, 20)], colour: 0),
      .init("top-5", .bars, [.init(0, 80)], colour: 1, slot: 1),
      .init("baseline", .marks, [.init(0, 60)], colour: 4),
      .init("top-1, the paper", .points, [.init(1, 30)], colour: 0, isHollow: true),
    ])

  @Test("Bars in groups, each on a line with its number, its error bar, and the baseline's mark") func groups() throws {
    let text = Self.text(Self.bars, rows: 12, columns: 60)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == "fig-4" && lines[1] == "● top-1   ◆ top-5   ┃ baseline   ○ top-1, the paper", "\(text)")
    let first = try #require(lines.firstIndex { $0.hasPrefix("ten classes ● █") }, "\(text)")
    #expect(lines[first].hasSuffix(" 40.0 ± 5.0") && lines[first].contains("├") && lines[first].contains("┤") && lines[first].contains("┃"), "\(text)")
    #expect(lines[first + 1].hasPrefix("            ◆ █") && lines[first + 1].hasSuffix(" 80.0") && !lines[first + 1].contains("┃"), "\(text)")
    #expect(lines[first + 2].isEmpty && lines[first + 3].hasPrefix("2           ● █") && lines[first + 3].hasSuffix(" 20.0") && lines[first + 3].contains("○"), "\(text)")
    func length(_ line: Int) -> Int { lines[line].count { $0 == "█" } }
    #expect(abs(length(first + 1) - 4 * length(first + 3)) <= 4, "a bar is as long as its number")
    #expect(lines[first + 4].contains("┬") && lines[first + 5].contains("0 ") && lines[first + 6].contains("accuracy, %"), "\(text)")
  }

  @Test("Where not all lines have room the one in view is among those that are shown, and which they are is said") func windows() {
    let names = (0..<30).map { "class \($0)" }
    let drawing = ChartDrawing(
      title: "fig-6", base: .categories(names, title: ""), left: .init("coarse − fine accuracy, points", hasZero: true),
      series: [.init("", .bars, names.indices.map { .init(Double($0), Double(15 - $0)) }, colour: 0)], isLying: true, values: names.indices.map { "\(15 - $0)" })
    let first = Self.text(drawing, rows: 14, columns: 60), last = Self.text(drawing, rows: 14, columns: 60, focus: 29)
    #expect(first.contains("class 0 ") && !first.contains("class 20") && first.contains("of 30, ↑↓"))
    #expect(last.contains("class 29") && !last.contains("class 0 "))
    #expect(last.contains("█"), "bars of numbers below zero, too")
  }

  @Test("A figure without numbers says so, and no room is too small", arguments: [ChartDrawing(title: "x", base: .categories([], title: ""), left: .init("%"), series: []), lines, bars])
  func small(drawing: ChartDrawing) {
    if drawing.series.isEmpty { #expect(Self.text(drawing, rows: 10, columns: 40).contains("no numbers yet")) }
    for rows in 0...9 {
      for columns in stride(from: 0, through: 42, by: 3) { _ = Self.text(drawing, rows: rows, columns: columns) }
    }
  }

  @Test("In ASCII and without colours the series are told apart by letters") func plain() {
    let text = Self.text(Self.lines, rows: 18, columns: 60, Look(glyphs: .ascii, colors: .mono))
    #expect(text.allSatisfy(\.isASCII) && text.contains("a own") && text.contains("A own, the paper") && text.contains("b near"))
  }
}
