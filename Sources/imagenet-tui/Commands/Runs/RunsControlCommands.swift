import ArgumentParser
import Datasets
import Glibc
import Runs

struct RunsPauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pause a run; its worker process stays alive.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.pause()
    try argument.report(run, until: [.paused, .finished], else: "will pause after the current step")
  }
}

struct RunsResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Resume a paused run, or restart a stopped, failed or lost one from its last checkpoint.")

  @OptionGroup var argument: RunArgument
  @Flag(help: "Put it into the queue.")
  var queue = false
  @Option(help: ArgumentHelp("With --queue: the machine to run on. (default: this one)", valueName: "name"))
  var host: String?
  @OptionGroup var cluster: SlurmArguments

  func validate() throws {
    if host != nil, !queue { throw ValidationError("--host needs --queue") }
    if cluster.isAsked, queue { throw ValidationError("--queue is this program's own queue; it does not go with --executor slurm") }
  }

  func run() throws {
    let run = try argument.find().directory
    if queue { return try enqueue(run) }
    if let options = try cluster.options() {
      let job = try run.submit(home: argument.global.location, options: options)
      return print("\(run.id) is submitted as job \(job.id)")
    }
    if ClusterJob.batch != nil { return try LaunchOptions.work(run, home: argument.global.location) }
    try run.resume(home: argument.global.location)
    try argument.report(run, until: [.running, .finished, .failed], else: "will continue")
  }

  private func enqueue(_ run: RunDirectory) throws {
    let home = argument.global.location
    let reader = argument.reader
    try RunQueue(home: home).add(run, host: host ?? RunQueue.host)
    RunQueue(home: home).pushFromCommand(reader)
    let now = try reader.refresh(run.id)
    print(now.queuePlace.map { "\(run.id) is queued at place \($0)" } ?? "\(run.id) is \(now.state.rawValue)")
  }
}

struct RunsCheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Write a checkpoint of a running run now.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    let before = Set(run.checkpoints.steps())
    try run.checkpoint()
    for _ in 0..<200 {
      if let new = run.checkpoints.steps().last(where: { !before.contains($0) }) {
        return print("wrote a checkpoint of \(run.id) at step \(new)")
      }
      usleep(50_000)
    }
    print("\(run.id): will write one after the current step")
  }
}

struct RunsStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop a run at a checkpoint, or remove it from the queue; `resume` continues it.")

  @OptionGroup var argument: RunArgument

  func run() throws {
    let run = try argument.find().directory
    try run.stop(home: argument.global.location)
    try argument.report(run, until: [.stopped, .finished], else: "will stop after the current step")
  }
}
