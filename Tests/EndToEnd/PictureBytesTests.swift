import Glibc
import TestSupport
import Testing

/// Pictures on slow lines: they never stand in the way of a key.
@Suite(.serialized) struct PictureBytesTests {
  let home = TemporaryFolder()

  /// What has arrived of `terminal` after each of ten moves, four a second, on a line of 20 kB a second, and how long the last took to be shown.
  private func moves(_ terminal: PseudoTerminal) throws -> (bytes: [Int], seconds: Double) {
    #expect(terminal.wait(for: "10 classes"))
    // All pictures of the first class.
    terminal.settle(silence: 1.5)
    terminal.bytesPerSecond = 20_000
    var bytes: [Int] = []
    for _ in 0..<10 {
      terminal.forgetOutput()
      terminal.type("j")
      let until = PseudoTerminal.now + 0.25
      while PseudoTerminal.now < until { terminal.receive(seconds: until - PseudoTerminal.now) }
      bytes.append(terminal.output.count)
    }
    let began = PseudoTerminal.now
    terminal.type("k")
    let place = terminal.screen.text.split(separator: "\n").count
    #expect(place > 0 && terminal.wait { $0.text.contains(" 10 of ") })
    return (bytes, PseudoTerminal.now - began)
  }

  @Test("At four moves a second none costs more than 4 kB, and the last is there before any picture, in exact colours", arguments: [false, true])
  func moves(isInTmux: Bool) throws {
    let changes = ["COLORTERM": "truecolor"]
    let terminal = isInTmux
      ? try Tmux.open(home: home, changes: changes, rows: 40, columns: 140)
      : try TerminalTests.open(changes, rows: 40, columns: 140, home: home)
    let (bytes, seconds) = try moves(terminal)
    #expect(bytes.dropFirst().allSatisfy { $0 <= 4000 }, "\(bytes)")
    // Not .3 s, as tests share their machine.
    #expect(seconds < 2, "\(seconds) s")
    terminal.bytesPerSecond = nil
    // They come once nobody presses a key.
    #expect(terminal.wait { screen in (8..<38).contains { row in (90..<140).contains { screen[row, $0].background >= 16 } } })
    terminal.type("q")
    #expect(terminal.waitForExit() != nil)
  }
}
