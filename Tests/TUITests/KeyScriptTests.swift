import Basics
import TUI
import Testing

@Suite struct KeyScriptTests {
  @Test(
    "Ends of lines are no keys, whatever they are, and a byte order mark is none",
    arguments: ["# keys\nj<Enter> \nk\n", "# keys\r\nj<Enter> \r\nk\r\n", "# keys\rj<Enter> \rk", "\u{FEFF}# keys\nj<Enter> \nk"])
  func ends(text: String) throws { #expect(try KeyScript.keys(text, at: "x") == ["j", .enter, " ", "k"]) }

  @Test("What is no key is told by its line")
  func line() {
    let found = #expect(throws: Problem.self) { try KeyScript.keys("j\r\n\r\n<Nothing>\r\n", at: "x") }
    #expect(found?.place == "x, line 3")
  }
}
