import TUI
import Testing

@Suite struct PickerTests {
  private func text(_ picker: Picker) -> String {
    var canvas = Canvas(Size(rows: 12, columns: 40))
    picker.draw(on: &canvas, in: canvas.bounds)
    return canvas.text
  }

  @Test("A list of nothing says so, as does one in which nothing has the name that was typed")
  func empty() {
    #expect(text(Picker("Open", [])).contains("nothing saved yet"))
    var picker = Picker("Open", [.init(id: "a", text: "animals")])
    #expect(!text(picker).contains("nothing"))
    _ = picker.take("z")
    #expect(text(picker).contains("no match"))
  }
}
