import Basics
import TUI
import Testing

/// Pasted text in fields, and where there is none.
@Suite struct PasteTests {
  @Test("Line ends and tabs become spaces, controls go, and the end of the last line is none")
  func line() {
    #expect(TextField.line("one\r\ntwo\nthree\rfour\tfive") == "one two three four five")
    #expect(TextField.line("name\n") == "name" && TextField.line("name\r\n\r\n") == "name" && TextField.line("a  ") == "a  ")
    #expect(TextField.line("a\u{1B}[31mb\u{7}\u{0}\u{9B}c\u{7F}") == "a[31mbc")
    #expect(TextField.line("日本\u{2028}語 e\u{301}") == "日本 語 e\u{301}")
  }

  @Test("A paste goes in at the cursor, as far as there is room, and what is left out is counted")
  func field() {
    var field = TextField("ab")
    field.take(.left)
    field.take(.paste("1\n2"))
    #expect(field.text == "a1 2b" && field.cursor == 4 && field.leftOut == 0)
    field = TextField("ab")
    field.take(.paste(String(repeating: "x", count: 6000)))
    #expect(field.text.count == 1000 && field.leftOut == 5002)
    var canvas = Canvas(Size(rows: 1, columns: 40))
    field.draw(on: &canvas, in: canvas.bounds)
    #expect(canvas.text.hasSuffix("x  5,002 more left out"))
    let isChanged = (field.take("y"), field.take(.paste("\n\u{1B}")))
    #expect(isChanged == (false, false) && field.leftOut == 0)
    // One letter with ten thousand marks is one character.
    var marked = TextField()
    marked.take(.paste("e" + String(repeating: "\u{301}", count: 10_000) + "x"))
    #expect(marked.text.utf8.count <= 4000)
    for _ in 0..<10_000 { marked.take("\u{301}") }
    #expect(marked.text.utf8.count <= 4000)
  }

  @Test("The cursor is in view wherever it is, in narrow and wide characters")
  func view() {
    for text in [String(repeating: "ab", count: 500), String(repeating: "日本", count: 300), String(repeating: "e\u{301}", count: 500)] {
      var field = TextField(text)
      for _ in 0..<200 {
        var canvas = Canvas(Size(rows: 1, columns: 17))
        field.draw(on: &canvas, in: canvas.bounds)
        #expect(canvas.cursor.map { (0..<17).contains($0.column) } == true)
        field.take(.left)
      }
    }
  }

  @Test("Where nothing is typed a paste does nothing and says so, on every screen", arguments: ScreenName.allCases)
  func refused(screen: ScreenName) {
    var state = UpdateTests.state()
    state.screen = screen
    #expect(update(&state, .key(.paste("cs\rq\r"))).isEmpty)
    #expect(state.screen == screen && state.finder == nil)
    #expect(state.notice?.text.contains("Ignored 4 pasted characters") == true)
    _ = update(&state, .key("k"))
    #expect(state.notice == nil || state.notice?.text.contains("pasted") == false)
  }

  @Test("The palette and help take a paste as text, and no line of it as Enter", arguments: [":", "?"] as [Key])
  func finder(key: Key) {
    var state = UpdateTests.state()
    _ = update(&state, .key(key))
    #expect(update(&state, .key(.paste("quit\r\nq\r"))).isEmpty)
    #expect(state.finder?.query.text == "quit q")
  }

  @Test("Sixty-four characters at once are a paste where text is typed, keys elsewhere, and fewer are keys")
  func joined() {
    var state = UpdateTests.state()
    let long = Array(repeating: Key.character("x"), count: 70)
    var keys = PastedKeys(long)
    #expect(keys.text(from: 0, state) == nil)
    _ = update(&state, .key(":"))
    // The palette was opened by the key before.
    #expect(keys.text(from: 1, state).map { $0.text.count == 69 && $0.end == 70 } == true)
    var ahead = PastedKeys(long.dropLast(7) + [.enter])
    #expect(ahead.text(from: 0, state) == nil)
    var parts = PastedKeys(long + [.enter, nil] + long)
    #expect(parts.text(from: 0, state)?.end == 70 && parts.text(from: 70, state) == nil && parts.text(from: 71, state) == nil)
    #expect(parts.text(from: 72, state)?.end == 142)
  }
}
