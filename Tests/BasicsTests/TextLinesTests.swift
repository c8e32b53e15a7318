import Basics
import Testing

@Suite struct TextLinesTests {
  private func lines(_ text: String) -> [String] { TextLines(Array(text.utf8)).map { "\($0.number):" + String(decoding: $0.bytes, as: UTF8.self) } }

  @Test(
    "Lines end with LF, CR LF or CR, and a byte order mark is no part of the first",
    arguments: ["a\nb", "a\nb\n", "a\r\nb\r\n", "a\rb\r", "a\rb\n", "\u{FEFF}a\nb\n"])
  func ends(text: String) { #expect(lines(text) == ["1:a", "2:b"]) }

  @Test("Empty lines count")
  func empty() {
    #expect(lines("\n\r\n\ra\n") == ["1:", "2:", "3:", "4:a"])
    #expect(lines("") == [] && lines("\u{FEFF}") == [] && lines("\r") == ["1:"])
  }

  @Test("Bytes that are no UTF-8 stay as they are, and a mark within a line too; files that were joined have one in front of a line")
  func bytes() {
    #expect(TextLines([0xE9, 0x0A, 0x61, 0xEF, 0xBB, 0xBF]).map { Array($0.bytes) } == [[0xE9], [0x61, 0xEF, 0xBB, 0xBF]])
    #expect(lines("\u{FEFF}a 0\n\u{FEFF}b 1\n") == ["1:a 0", "2:b 1"])
  }
}
