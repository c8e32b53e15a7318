import ArgumentParser
import Glibc
import Runs

/// `runs …`: the trainings of this home.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show, compare, watch, export, draw, control and delete runs.",
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsDiffCommand.self, RunsResultsCommand.self, RunsClassesCommand.self,
      RunsConfusionsCommand.self, RunsValidateCommand.self, RunsExportCommand.self, RunsPlotCommand.self, RunsWatchCommand.self,
      RunsLogCommand.self, RunsPauseCommand.self, RunsResumeCommand.self, RunsStopCommand.self, RunsCheckpointCommand.self,
      RunsExtendCommand.self, RunsCloneCommand.self, RunsQueueCommand.self, RunsRemoveCommand.self, RunsRestoreCommand.self,
      RunsTrashCommand.self, RunsTagCommand.self, RunsNoteCommand.self, RunsGroupCommand.self,
    ])
}

/// What the commands on one run share.
struct RunArgument: ParsableArguments {
  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run: its directory, its name, or the beginning of either.")
  var run: String

  var reader: RunsReader { RunsReader(home: global.location) }

  func find() throws -> (summary: RunSummary, directory: RunDirectory) {
    let reader = reader
    RunQueue(home: global.location).pushFromCommand(reader)
    let summary = try reader.find(run)
    return (summary, reader.directory(of: summary.id))
  }

  /// Waits until the run is in one of `states`, but not long, and says where it stands.
  func report(_ run: RunDirectory, until states: [RunState], else remark: String) throws {
    let reader = reader
    for _ in 0..<100 {
      let state = try reader.refresh(run.id).state
      if states.contains(state) { return print("\(run.id) is \(state.rawValue)") }
      usleep(50_000)
    }
    print("\(run.id): \(remark)")
  }
}
