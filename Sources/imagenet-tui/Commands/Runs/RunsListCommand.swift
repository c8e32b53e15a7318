import ArgumentParser
import Basics
import Runs
import Training

struct RunsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs, newest first.",
    discussion: """
      A filter is a line of terms that all have to hold, `-` in front of one for not: 'net:alexnet classes<500 acc>.8 -tag:old'. \
      Fields are \(RunField.ofEveryRun.map(\.text).joined(separator: ", ")) and the runs' metrics \
      (\(TaskMetric.known.map(\.name).joined(separator: ", "))); other words are looked for in name, label set, note and tags.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("Only runs that match, such as 'acc>.8 -tag:old'.", valueName: "terms"))
  var filter = ""
  @Option(parsing: .unconditional, help: ArgumentHelp("Sort by a field, such as -acc for the best first.", valueName: "field"))
  var sort = RunOrder.newestFirst.text
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reader = RunsReader(home: global.location)
    RunQueue(home: global.location).pushFromCommand(reader)
    let all = reader.refresh(patience: RunState.patience)
    let metrics = all.metrics
    let runs = try RunOrder(sort, metrics: metrics).sorted(RunFilter(filter, metrics: metrics).fitting(all))
    if json { return try Output.json(runs) }
    let headlines = runs.compactMap(\.progress.bestOrLast?.headline.metric.heading)
    let last = Set(headlines).count > 1 ? "last" : headlines.first ?? TaskMetric.top1.heading
    Output.table(
      ["run", "labels", " classes", "net", "state", " step", " loss", " \(last)", " best", " img/s", " left", "host", "group", "tags"],
      runs.map { run in
        let progress = run.progress
        func headline(_ report: ValidationReport?) -> String { report.map { decimals($0.headline.value, 3) } ?? "-" }
        return [
          run.id, run.labelSet, "\(run.classes)", run.network, run.stateText,
          "\(progress.step)/\(progress.steps)", progress.loss.map { decimals(Double($0), 3) } ?? "-",
          headline(progress.validation), headline(progress.best),
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
