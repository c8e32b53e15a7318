import ArgumentParser

struct NetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nets", abstract: "List and show the available networks.",
    subcommands: [NetsListCommand.self, NetsShowCommand.self])
}
