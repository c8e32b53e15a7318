import Datasets
import Files
import FoundationEssentials
import TestSupport
import Testing

/// The screens of what the features know, on a terminal, on the nets of ``EvaluationCommandTests``.
extension EvaluationCommandTests {
  private func open(_ changes: [String: String] = [:], rows: Int = 40, columns: Int = 140) throws -> PseudoTerminal {
    var environment = home.environment
    environment["TERM"] = "xterm-256color"
    environment.merge(changes) { $1 }
    return try PseudoTerminal([Program.path, "--dataset", "tiny"], environment: environment, rows: rows, columns: columns)
  }

  /// Both nets below each other on screen 3.
  private func openNeighbours(_ terminal: PseudoTerminal) {
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("3")
    #expect(terminal.wait { $0.text.contains("query ") && $0.text.contains(" right") })
    terminal.settle(silence: 1)
    // Where the screens were left with both, they are there.
    if terminal.screen.text.components(separated: " right").count > 2 { return }
    terminal.type("R")
    #expect(terminal.wait(for: "Runs to compare"))
    terminal.type("fine")
    terminal.settle(silence: 0.5)
    terminal.type(" \r")
    #expect(terminal.wait { $0.text.components(separated: " right").count > 2 })
  }

  @Test("The key writes the picture that the command writes")
  func samePicture() throws {
    let terminal = try open()
    openNeighbours(terminal)
    let path = home.folder.path + "/screen.png"
    terminal.type("E")
    #expect(terminal.wait(for: "Save the picture as"))
    terminal.type("\u{15}" + path + "\r")
    #expect(terminal.wait(for: "Wrote "))
    let text = terminal.screen.text
    let index = try #require(text.firstMatch(of: /val\/(\d+)/)?.1)
    let command = try home.run("neighbours", "coarse", "fine", "--query", String(index), "-k", "10", "-o", home.folder.path + "/command.png")
    #expect(command.code == 0, "\(command.errors)")
    let files = [path, home.folder.path + "/command.png"].map { FileManager.default.contents(atPath: $0) }
    #expect(files[0] != nil && files[0] == files[1])
    terminal.type("q")
    #expect(terminal.waitForExit() == 0 && terminal.isRestored)
  }

  @Test("Twelve images cost 60 kB at most in 256 colours, noise too, and come after text and frames")
  func pictureBytes() throws {
    var random = SeededGenerator(seed: 1)
    for split in ["train", "val"] {
      for path in try FileManager.default.subpathsOfDirectory(atPath: home.folder.path + "/" + split) where path.hasSuffix(".png") {
        let noise = Picture(width: 64, height: 64, channels: 3, pixels: (0..<64 * 64 * 3).map { _ in UInt8.random(in: 0...255, using: &random) })
        try AtomicFile.write(try ImageCodec.png(noise), to: home.folder.path + "/" + split + "/" + path)
      }
    }
    let terminal = try open()
    openNeighbours(terminal)
    terminal.settle(silence: 1)
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
    // The next start shows both at once.
    let again = try open()
    #expect(again.wait(for: "1 Tree"))
    again.settle(silence: 1)
    again.forgetOutput()
    again.type("1")
    again.settle(silence: 0.5)
    again.forgetOutput()
    again.type("3")
    #expect(again.wait { $0.text.contains("▀") })
    again.settle(silence: 2)
    #expect(again.output.count <= 60_000, "\(again.output.count) bytes")
    let cards = again.screen.text.components(separated: "━┓").count - 1 + again.screen.text.components(separated: "─┐").count - 1
    #expect(cards >= 12, "\(cards) images")
    let (frame, block) = (Array("┏".utf8), Array("▀".utf8))
    let first = again.output.indices.first { again.output[$0...].starts(with: frame) }
    let picture = again.output.indices.first { again.output[$0...].starts(with: block) }
    #expect(first != nil && picture != nil && first! < picture!)
  }

  @Test("Where the terminal is known to draw them, pictures are sextants")
  func sextants() throws {
    for (changes, isKnown) in [([:], false), (["VTE_VERSION": "7600"], true)] as [([String: String], Bool)] {
      let terminal = try open(changes)
      #expect(terminal.wait(for: "1 Tree"))
      terminal.type("3")
      #expect(terminal.wait { $0.text.contains("query ") && $0.text.contains(" right") })
      terminal.settle(silence: 1)
      #expect(terminal.screen.text.unicodeScalars.contains { (0x1FB00...0x1FB3B).contains($0.value) } == isKnown)
      terminal.type("q")
      #expect(terminal.waitForExit() == 0)
    }
  }

  @Test("Screen 5 measures coarse classes, induction and the map, and a move of the cursor sends 400 bytes at most")
  func evaluation() throws {
    let terminal = try open()
    #expect(terminal.wait(for: "1 Tree"))
    terminal.type("5")
    #expect(terminal.wait(for: "by the tree"))
    terminal.type("i")
    #expect(terminal.wait { $0.text.contains("top-1 by label set") && $0.text.contains("├") })
    terminal.type("p")
    #expect(terminal.wait(for: "directions of most variance"))
    terminal.settle(silence: 0.5)
    terminal.forgetOutput()
    let before = terminal.screen.text
    terminal.type("-")
    #expect(terminal.wait { $0.text != before })
    terminal.type("c")
    #expect(terminal.wait(for: "by the tree"))
    terminal.type("-----")
    terminal.settle(silence: 0.5)
    terminal.forgetOutput()
    terminal.type("j")
    terminal.settle(silence: 0.5)
    #expect(terminal.output.count <= 400, "\(terminal.output.count) bytes")
    terminal.forgetOutput()
    terminal.settle(silence: 2)
    #expect(terminal.output.isEmpty)
    terminal.type("q")
    #expect(terminal.waitForExit() == 0 && terminal.isRestored)
  }
}

extension String {
  fileprivate func components(separated by: String) -> [Substring] { split(separator: by, omittingEmptySubsequences: false) }
}
