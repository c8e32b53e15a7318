import Analysis
import ArgumentParser
import Basics
import Files
import Runs

/// What the commands that evaluate a run share.
struct EvaluationOptions: ParsableArguments {
  @OptionGroup var global: GlobalOptions
  @Option(help: "The dataset whose images are used. (default: the run's)")
  var dataset: String?
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @OptionGroup var printed: EvaluationOutput

  var json: Bool { printed.json }
  var csv: Bool { printed.csv }

  func validate() throws {
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
  }

  /// The run as evaluations name it.
  func named(_ run: String) -> String { global.named(run, checkpoint: checkpoint) }

  /// Asks, and shows on standard error how far that is.
  func ask<Asked: Evaluation>(_ request: Asked) throws(Problem) -> Asked.Result {
    let result = try request.run(in: global.context(workers: workers)) { work, done, total in
      RunProgressLine.show(work: work, done, of: total)
    }
    RunProgressLine.end()
    return result
  }

  /// As ``EvaluationOutput/show(_:_:)``.
  func show(_ result: some EvaluationResult, _ report: EvaluationReport? = nil) throws { try printed.show(result, report) }
}

/// In which form an evaluation's result is printed.
struct EvaluationOutput: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(help: "Print the first table as comma-separated values.")
  var csv = false

  func validate() throws {
    guard !json || !csv else { throw ValidationError("--json and --csv exclude each other") }
  }

  /// - Parameter report: what is shown to people; nil: all that the result tells.
  func show(_ result: some EvaluationResult, _ report: EvaluationReport? = nil) throws {
    let report = report ?? result.report
    if json { return try Output.json(result) }
    if csv { return Output.data(report.csv) }
    for part in report.parts {
      switch part {
      case .line(let line): print(printable(line))
      case .table(let table):
        Output.table(
          table.columns.map { ($0.isRightAligned ? " " : "") + $0.name }, table.rows.map { $0.map { printable($0.shown) } })
      }
    }
  }
}

/// A run that is evaluated.
struct EvaluatedRun: ParsableArguments {
  @OptionGroup var options: EvaluationOptions
  @Argument(help: "The run: its directory, its name, or the beginning of either; RUN@STEP takes that checkpoint. Or imported features by name.")
  var run: String

  /// As evaluations name it.
  var name: String { options.named(run) }
}

extension GlobalOptions {
  func context(workers: Int?) -> HomeContext { HomeContext(home: location, wordNet: wordnet, workers: workers) }

  /// A run with the checkpoint that was asked for, unless it names one itself.
  func named(_ run: String, checkpoint: Int?) -> String {
    guard let checkpoint, NamedRun(run).step == nil else { return run }
    return "\(run)@\(checkpoint)"
  }
}
