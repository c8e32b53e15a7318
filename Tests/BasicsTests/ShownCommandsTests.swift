import Basics
import FoundationEssentials
import Testing

/// Command lines that are shown in sentences can be copied into a shell, whatever the names in them.
@Suite struct ShownCommandsTests {
  @Test("No text is put together with a command line: what has a name in it is a ShellCommand, which quotes it")
  func sources() throws {
    let sources = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Sources"
    var files = 0
    for name in try FileManager.default.subpathsOfDirectory(atPath: sources) where name.hasSuffix(".swift") {
      files += 1
      let text = String(decoding: try #require(FileManager.default.contents(atPath: "\(sources)/\(name)")), as: UTF8.self)
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        // `imagenet-tui verb … \(name)` within a literal; version and user agent have no verb.
        let found = line.ranges(of: /imagenet-tui [a-z][^`"]*\\\(/)
        #expect(found.isEmpty, "\(name), line \(number + 1): \(line)")
      }
    }
    #expect(files > 300)
  }

  @Test("A name with blanks, quotes or a dollar in it is quoted in a sentence")
  func sentence() {
    #expect(ShellCommand("runs", "rm", "20260101-my run").inSentence == "`imagenet-tui runs rm '20260101-my run'`")
    #expect(ShellCommand("runs", "rm", "a'$HOME").inSentence == "`imagenet-tui runs rm 'a'\\''$HOME'`")
  }
}
