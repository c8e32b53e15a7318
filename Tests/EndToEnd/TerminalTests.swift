import EngineFixtures
import Files
import FoundationEssentials
import Glibc
import LabelSets
import Taxonomy
import TestSupport
import Testing

/// The real program on a pseudo-terminal.
@Suite(.serialized) struct TerminalTests {
  static func open(
    _ changes: [String: String] = [:], rows: Int = 24, columns: Int = 80, arguments: [String] = [], home: TemporaryFolder
  ) throws -> PseudoTerminal {
    var environment = [
      "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": home.path, "IMAGENET_TUI_HOME": home.path + "/home",
      "PATH": "/usr/bin:/bin",
    ]
    environment.merge(changes) { $1 }
    return try PseudoTerminal([Program.path] + arguments, environment: environment, rows: rows, columns: columns)
  }

  let home = TemporaryFolder()

  @Test("q leaves, and gives the terminal back")
  func quit() throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait(for: "1 Tree"))
    #expect(terminal.screen.isFullScreen && !terminal.isRestored)
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }

  @Test("A signal that asks to leave gives the terminal back", arguments: [SIGTERM, SIGHUP, SIGINT])
  func signals(signal: Int32) throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.send(signal: signal)
    #expect(terminal.waitForExit() == -Int(signal))
    #expect(terminal.isRestored)
  }

  @Test("A crash gives the terminal back", arguments: [SIGSEGV, SIGILL, SIGABRT])
  func crash(signal: Int32) throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.send(signal: signal)
    #expect(terminal.waitForExit() == -Int(signal))
    #expect(terminal.isRestored)
  }

  @Test("A lost connection ends the program, without it spinning")
  func hangUp() throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.hangUp()
    #expect(terminal.waitForExit() != nil)
  }

  @Test("^Z stops and gives the terminal back; going on draws the screen again")
  func suspend() throws {
    // A shell with job control, as the program's parent in the same session: an orphan could not be stopped.
    let terminal = try PseudoTerminal(
      ["/bin/bash", "--norc", "-im"],
      environment: [
        "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "ready> ", "HOME": home.path, "PATH": "/usr/bin:/bin",
        "IMAGENET_TUI_HOME": home.path + "/home", "PROGRAM": Program.path,
      ])
    #expect(terminal.wait(for: "ready>"))
    terminal.type("$PROGRAM\r")
    #expect(terminal.wait(for: "1 Tree"))
    for _ in 0..<2 {
      terminal.type("\u{1a}")
      #expect(terminal.wait(forPrompt: "ready>") && terminal.screen.text.contains("Stopped"))
      #expect(terminal.screen.cursor.isVisible)
      terminal.type("fg\r")
      #expect(terminal.wait { $0.text.contains("1 Tree") && $0.isFullScreen })
    }
    terminal.type("q")
    #expect(terminal.wait(forPrompt: "ready>"))
    terminal.type("exit\r")
    #expect(terminal.waitForExit() != nil)
  }

  @Test("A lost connection loses no label set in the making: the next start goes on from there")
  func remembered() throws {
    var terminal = try Self.open(home: home)
    #expect(terminal.wait { $0.text.contains("10 classes") })
    terminal.type("-2")
    #expect(terminal.wait { $0.text.contains("t  train on") })
    terminal.send(signal: SIGHUP)
    #expect(terminal.waitForExit() == -Int(SIGHUP))
    terminal = try Self.open(home: home)
    #expect(terminal.wait { $0.text.contains("t  train on") })
    terminal.type("1")
    #expect(terminal.wait { $0.text.contains("9 classes ●edited") })
  }

  @Test("^L draws again what something else wrote over")
  func redraw() throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait { $0.text.contains("10 classes") })
    terminal.settle(silence: 1)
    let before = terminal.screen.text
    terminal.screen.write(Array("\u{1B}[5;5Hsomebody else".utf8))
    #expect(terminal.screen.text.contains("somebody else"))
    terminal.type("\u{C}")
    #expect(terminal.wait { $0.text == before })
  }

  @Test("A storm of new sizes ends in a whole screen of the last one")
  func resize() throws {
    let terminal = try Self.open(home: home)
    #expect(terminal.wait(for: "1 Tree"))
    for step in 0..<60 {
      terminal.resize(rows: 5 + step * 7 % 50, columns: 20 + step * 31 % 150)
      if step % 3 == 0 { terminal.receive(seconds: 0.01) }
    }
    terminal.settle()
    terminal.resize(rows: 8, columns: 100)
    #expect(terminal.wait(for: "this is 100×8"))
    terminal.resize(rows: 30, columns: 100)
    #expect(terminal.wait { $0.text.contains("1 Tree") && $0.text.hasSuffix("q quit") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }

  @Test("A terminal that cannot be drawn on is one line, and exit code 1")
  func dumb() throws {
    let terminal = try Self.open(["TERM": "dumb"], home: home)
    #expect(terminal.waitForExit() == 1)
    #expect(terminal.screen.text.contains("cannot open the screen: TERM=dumb"))
    #expect(terminal.isRestored)
  }

  @Test("An unknown terminal is shown as a common one, and says so", arguments: ["no-such-terminal", ""])
  func unknown(name: String) throws {
    let terminal = try Self.open(["TERM": name], home: home)
    #expect(terminal.wait(for: "shown as xterm-256color"))
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }

  @Test("Where the locale is not UTF-8, every byte is ASCII")
  func ascii() throws {
    let terminal = try Self.open(["LANG": "C"], rows: 40, columns: 140, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("?")
    terminal.settle()
    #expect(terminal.output.allSatisfy { $0 < 0x80 })
    #expect(terminal.screen.text.contains("Keys"))
  }

  @Test("NO_COLOR and terminals without colours get none", arguments: [["NO_COLOR": "1"], ["TERM": "vt100"]])
  func noColor(changes: [String: String]) throws {
    let terminal = try Self.open(changes, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.settle()
    for row in 0..<24 {
      for column in 0..<80 {
        let cell = terminal.screen[row, column]
        #expect(cell.foreground == -1 && cell.background == -1)
      }
    }
  }

  @Test("Nothing is sent while nothing happens")
  func idle() throws {
    let terminal = try Self.open(rows: 40, columns: 140, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.settle(silence: 1)
    terminal.forgetOutput()
    terminal.settle(silence: 2)
    #expect(terminal.output.isEmpty)
  }

  @Test(
    "A move of the cursor sends 400 bytes at most at 140×40, on 82,000 nouns too; one in ten or so moves the list on by a third of its height",
    arguments: ["imagenet-1k", "wordnet"])
  func bytes(dataset: String) throws {
    let terminal = try Self.open(rows: 40, columns: 140, arguments: ["--dataset", dataset], home: home)
    #expect(terminal.wait(for: "physical entity"))
    terminal.settle(silence: 1)
    for key in ["j", "j", "j", "k", "j", "j", "k"] {
      let sent = try #require(terminal.cost(of: key))
      #expect(sent <= 400, "\(sent) bytes")
    }
    _ = try #require(terminal.cost(of: "\u{6}"))
    let costs = try (0..<14).map { _ in try #require(terminal.cost(of: "j")) }
    #expect(costs.count { $0 > 400 } <= 2 && costs.allSatisfy { $0 < 6000 }, "\(costs)")
  }

  @Test(
    "With all that is told of a class once the cursor rests, the first moves send 400 bytes at the median, and so do those after them, in 256 and in exact colours",
    arguments: ["imagenet-1k", "wordnet"], [nil, "truecolor"])
  func restingBytes(dataset: String, colors: String?) throws {
    let terminal = try Self.open(
      colors.map { ["COLORTERM": $0] } ?? [:], rows: 40, columns: 140, arguments: ["--dataset", dataset], home: home)
    #expect(terminal.wait(for: "physical entity"))
    terminal.settle(silence: 1)
    let costs = try (0..<20).map { _ in
      func wnid() -> String { (128..<139).map { terminal.screen[1, $0].text }.joined() }
      let before = wnid()
      terminal.forgetOutput()
      terminal.type("j")
      try #require(terminal.wait { _ in wnid() != before })
      terminal.settle(silence: 0.5)
      return terminal.output.count
    }
    for costs in [costs.prefix(8), costs.dropFirst(8)] {
      let sorted = costs.sorted()
      #expect((sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2 <= 400, "\(costs)")
    }
  }

  @Test("The terminal is asked for its ground behind the first frame; on a light one the colours are dark, without a key")
  func ground() throws {
    let terminal = try Self.open(rows: 30, columns: 120, home: home)
    #expect(terminal.wait(for: "10 classes"))
    terminal.settle(silence: 0.5)
    let start = try #require(terminal.output.firstRange(of: Array("\u{1B}]11;?".utf8)))
    #expect(start.lowerBound > 200, "a frame comes first")
    func accents() -> [String] { ["38;5;75", "38;5;26"].filter { terminal.output.firstRange(of: Array($0.utf8)) != nil } }
    #expect(accents() == ["38;5;75"])
    for (ground, accent) in [("ffff/ffff/ffff", "38;5;26"), ("1e1e/1e1e/1e1e", "38;5;75")] {
      terminal.forgetOutput()
      terminal.type("\u{1B}]11;rgb:\(ground)\u{1B}\\")
      #expect(terminal.wait { _ in accents() == [accent] })
      terminal.settle(silence: 0.5)
      #expect(accents() == [accent])
    }
    terminal.forgetOutput()
    terminal.type("\u{1B}]11;rgb:1e1e/1e1e/1e1e\u{1B}\\")
    terminal.settle(silence: 0.5)
    #expect(terminal.output.isEmpty, "nothing has changed")
    let few = try Self.open(rows: 30, columns: 120, arguments: ["--color", "16"], home: home)
    #expect(few.wait(for: "10 classes"))
    few.settle(silence: 0.5)
    #expect(few.output.firstRange(of: Array("\u{1B}]11;?".utf8)) == nil)
  }

  /// Label sets of Fashion-MNIST in the home, one for each depth.
  private func saveSets() throws {
    let (store, hierarchy) = (LabelSetStore(home: Home(explicit: home.path + "/home")), try RealTrees.hierarchy("fashion-mnist"))
    for depth in 2...10 {
      try store.save(LabelSet(name: "depth-\(depth)", dataset: "fashion-mnist", recipe: [.bottomUp(depth: depth)], on: hierarchy))
    }
  }

  @Test("In the library, too, a move of the cursor sends 400 bytes at most at 140×40, and nothing is sent while nothing happens")
  func libraryBytes() throws {
    try saveSets()
    let terminal = try Self.open(rows: 40, columns: 140, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("4")
    #expect(terminal.wait { $0.text.contains("depth-10") && $0.text.contains("same as") })
    terminal.settle(silence: 1)
    for key in ["j", "j", "k", "j", "j", "j"] {
      let sent = try #require(terminal.cost(of: key, silence: 0.5))
      #expect(sent <= 400, "\(sent) bytes")
    }
    terminal.settle(silence: 1)
    terminal.forgetOutput()
    terminal.settle(silence: 3)
    #expect(terminal.output.isEmpty)
  }

  @Test("Label sets are deleted, brought back, compared and opened, through sizes and signals, and the terminal is given back")
  func library() throws {
    try saveSets()
    let terminal = try Self.open(["LANG": "C"], rows: 30, columns: 100, home: home)
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("4")
    // What is not listed yet cannot be deleted.
    #expect(terminal.wait { $0.text.contains("depth-10") && $0.text.contains("same as") })
    terminal.type("D")
    #expect(terminal.wait(for: "Removed depth-10"))
    terminal.type("u")
    #expect(terminal.wait { $0.text.contains("Restored depth-10") && $0.text.contains(">    depth-10") })
    terminal.type(" jc")
    #expect(terminal.wait(for: "fine classes in both"))
    for step in 0..<30 { terminal.resize(rows: 5 + step * 7 % 50, columns: 20 + step * 31 % 150) }
    terminal.resize(rows: 24, columns: 80)
    #expect(terminal.wait { $0.text.contains("fine classes in both") && $0.text.hasSuffix("q quit") })
    #expect(terminal.output.allSatisfy { $0 < 0x80 })
    terminal.type("o")
    #expect(terminal.wait(for: "Opened depth-1"))
    terminal.type("4")
    #expect(terminal.wait(for: "9 label sets"))
    terminal.send(signal: SIGTERM)
    #expect(terminal.waitForExit() == -Int(SIGTERM))
    #expect(terminal.isRestored)
  }

  @Test("Y sends the command to the terminal's clipboard, in tmux in its wrapping too; a terminal without one is told")
  func clipboard() throws {
    let command = Array("imagenet-tui labels bottom-up --classes 10 --dataset fashion-mnist --save 10-classes".utf8)
    let encoded = Data(command).base64EncodedString()
    for (changes, isWrapped) in [([:], false), (["TMUX": "/tmp/none,1,0"], true)] as [([String: String], Bool)] {
      let terminal = try Self.open(changes, rows: 24, columns: 120, home: home)
      #expect(terminal.wait(for: "10 classes"))
      terminal.forgetOutput()
      terminal.type("Y")
      #expect(terminal.wait(for: "Copied"))
      let sent = String(decoding: terminal.output, as: UTF8.self)
      #expect(sent.contains("\u{1B}]52;c;\(encoded)\u{7}"))
      #expect(sent.contains("\u{1B}Ptmux;\u{1B}\u{1B}]52;c;\(encoded)\u{7}\u{1B}\\") == isWrapped)
      terminal.type("q")
      #expect(terminal.waitForExit() == 0 && terminal.isRestored)
    }
    let terminal = try Self.open(["TERM": "vt100"], rows: 24, columns: 120, home: home)
    #expect(terminal.wait(for: "10 classes"))
    terminal.type("Y")
    #expect(terminal.wait(for: "This terminal has no clipboard: imagenet-tui labels"))
    #expect(!String(decoding: terminal.output, as: UTF8.self).contains("\u{1B}]52"))
  }

  @Test("Pictures have exact colours where COLORTERM says so or --color asks, never where NO_COLOR or --color forbids")
  func exactColors() throws {
    let settings: [([String: String], [String], Bool)] = [
      ([:], [], false), (["COLORTERM": "truecolor"], [], true), ([:], ["--color", "true"], true),
      (["COLORTERM": "truecolor", "NO_COLOR": "1"], [], false), (["COLORTERM": "truecolor"], ["--color", "256"], false),
      (["NO_COLOR": "1"], ["--color", "true"], true), (["TERM": "vt100", "COLORTERM": "truecolor"], [], false),
    ]
    for (changes, arguments, isExact) in settings {
      let terminal = try Self.open(changes, rows: 40, columns: 140, arguments: arguments, home: home)
      #expect(terminal.wait(for: "1 Tree"))
      // The first pictures come when the cursor has rested.
      func hasExact(_ screen: VirtualTerminal) -> Bool {
        (0..<40).contains { row in (80..<140).contains { screen[row, $0].background >= 0x100_0000 } }
      }
      if isExact {
        #expect(terminal.wait(until: hasExact), "\(changes) \(arguments)")
      } else {
        #expect(terminal.wait { $0.text.contains("contains") })
        terminal.settle(silence: 1)
        #expect(!hasExact(terminal.screen), "\(changes) \(arguments)")
      }
      terminal.type("q")
      #expect(terminal.waitForExit() == 0)
      #expect(terminal.isRestored)
    }
  }
}
