import Glibc
import Networks
import TestSupport
import Testing

/// The newcomer's path on terminals of several kinds, in exact colours: from the tree over a folded label set to a training and its neighbours.
@Suite(.serialized) struct PathTests {
  enum Kind: CaseIterable { case kitty, xterm, tmux }

  private func open(_ kind: Kind, _ home: TinyHome) throws -> PseudoTerminal {
    let (rows, columns, arguments) = (40, 140, ["--dataset", "tiny"])
    var changes = ["COLORTERM": "truecolor", "TERM": kind == .kitty ? "xterm-kitty" : "xterm-256color"]
    changes["IMAGENET_TUI_HOME"] = home.path
    if kind == .tmux { return try Tmux.open(home: home.folder, changes: changes, rows: rows, columns: columns, arguments: arguments) }
    return try TerminalTests.open(changes, rows: rows, columns: columns, arguments: arguments, home: home.folder)
  }

  @Test("From the tree over a label set of one's own to a training and its neighbours", arguments: Kind.allCases)
  func path(kind: Kind) throws {
    let home = try TinyHome()
    let terminal = try open(kind, home)
    #expect(terminal.wait(for: "3 classes"))
    terminal.type("---")
    #expect(terminal.wait(for: "2 classes ●edited"))
    terminal.type("s")
    #expect(terminal.wait(for: "Save the label set"))
    terminal.type("\u{15}")
    terminal.paste("two\n")
    #expect(terminal.wait(for: "name two"))
    terminal.type("\r")
    #expect(terminal.wait(for: "Saved as two"))
    terminal.type("t")
    #expect(terminal.wait(for: "36 training images"))
    #expect(terminal.screen.text.contains("‹ two ›"))
    terminal.type("\u{1B}[B")
    terminal.chooseNet("alexnet-28")
    #expect(terminal.wait(for: "36 training images"))
    terminal.type("\r")
    #expect(terminal.wait { $0.text.contains("1 run") })
    #expect(terminal.wait(for: "✓ finished"), "\(terminal.screen.text)")
    let run = try #require(home.reader.refresh().first)
    #expect(run.labelSet == "two")
    // With the mouse, as somebody does who knows no key.
    let header = try #require(terminal.screen.text.split(separator: "\n").first)
    #expect(terminal.click(row: 0, column: header.prefix { $0 != "3" }.count))
    #expect(terminal.wait { $0.text.contains(" right ") && $0.text.contains("query ") }, "\(terminal.screen.text)")
    // Pictures, in exact colours: tmux has 256 on a terminal that it knows nothing better of.
    #expect(terminal.wait { screen in (2..<38).contains { row in (0..<140).contains { screen[row, $0].background >= (kind == .tmux ? 16 : 0x100_0000) } } })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }

  /// The whole path by keys alone, so many milliseconds apart (nil: in one piece, as a slow line hands them out), and what is seen at its end. It
  /// waits for the training only, which nobody can type ahead of.
  private func typed(_ kind: Kind, gap: UInt32?) throws -> String {
    let home = try TinyHome()
    let terminal = try open(kind, home)
    // Who types before there is a screen types to the shell.
    #expect(terminal.wait { $0.isFullScreen && $0.text.contains("1 Tree") })
    func type(_ keys: [String]) {
      guard let gap else { return terminal.type(keys.joined()) }
      for key in keys {
        terminal.type(key)
        usleep(gap * 1000)
      }
    }
    let down = "\u{1B}[B", right = "\u{1B}[C"
    let net = try #require(Architecture.all.firstIndex { $0.name == "alexnet-28" })
    type(["-", "-", "-", "s", "\u{15}", "t", "w", "o", "\r", "t", down] + Array(repeating: " ", count: net) + ["\r"])
    #expect(terminal.wait(for: "✓ finished"), "\(terminal.screen.text)")
    let run = try #require(home.reader.refresh().first)
    #expect(run.labelSet == "two" && run.network == "alexnet-28", "\(run.labelSet), \(run.network)")
    // To its neighbours, and on to the second of them.
    type(["n", right, "\r"])
    func headline() -> String { terminal.screen.text.split(separator: "\n").first.map(String.init) ?? "" }
    #expect(terminal.wait { _ in headline().contains("query") && headline().contains(" train/") }, "\(terminal.screen.text)")
    let end = headline()
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    return end
  }

  @Test("Typed at any speed, the path ends alike", arguments: Kind.allCases)
  func typedAhead(kind: Kind) throws {
    let ends = try [60, 1, 0, nil].map { gap in try typed(kind, gap: gap) }
    #expect(Set(ends).count == 1, "\(ends)")
  }
}
