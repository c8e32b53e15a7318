import ArgumentParser
import Runs

/// What a worker process runs; launched by `train` and by the screens, not by hand.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Train a run to its end.", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run's directory.")
  var directory: String
  @Option(help: "Seconds between checkpoints within an epoch.")
  var checkpointEvery = 60.0
  @Option(help: "Seconds that the end of a training waits for room for its checkpoint.")
  var roomPatience = 600.0
  @Option(help: "The descriptor of a lock to hold until the worker has begun.")
  var lock: Int32?

  func run() throws {
    let worker = RunWorker(
      RunDirectory(directory), home: global.location, checkpointEvery: checkpointEvery, roomPatience: roomPatience,
      lock: lock)
    let result = try worker.work()
    // Jobs that follow this one, and people who read what Slurm keeps, go by this.
    if ClusterJob.current != nil { throw ExitCode(result.outcome.exitCode) }
    if result.outcome == .failed { throw ExitCode.failure }
  }
}

extension RunResult.Outcome {
  /// As `runs watch` ends: 0 finished, 3 stopped, 4 failed.
  var exitCode: Int32 {
    switch self {
    case .finished: 0
    case .stopped: 3
    case .failed: 4
    }
  }
}
