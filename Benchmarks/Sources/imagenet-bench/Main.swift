import ArgumentParser

@main struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imagenet-bench",
    abstract: "Measures the engine.",
    subcommands: [
      StepCommand.self, DetectionCommand.self, PiecesCommand.self, ProductCommand.self, SearchCommand.self, TraceCommand.self, LoaderCommand.self, RelabelCommand.self, CurvesCommand.self, RunsCommand.self,
    ])
}
