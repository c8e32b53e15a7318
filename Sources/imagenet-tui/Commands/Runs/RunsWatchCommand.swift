import ArgumentParser
import Basics
import Glibc

struct RunsWatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a run until it ends; Ctrl-C stops watching, not the run.",
    discussion: """
      The exit code tells scripts how it ended: 0 finished (or the watching was interrupted), 3 stopped, 4 failed, 5 lost. \
      With --json the last line is the final state.
      """)

  @OptionGroup var argument: RunArgument
  @Flag(help: "Print one JSON object per line whenever something changes.")
  var json = false

  func run() throws {
    let (_, directory) = try argument.find()
    let follower = RunFollower(reader: argument.reader, run: directory, stopsOnInterrupt: false)
    let last = try follower.follow { summary in
      guard json else { return RunProgressLine.show(summary) }
      try Output.json(summary, isPretty: false)
      fflush(nil)
    }
    if !json {
      RunProgressLine.end()
      print(RunProgressLine.text(last))
    }
    switch last.state {
    case .stopped: throw ExitCode(3)
    case .failed: throw ExitCode(4)
    case .lost: throw ExitCode(5)
    case .damaged, .newer: throw Problem("the run cannot be read", at: last.id, found: last.problem)
    case .queued, .running, .paused, .finished: return
    }
  }
}
