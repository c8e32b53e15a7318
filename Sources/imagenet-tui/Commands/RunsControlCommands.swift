import ArgumentParser
import Engine

struct RunsPauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let a run wait where it is; its worker stays.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.pause()
    try argument.report(run, until: [.paused, .finished], else: "will pause after its present step")
  }
}

struct RunsResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a paused run go on, or start a stopped, failed or lost one at its last checkpoint.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.resume(home: argument.global.location)
    try argument.report(run, until: [.running, .finished, .failed], else: "will go on")
  }
}

struct RunsStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "End a run's worker at a checkpoint; `resume` goes on from there.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.stop()
    try argument.report(run, until: [.stopped, .finished], else: "will stop after its present step")
  }
}
