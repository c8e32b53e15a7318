import ArgumentParser

/// `data …`: the datasets that trainings can name.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Add, make, list, show, check, pack and remove datasets, and keep candidate regions.",
    subcommands: [
      DataAddCommand.self, DataMakeCommand.self, DataListCommand.self, DataShowCommand.self, DataCheckCommand.self, DataPackCommand.self, DataCandidatesCommand.self,
      DataRemoveCommand.self,
    ])
}
