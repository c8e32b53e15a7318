import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Pastes, and 64 kB of keys at once, on a terminal.
@Suite(.serialized) struct PasteTerminalTests {
  let home = TemporaryFolder()

  private static let long = String(repeating: "save label set train\r", count: 3100)

  @Test("A paste does nothing to the label set, whatever is in it, and says so; in a field it is text")
  func text() throws {
    let terminal = try TerminalTests.open(rows: 24, columns: 100, home: home)
    #expect(terminal.wait(for: "10 classes"))
    #expect(terminal.paste("-c\rsmine\rq\r"), "marks of pastes are not asked for")
    #expect(terminal.wait(for: "Ignored 10 pasted characters"))
    #expect(!terminal.screen.text.contains("edited"))
    terminal.type("s\u{15}")
    #expect(terminal.wait(for: "Save the label set"))
    terminal.paste("pasted\r\nname\r\n")
    #expect(terminal.wait(for: "name pasted name"))
    terminal.type("\u{1B}/")
    terminal.paste("sandal\n")
    #expect(terminal.wait { $0.text.contains("/ sandal") && $0.text.contains(" hit") })
    terminal.type("\r")
    #expect(terminal.wait { !$0.text.contains("/ sandal") })
    terminal.paste(Self.long)
    #expect(terminal.wait(for: "Ignored 65,099 pasted characters"))
    // The mark of an end within it is none. What comes at once behind a paste would be its rest.
    terminal.settle()
    terminal.paste("one\u{1B}[201~cs\rq")
    #expect(terminal.wait(for: "Ignored 4 pasted characters"))
    #expect(((try? FileManager.default.subpathsOfDirectory(atPath: home.path + "/home")) ?? []).allSatisfy { !$0.contains("mine") })
    #expect(terminal.screen.text.contains("10 classes") && !terminal.screen.text.contains("edited"))
    terminal.type("q")
    #expect(terminal.waitForExit() == 0 && terminal.isRestored)
  }

  @Test("64 kB fit into the palette, marked or as keys, and what follows is heard at once", arguments: [true, false])
  func palette(isMarked: Bool) throws {
    let terminal = try TerminalTests.open(rows: 24, columns: 100, home: home)
    #expect(terminal.wait(for: "10 classes"))
    terminal.type(":")
    #expect(terminal.wait(for: "Commands"))
    let text = String(repeating: "sa ve", count: 13_000)
    if isMarked { terminal.paste(text) } else { terminal.type(text) }
    terminal.type("\u{15}quit")
    #expect(terminal.wait { $0.text.contains(": quit") && $0.text.contains("Quit; runs keep running") }, "\(terminal.screen.text)")
    terminal.type("\r")
    #expect(terminal.waitForExit() == 0 && terminal.isRestored)
  }

  @Test("Stopped with ^Z, the terminal reports neither mouse nor pastes, and does again afterwards")
  func suspend() throws {
    let terminal = try PseudoTerminal(
      ["/bin/bash", "--norc", "--noediting", "-im"],
      environment: [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "ready> ", "HOME": home.path, "PATH": "/usr/bin:/bin",
        "IMAGENET_TUI_HOME": home.path + "/home", "PROGRAM": Program.path,
      ])
    #expect(terminal.wait(for: "ready>"))
    terminal.type("$PROGRAM\r")
    #expect(terminal.wait(for: "10 classes"))
    terminal.type("\u{1a}")
    #expect(terminal.wait(forPrompt: "ready>") && terminal.screen.text.contains("Stopped"))
    #expect(terminal.isRestored)
    terminal.type("fg\r")
    #expect(terminal.wait { $0.text.contains("10 classes") && $0.isFullScreen })
    terminal.settle(silence: 0.5)
    #expect(terminal.paste("cs\r"))
    #expect(terminal.wait(for: "Ignored"))
    terminal.type("q")
    #expect(terminal.wait(forPrompt: "ready>"))
    terminal.type("exit\r")
    #expect(terminal.waitForExit() != nil)
  }
}
