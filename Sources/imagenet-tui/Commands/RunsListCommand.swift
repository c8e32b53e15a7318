import ArgumentParser
import Engine
import Taxonomy

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the runs, newest first.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let runs = RunsReader(home: global.location).refresh()
    if json { return try Output.json(runs) }
    Output.table(
      ["run", "labels", " classes", "net", "state", " step", " loss", " top-1", " best", " img/s", " left", "host"],
      runs.map { run in
        let progress = run.progress
        func share(_ value: Double?) -> String { value.map { RunProgressLine.decimals($0, 3) } ?? "-" }
        return [
          run.id, run.labelSet, "\(run.classes)", run.network, run.state.rawValue,
          "\(progress.step)/\(progress.steps)", progress.loss.map { RunProgressLine.decimals(Double($0), 3) } ?? "-",
          share(progress.validation?.top1), share(progress.best?.top1),
          progress.imagesPerSecond.map { RunProgressLine.decimals($0, 0) } ?? "-",
          run.secondsLeft.map(RunProgressLine.duration) ?? "-", run.host,
        ].map(printable)
      })
    for run in runs {
      for warning in run.progress.warnings { print(printable("\(run.id): warning: \(warning)")) }
      if let problem = run.problem { print(printable("\(run.id): \(problem)")) }
    }
  }
}
