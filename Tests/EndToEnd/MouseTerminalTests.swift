import Glibc
import TestSupport
import Testing

/// Mice and other sequences on terminals of every kind, which report in the encoding that they were asked for.
@Suite(.serialized) struct MouseTerminalTests {
  let home = TemporaryFolder()

  private static let settings: [[String: String]] =
    ["xterm", "kitty", "xterm-kitty", "alacritty", "foot", "tmux-256color", "screen-256color", "rxvt-unicode", "linux", "vt100"].map { ["TERM": $0] }
    + ["xterm-256color", "xterm", "kitty", "alacritty", "foot", "tmux-256color"].map { ["TERM": $0, "COLORTERM": "truecolor"] }

  @Test("A click moves the cursor or does what is written there, and edits nothing, on every terminal", arguments: settings)
  func terminals(changes: [String: String]) throws { try click(changes, []) }

  @Test("And in every number of colours", arguments: ["none", "16", "256", "true"])
  func colors(depth: String) throws { try click([:], ["--color", depth]) }

  private func click(_ changes: [String: String], _ arguments: [String]) throws {
    let terminal = try TerminalTests.open(changes, rows: 40, columns: 120, arguments: arguments, home: home)
    #expect(terminal.wait(for: "10 classes"))
    terminal.type("j")
    terminal.settle(silence: 0.3)
    let row = try #require(terminal.screen.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("footwear") })
    #expect(terminal.click(row: row, column: 8), "the mouse is not asked for")
    #expect(terminal.wait { $0[row, 0].text == "▌" })
    // Beyond what the oldest encoding holds in ASCII.
    #expect(terminal.click(row: row + 1, column: 70))
    #expect(terminal.wait { $0[row + 1, 0].text == "▌" })
    #expect(terminal.click(row: 20, column: 115))
    terminal.click(row: row, column: 3, button: 5)
    #expect(terminal.wait { $0[row + 2, 0].text == "▌" })
    #expect(terminal.screen.text.contains("10 classes") && !terminal.screen.text.contains("edited"))
    let header = try #require(terminal.screen.text.split(separator: "\n").first)
    #expect(terminal.click(row: 0, column: header.prefix { $0 != "3" }.count))
    #expect(terminal.wait { !$0.text.contains("footwear") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }

  @Test("Sequences that are not understood change nothing, in whole and byte by byte; Esc alone is a key")
  func unknown() throws {
    let terminal = try TerminalTests.open(rows: 30, columns: 120, home: home)
    #expect(terminal.wait(for: "10 classes"))
    terminal.type("j")
    terminal.settle(silence: 0.5)
    let before = terminal.screen.text
    for sequence in [
      "\u{1B}[M #!", "\u{1B}[1;5A", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?62;22c", "\u{1B}[99;5u", "\u{1B}[27;6;67~", "\u{1B}OP", "\u{1B}[[A", "\u{1B}]11;rgb:1/1/1\u{1B}\\",
      "\u{1B}P>|cc--\u{1B}\\", "\u{1B}[200~", "-c\rs\r", "\u{1B}[201~",
    ] {
      terminal.type(sequence)
      for byte in sequence.utf8 {
        terminal.type([byte])
        usleep(2_000)
      }
    }
    // What pastes are refused is said.
    #expect(terminal.wait(for: "Ignored"))
    terminal.type("?")
    #expect(terminal.wait(for: "Keys"))
    terminal.type("\u{1B}")
    #expect(terminal.wait { $0.text == before })
  }

  @Test("In tmux, too, a click moves the cursor and edits nothing")
  func tmux() throws {
    let terminal = try Tmux.open(home: home, rows: 40, columns: 120)
    #expect(terminal.wait(for: "10 classes"))
    terminal.settle(silence: 0.5)
    let row = try #require(terminal.screen.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("footwear") })
    #expect(terminal.click(row: row, column: 70))
    #expect(terminal.wait { $0[row, 0].text == "▌" })
    #expect(terminal.paste("c\rs\r"))
    #expect(terminal.wait(for: "Ignored"))
    #expect(terminal.screen.text.contains("10 classes") && !terminal.screen.text.contains("edited"))
    terminal.type("q")
    #expect(terminal.waitForExit() != nil)
  }
}

/// The program in a tmux of its own, which ends with it.
enum Tmux {
  static func open(
    home: TemporaryFolder, changes: [String: String] = [:], rows: Int, columns: Int, arguments: [String] = []
  ) throws -> PseudoTerminal {
    var environment = [
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": home.path, "IMAGENET_TUI_HOME": home.path + "/home", "PATH": "/usr/bin:/bin",
    ]
    environment.merge(changes) { $1 }
    // A socket for each: nobody else's tmux is touched.
    return try PseudoTerminal(
      ["/usr/bin/tmux", "-S", home.path + "/tmux", "-f", "/dev/null", "new-session", ([Program.path] + arguments).joined(separator: " "), ";", "set", "status", "off"],
      environment: environment, rows: rows, columns: columns)
  }
}
