import ArgumentParser
import Basics
import Runs

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs, newest first.",
    discussion: """
      A filter is a line of terms that all have to hold, `-` in front of one for not: 'net:alexnet classes<500 acc>.8 -tag:old'. \
      Fields are \(RunField.allCases.map(\.rawValue).joined(separator: ", ")); other words are looked for in name, label set, \
      note and tags.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Only runs that match, such as 'acc>.8 -tag:old'.", valueName: "terms"))
  var filter = ""
  @Option(parsing: .unconditional, help: ArgumentHelp("Sort by a field, such as -acc for the best first.", valueName: "field"))
  var sort = RunOrder.newestFirst.text
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let filter = try RunFilter(filter)
    let order = try RunOrder(sort)
    let reader = RunsReader(home: global.location)
    RunQueue(home: global.location).pushFromCommand(reader)
    let runs = order.sorted(filter.fitting(reader.refresh(patience: RunState.patience)))
    if json { return try Output.json(runs) }
    Output.table(
      ["run", "labels", " classes", "net", "state", " step", " loss", " top-1", " best", " img/s", " left", "host", "group", "tags"],
      runs.map { run in
        let progress = run.progress
        func share(_ value: Double?) -> String { value.map { decimals($0, 3) } ?? "-" }
        return [
          run.id, run.labelSet, "\(run.classes)", run.network, run.stateText,
          "\(progress.step)/\(progress.steps)", progress.loss.map { decimals(Double($0), 3) } ?? "-",
          share(progress.validation?.top1), share(progress.best?.top1),
          progress.imagesPerSecond.map { decimals($0, 0) } ?? "-",
          run.secondsLeft.map(RunProgressLine.duration) ?? "-", run.host, run.group ?? "", run.tags.joined(separator: " "),
        ].map(printable)
      })
    for run in runs {
      for warning in run.progress.warnings { print(printable("\(run.id): warning: \(warning)")) }
      if let problem = run.problem { print(printable("\(run.id): \(problem)")) }
    }
  }
}
