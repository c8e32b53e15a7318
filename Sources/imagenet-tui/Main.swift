import ArgumentParser
import CProcessor
import Engine
import Taxonomy
@preconcurrency import Glibc

@main
struct ImagenetTUI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imagenet-tui",
    abstract: "Fold the WordNet tree into label sets, train on them, and look at what the features know.",
    version: "0.1.0 (\(String(cString: processor_build())) build)",
    subcommands: [
      OpenCommand.self, LabelsCommand.self, TreeCommand.self, DataCommand.self, NetsCommand.self, TrainCommand.self, WeightsCommand.self, RunsCommand.self,
      NeighboursCommand.self, InductionCommand.self, CoarseFineCommand.self, FeaturesCommand.self, WorkerCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  /// As runs keep it.
  static var nameAndVersion: String { "imagenet-tui \(configuration.version)" }

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let problem as Problem {
      // One line on standard error, exit code 1; wrong usage stays ArgumentParser's (64).
      fputs("imagenet-tui: \(problem)\n", stderr)
      Glibc.exit(1)
    } catch {
      exit(withError: error)
    }
  }
}
