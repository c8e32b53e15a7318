import Engine
import Glibc
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
}
