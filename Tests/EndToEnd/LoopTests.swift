import TestSupport
import Testing

/// The whole loop by keys, on a terminal.
@Suite(.serialized) struct LoopTests {
  private func open(_ home: TinyHome) throws -> PseudoTerminal {
    let environment = home.environment.merging(["TERM": "xterm-256color"]) { $1 }
    return try PseudoTerminal(
      [Program.path, "--dataset", "tiny"], environment: environment, rows: 30, columns: 120)
  }

  @Test("From the tree to a training, whose run outlives the screens and is found again, to its neighbours and a file's")
  func loop() throws {
    let home = try TinyHome()
    var terminal = try open(home)
    #expect(terminal.wait(for: "3 classes"))
    terminal.type("t")
    #expect(terminal.wait(for: "36 training images"))
    terminal.type("\u{1B}OB")
    terminal.chooseNet("alexnet-28")
    #expect(terminal.wait(for: "36 training images"))
    terminal.type("\r")
    #expect(terminal.wait { $0.text.contains("1 run") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)

    let run = try #require(home.reader.refresh().first)
    let configuration = try home.directory(run.name).configuration()
    let version = try home.run("--version").output.filter { $0 != "\n" }
    #expect(configuration.program == "imagenet-tui \(version)")
    #expect(configuration.command.starts(with: ["imagenet-tui", "train", "--dataset", "tiny"]))

    terminal = try open(home)
    #expect(terminal.wait { $0.text.contains(run.name) && $0.text.contains("✓ finished") })
    terminal.type("n")
    #expect(terminal.wait { $0.text.contains(" right ") }, "\(terminal.screen.text)")
    terminal.type("i")
    #expect(terminal.wait(for: "Neighbours of an image file"))
    terminal.type(home.folder.path + "/train/n02774152/0.png\r")
    #expect(terminal.wait { $0.text.contains("query 0.png file") && $0.text.contains("└ 0.png") })
    terminal.type("i\u{15}/no/such.png\r")
    #expect(terminal.wait { $0.text.contains("✗") && $0.text.contains("/no/such.png") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    #expect(terminal.isRestored)
  }
}

extension PseudoTerminal {
  /// Goes over the nets of the launch form, whose line of nets has the cursor, until one is chosen.
  func chooseNet(_ name: String) {
    for _ in 0..<20 where !screen.text.contains("‹ \(name) ›") {
      // What else the form shows may change for the key before this one.
      func net() -> Substring? { screen.text.split(separator: "\n").first { $0.contains("‹") && $0.contains(" net ") } }
      let before = net()
      type(" ")
      #expect(wait { _ in net() != before })
    }
  }
}
