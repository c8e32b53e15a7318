import Engine
import FoundationEssentials
import TUI
import Taxonomy
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

  private static func copied(_ state: inout AppState) -> String? {
    for case .copy(let text) in update(&state, .key("Y")) { return text }
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

  @Test("Y copies the neighbours of the query for all runs, with the coarse set where a command knows it")
  func neighbors() {
    var state = NeighborsFixtures.opened(runs: 2)
    let text = Self.copied(&state)
    #expect(text?.hasPrefix("imagenet-tui neighbours 20260101-000000-fine 20260101-000000-coarse-4 --space fc7 --query") == true, "\(text ?? "")")
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
