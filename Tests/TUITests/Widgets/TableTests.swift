import TUI
import Testing

@Suite struct TableTests {
  /// Two rows of name, number and note, in so many columns.
  private func lines(_ columns: Int, most: Int) -> [String] {
    let table = Table<(String, Int, String)>([
      .init("name", width: 6, cut: .middle, isFlexible: true, most: most, rank: 0) { Span($0.0) },
      .init("number", width: 6, align: .right, rank: 0) { Span("\($0.1)") },
      .init("note", width: 4, isFlexible: true, rank: 1) { Span($0.2) },
    ])
    var canvas = Canvas(Size(rows: 3, columns: columns))
    table.draw([("alexnet on coarse classes", 7, "first"), ("b", 12, "second")], selected: ListPosition(), on: &canvas, in: canvas.bounds)
    return canvas.text.split(separator: "\n").map(String.init)
  }

  @Test("A name takes what it may before a note takes the rest, so that numbers stay near the names")
  func most() {
    #expect(lines(60, most: 12) == [
      "  name          number  note",
      "› alexne…asses       7  first",
      "  b                 12  second",
    ])
    // Three columns are left over, and the note gets none of them.
    #expect(lines(25, most: 12) == [
      "  name       number  note",
      "› alex…sses       7  fir…",
      "  b              12  sec…",
    ])
  }

  @Test("Where there is no room the columns of a higher rank go, then the name gives way")
  func narrow() {
    #expect(lines(18, most: 12) == ["  name      number", "› alex…ses       7", "  b             12"])
    #expect(lines(12, most: 12) == ["  name", "› alexn…sses", "  b"])
    #expect(lines(7, most: 12) == ["  name", "› al…es", "  b"])
  }
}
