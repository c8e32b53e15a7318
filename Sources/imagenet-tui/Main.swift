import ArgumentParser
import Basics
import Kernels
import Taxonomy
@preconcurrency import Glibc

@main
struct ImagenetTUI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imagenet-tui",
    abstract: "Fold the WordNet tree into label sets, train on them, and look at what the features know.",
    discussion: """
      The exit code says what is wrong: 64 the command line, 65 a file's content, 66 something named is not there, 73 a file cannot be \
      written, 75 try again later, 1 anything else.
      """,
    version: "\(ProgramVersion.current) (\(ProcessorVectors.best.name))",
    subcommands: [
      OpenCommand.self, LabelsCommand.self, TreeCommand.self, DataCommand.self, NetsCommand.self, TrainCommand.self, WeightsCommand.self, RunsCommand.self,
      StudyCommand.self, NeighboursCommand.self, KNNCommand.self, LinearCommand.self, InductionCommand.self, CoarseFineCommand.self, DetectionErrorsCommand.self, DetectionsCommand.self, DetectCommand.self, FeaturesCommand.self, WorkerCommand.self,
    ],
    defaultSubcommand: OpenCommand.self)

  /// As runs keep it.
  static var nameAndVersion: String { "imagenet-tui \(configuration.version)" }

  /// `--home DIR labels list` as `labels list --home DIR`: where things are kept may be said in front of the command too.
  private static func placesBehindCommand(_ words: [String]) -> [String] {
    var (commands, places, rest) = ([String](), [String](), words[...])
    var known = configuration.subcommands
    while let word = rest.first {
      if let next = known.first(where: { $0.configuration.commandName == word }) {
        commands.append(word)
        known = next.configuration.subcommands
      } else if ["--home", "--wordnet"].contains(word), rest.count > 1 {
        places += rest.prefix(2)
        rest.removeFirst()
      } else if word.hasPrefix("--home=") || word.hasPrefix("--wordnet=") {
        places.append(word)
      } else {
        break
      }
      rest.removeFirst()
    }
    return commands + places + rest
  }

  /// What is no UTF-8 would name another file.
  private static func checkArguments() throws(Problem) {
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      let bytes = UnsafeBufferPointer(start: argument, count: strlen(argument)).map { UInt8(bitPattern: $0) }
      throw Problem("an argument is not UTF-8", at: nameText(bytes), advice: "rename what it names, or give a link to it (ln -s)", kind: .usage)
    }
  }

  static func main() {
    do {
      try checkArguments()
      var command = try parseAsRoot(placesBehindCommand(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch let problem as Problem {
      fputs("imagenet-tui: \(problem)\n", stderr)
      for line in problem.details { fputs("  \(printable(line))\n", stderr) }
      Glibc.exit(problem.kind.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}
