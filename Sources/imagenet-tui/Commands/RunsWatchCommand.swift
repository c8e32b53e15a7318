import ArgumentParser
import Engine
import FoundationEssentials
import Glibc

struct RunsWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a run until it is over; Ctrl-C ends the watching, not the run.")

  @OptionGroup var argument: RunArgument
  @Flag(help: "Print a JSON object a line whenever something changes.")
  var json = false

  func run() throws {
    let (_, directory) = try argument.find()
    let follower = RunFollower(reader: argument.reader, run: directory, stopsOnInterrupt: false)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let last = try follower.follow { summary in
      guard json else { return RunProgressLine.show(summary) }
      print(String(decoding: try encoder.encode(summary), as: UTF8.self))
      fflush(nil)
    }
    guard !json else { return }
    RunProgressLine.end()
    print(RunProgressLine.text(last))
  }
}
