import ArgumentParser

struct NetsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nets", abstract: "Show the networks that can be trained.",
    subcommands: [NetsListCommand.self, NetsShowCommand.self])
}
