// Shows random frames on the terminal that it runs on, through the program's own Terminal: the next one at each key, until q.
//
//     frame-player SEED none|16|256|true unicode|ascii
import FoundationEssentials
import Glibc
import RandomFrames
import TUI

let arguments = CommandLine.arguments
guard arguments.count == 4, let seed = UInt64(arguments[1]), let depth = ColorDepth(rawValue: arguments[2]) else {
  print("usage: frame-player SEED none|16|256|true unicode|ascii")
  exit(64)
}
do {
  let terminal = try Terminal(
    color: depth, ascii: arguments[3] == "ascii", environment: ProcessInfo.processInfo.environment, pictureRest: .zero)
  var frames = RandomFrames(seed: seed, size: terminal.size, look: terminal.look)
  while true {
    let frame = frames.next()
    var events: [TerminalEvent] = []
    // Again and again, until all its pictures are there.
    while events.isEmpty {
      terminal.draw(frame)
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let left = terminal.pictureDeadline.map { $0 - .now }
      poll(&input, 1, left.map { max(0, Int32($0 / .milliseconds(1)) + 1) } ?? -1)
      events = terminal.takeEvents()
      if input.revents & Int16(POLLHUP) != 0 { events.append(.lost) }
    }
    if events.contains(where: { $0 != .key(" ") }) { break }
  }
  terminal.close()
} catch {
  print(error)
  exit(1)
}
