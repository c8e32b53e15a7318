import Basics
import FoundationEssentials
import Glibc
import TUI
import Testing

@Suite struct ClipboardTests {
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("Text goes out as one OSC 52 in base64, in tmux once more wrapped for the terminal around it")
  func sequence() {
    #expect(Self.text(Clipboard.sequence("ls é", isInTmux: false)) == "\u{1B}]52;c;bHMgw6k=\u{7}")
    #expect(
      Self.text(Clipboard.sequence("ls", isInTmux: true))
        == "\u{1B}]52;c;bHM=\u{7}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;bHM=\u{7}\u{1B}\\")
  }

  @Test("Terminals that would show the sequence get none")
  func terminals() {
    #expect(["linux", "vt100", "vt220-8bit", "dumb", ""].allSatisfy { !Clipboard.isUnderstood(by: $0) })
    #expect(["xterm-256color", "tmux-256color", "screen", "rxvt-unicode", "foot"].allSatisfy { Clipboard.isUnderstood(by: $0) })
  }

  @Test("A line of words is quoted as a shell reads it, and ends with the options that were given")
  func quoting() {
    let command = ShellCommand(inOrder: [
      ShellCommand("labels", "import", "it's here/a b.csv", "--name", "x-1", ""), ShellCommand("runs", "list"),
    ])
    #expect(
      command.text(options: ["--home", "/h é"])
        == "imagenet-tui labels import 'it'\\''s here/a b.csv' --name x-1 '' --home '/h é' && imagenet-tui runs list --home '/h é'")
  }

  @Test(
    "Whatever a word holds, sh and bash read it back as it is, from one line that steers no terminal",
    arguments: [
      "a b", "it's", "\"$HOME\" `id` $(id)", "two\nlines\nand more", "\u{1B}[2J\u{9B}31m\u{7F}\u{202E}x", "-rf", "--", "", "~", "*?[a]", "a\\n\\0%s", "=ls", "!x",
      "café 猫 \u{1F600}", "tab\there", "'\n'", "\n", "#x", "a;b|c&d>e<f(g){h}", "\\", " ", "ends\n",
    ])
  func shell(word: String) throws {
    let line = ShellCommand("x", word).text()
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || 0x7F..<0xA0 ~= $0.value || $0.value == 0x202E })
    for shell in ["/bin/sh", "/bin/bash"] where shell != "/bin/sh" || word.last != "\n" {
      #expect(try Self.run(shell, "p() { for word; do printf '<%s>' \"$word\"; done; }; p" + line.dropFirst("imagenet-tui".count)) == "<x><\(word)>")
    }
  }

  /// What a shell prints that is given a line to read.
  private static func run(_ shell: String, _ line: String) throws -> String {
    let quoted = line.replacing("'", with: "'\\''")
    let pipe = try #require(popen("\(shell) -c '\(quoted)' 2>&1", "r"))
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(
    "What launched a run is repeated where the screens look now, and says so once",
    arguments: [["--home", "/old"], ["--home=/old"], ["--wordnet", "/w", "--home", "/old"], []])
  func typed(places: [String]) {
    let command = ShellCommand(typed: ["/usr/bin/imagenet-tui", "train"] + places + ["--name", "a b"])
    #expect(command.text(options: ["--home", "/h"]) == "imagenet-tui train --name 'a b' --home /h")
  }

  private static func copied(_ state: inout AppState) -> String? {
    for effect in update(&state, .key("Y")) {
      switch effect {
      case .copy(let text): return text
      case .tree(.copyCommand(let draft, let collage)):
        guard let command = try? draft.command(collage: collage) else { return nil }
        for case .copy(let text) in update(&state, .copy(command)) { return text }
      default: break
      }
    }
    return nil
  }

  @Test("Y copies what makes the label set in the making, whatever was done to it")
  func tree() throws {
    var state = try TreeScreenTests.state()
    #expect(Self.copied(&state) == "imagenet-tui labels bottom-up --classes 10 --dataset fashion-mnist --save 10-classes")
    TreeScreenTests.press(&state, "/", "b", "o", "o", "t", .enter, "x", "/", "s", "h", "i", "r", "t", .enter, "c")
    let text = try #require(Self.copied(&state))
    let parts = text.split(separator: "&").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(parts.count == 2 && parts[0].hasPrefix("imagenet-tui labels cut --collapse n"))
    #expect(parts[1].hasPrefix("imagenet-tui labels without --classes n") && parts[1].contains("--on 8-classes --save 8-classes"))
  }

  @Test("Where subtrees are in parts, Y copies what makes both parts; where the collage is shown, what draws that as well")
  func parts() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 40, columns: 140))
    TreeScreenTests.press(&state, "/", "s", "h", "o", "e", .enter, "A")
    let split = "imagenet-tui labels split --a n04199027 --part A --dataset fashion-mnist --save 10-classes-A"
    #expect(Self.copied(&state) == split, "part B has no class")
    TreeScreenTests.press(&state, "/", "s", "h", "i", "r", "t", .enter, "B", "P")
    let lines = try #require(Self.copied(&state)).replacing(" && ", with: "\n").split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasSuffix("--part A --dataset fashion-mnist --save 10-classes-A"))
    #expect(lines[1].hasSuffix("--part B --dataset fashion-mnist --save 10-classes-B"))
    #expect(lines[2] == "imagenet-tui labels collage 10-classes-A 10-classes-B -o 10-classes.png")
  }

  @Test("What the label set comes to ends with the command that makes it, once it is worked out after an edit")
  func sameAs() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 40, columns: 140))
    state.session.options = ["--home", "/h"]
    func rest() throws -> TreeDraft? {
      let node = try #require(state.tree.line).node
      for case .tree(.tellCommand(let draft)) in update(&state, .tree(.settled(node: node))) { return draft }
      return nil
    }
    TreeScreenTests.press(&state, "w")
    let fine = try #require(try rest())
    _ = update(&state, .tree(.told(try fine.command(), of: fine.version)))
    #expect(view(state).text.contains("bottom-up --classes 10") && view(state).text.contains("--home /h"))
    TreeScreenTests.press(&state, "-")
    #expect(!view(state).text.contains("bottom-up --classes 10"))
    let coarser = try #require(try rest())
    _ = update(&state, .tree(.told(try fine.command(), of: fine.version)))
    #expect(!view(state).text.contains("bottom-up --classes 10"), "an answer that comes late is of another version")
    _ = update(&state, .tree(.told(try coarser.command(), of: coarser.version)))
    #expect(view(state).text.contains("labels cut --collapse"))
    #expect(try rest() == nil)
  }

  @Test("Y copies the neighbours of the query for all runs, with the coarse set where a command knows it")
  func neighbors() {
    var state = NeighborsFixtures.opened(runs: 2)
    let text = Self.copied(&state)
    #expect(text?.hasPrefix("imagenet-tui neighbours 20260101-000000-fine@1200 20260101-000000-coarse-4@640 --space features --query") == true, "\(text ?? "")")
    #expect(text?.contains("--labels") == false)
  }

  @Test("Y copies the selected label set's commands, and right after something was done, that")
  func library() {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    state.session.options = ["--home", "/tmp/h"]
    #expect(Self.copied(&state) == "imagenet-tui labels bottom-up --depth 7 --dataset fashion-mnist --save coarse-4 --home /tmp/h")
    _ = update(&state, .library(.done("Copied", ShellCommand("labels", "copy", "a", "b"), select: nil)))
    #expect(Self.copied(&state) == "imagenet-tui labels copy a b --home /tmp/h")
    _ = update(&state, .key("j"))
    #expect(Self.copied(&state) == nil && view(state).text.contains("cannot read the label set"))
  }

  @Test("A run's command is fetched from the run, and a screen with nothing to repeat says so")
  func runs() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    guard case .runs(.copyCommand(let run))? = update(&state, .key("Y")).first else { Issue.record("not fetched"); return }
    #expect(run.id == RunsFixtures.all[0].id)
    state = UpdateTests.state()
    #expect(Self.copied(&state) == nil && view(state).text.contains("The tree is not open yet"))
  }

  @Test("What is too long for terminals is not copied, and that is said")
  func tooLong() {
    var state = UpdateTests.state()
    let effects = update(&state, .copy(ShellCommand("labels", "cut", "--collapse", String(repeating: "n00000000,", count: 8000))))
    #expect(effects.isEmpty && view(state).text.contains("Not copied"))
  }
}
