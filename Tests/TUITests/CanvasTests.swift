import TUI
import Testing


@Suite struct CanvasTests {
  @Test("Text is clipped at every edge and never wraps")
  func clipping() {
    var canvas = Canvas(Size(rows: 3, columns: 5))
    canvas.put("abcdefgh", row: 0, column: 2)
    canvas.put("abcdefgh", row: 1, column: -3)
    canvas.put("x", row: 7, column: 0)
    canvas.put("abc", row: 2, column: 1, width: 2)
    #expect(canvas.text == "  abc\ndefgh\n ab")
  }

  @Test("A wide character takes two cells, and loses both when one is overwritten")
  func wideCharacters() {
    var canvas = Canvas(Size(rows: 4, columns: 4))
    canvas.put("犬猫鳥", row: 0, column: 0)
    canvas.put("犬猫", row: 1, column: 0)
    canvas.put("x", row: 1, column: 1)
    canvas.put("犬猫", row: 2, column: 0)
    canvas.put("x", row: 2, column: 2)
    canvas.put("a犬猫", row: 3, column: 0)
    #expect(canvas.text == "犬猫\n x猫\n犬x\na犬")
  }

  @Test("Combining marks stay on their letter and take no cell")
  func combiningMarks() {
    var canvas = Canvas(Size(rows: 1, columns: 6))
    let end = canvas.put("e\u{301}a\u{308}z", row: 0, column: 1)
    #expect(end == 4)
    #expect(canvas.text == " e\u{301}a\u{308}z")
  }

  @Test("Control characters and text direction overrides never reach a cell")
  func hostileText() {
    var canvas = Canvas(Size(rows: 1, columns: 12))
    canvas.put("a\u{1b}[31m\u{202E}b\n\u{9b}c", row: 0, column: 0)
    #expect(canvas.text == "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c")
  }

  @Test("Without UTF-8 every cell is ASCII and columns stay where they are")
  func ascii() {
    var canvas = Canvas(Size(rows: 2, columns: 12), look: Look(glyphs: .ascii, colors: .mono))
    canvas.put("■ ├─▸ 犬 ✓≈✗", row: 0, column: 0)
    canvas.box(Rect(row: 1, column: 0, rows: 1, columns: 4))
    canvas.horizontalRule(Rect(row: 1, column: 0, rows: 1, columns: 4))
    #expect(canvas.text == "# +-+ ?? +~x\n----")
  }

  @Test("A box with a title")
  func box() {
    var canvas = Canvas(Size(rows: 3, columns: 12))
    canvas.box(canvas.bounds, title: "Save")
    #expect(canvas.text == "┌─ Save ───┐\n│          │\n└──────────┘")
  }

  @Test(
    "Long text is shortened where it says the least",
    arguments: [
      (Shortening.end, 6, "golde…"), (.middle, 6, "gol…er"), (.start, 6, "…iever"), (.end, 16, "golden retriever"),
      (.middle, 1, "…"), (.end, 0, ""),
    ])
  func fitting(cut: Shortening, width: Int, expected: String) {
    #expect(fit("golden retriever", width, cut) == expected)
  }

  @Test("Text wraps at spaces, and inside words that are longer than a line")
  func wrapping() {
    #expect(wrap("a member of the genus Canis", 10) == ["a member", "of the", "genus", "Canis"])
    #expect(wrap("abcdefgh i", 3) == ["abc", "def", "gh", "i"])
    #expect(wrap("in /home/me/runs/20260101-fine", 16) == ["in", "/home/me/runs/", "20260101-fine"])
    #expect(wrap("/abcdef", 4) == ["/abc", "def"])
    #expect(wrap("犬", 1) == [])
  }

  @Test("A mark goes with its letter where text is cut, and a wide letter is never halved")
  func fittingMarks() {
    #expect(fit("abu\u{308}x", 2, .start) == "…x")
    #expect(fit("u\u{308}bcd", 2) == "u\u{308}…")
    #expect(fit("ab犬", 2, .start) == "…" && fit("犬猫", 3) == "犬…")
    #expect(wrap("one two three four", 9, most: 2) == ["one two", "three fo…"])
  }
}
