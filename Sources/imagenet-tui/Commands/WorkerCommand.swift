import ArgumentParser
import Engine

/// What a worker process runs; launched by `train` and by the screens, not by hand.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Train a run to its end.", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run's directory.")
  var directory: String
  @Option(help: "Seconds between checkpoints within an epoch.")
  var checkpointEvery = 60.0

  func run() throws {
    let result = try RunWorker(RunDirectory(directory), home: global.location, checkpointEvery: checkpointEvery).work()
    if result.outcome == .failed { throw ExitCode.failure }
  }
}
