import ArgumentParser
import Datasets
import Glibc
import Runs

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
  @Flag(help: "Let it wait for its turn in the queue.")
  var queue = false
  @Option(help: ArgumentHelp("With --queue: the machine on which it shall run. (default: this one)", valueName: "name"))
  var host: String?

  func validate() throws {
    if host != nil, !queue { throw ValidationError("--host needs --queue") }
  }

  func run() throws {
    let run = try argument.find().directory
    if queue { return try enqueue(run) }
    try run.resume(home: argument.global.location)
    try argument.report(run, until: [.running, .finished, .failed], else: "will go on")
  }

  private func enqueue(_ run: RunDirectory) throws {
    let home = argument.global.location
    let reader = argument.reader
    try RunQueue(home: home).add(run, host: host ?? RunQueue.host)
    RunQueue(home: home).pushFromCommand(reader)
    let now = try reader.refresh(run.id)
    print(now.queuePlace.map { "\(run.id) waits at place \($0)" } ?? "\(run.id) is \(now.state.rawValue)")
  }
}

struct RunsCheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Keep a checkpoint of a running run now; it goes on.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    let before = Set(run.checkpoints.steps())
    try run.checkpoint()
    for _ in 0..<200 {
      if let new = run.checkpoints.steps().last(where: { !before.contains($0) }) {
        return print("kept a checkpoint of step \(new) of \(run.id)")
      }
      usleep(50_000)
    }
    print("\(run.id): will keep one after its present step")
  }
}

struct RunsStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "End a run's worker at a checkpoint, or take a run out of the queue; `resume` goes on from there.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.stop(home: argument.global.location)
    try argument.report(run, until: [.stopped, .finished], else: "will stop after its present step")
  }
}
