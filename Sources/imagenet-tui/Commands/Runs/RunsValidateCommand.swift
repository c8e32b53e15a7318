import ArgumentParser
import Basics
import Runs
import Training

struct RunsValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validate a checkpoint and save its per-class results for `classes` and `confusions`.")

  @OptionGroup var argument: RunArgument
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Of a detection: the set of images, as test. (default: the one it was validated on)")
  var set: String?
  @Option(help: "Number of worker threads; results do not depend on it. (default: all cores)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    var validation = try RunValidation(directory, home: argument.global.location, step: checkpoint, set: set, workers: workers)
    let total = validation.images
    let report = try validation.validate { done in
      RunProgressLine.show(work: "validation images", done, of: total)
    }
    RunProgressLine.end()
    if json { return try Output.json(report) }
    print(
      printable(
        "\(summary.id), step \(report.step): "
          + report.metrics.map { "\($0.heading) \(RunProgressLine.text($1, of: $0))" }.joined(separator: ", ")
          + ", loss \(decimals(report.loss, 4)) on \(counted(report.images, "image"))"))
    if let found = validation.found {
      let precision = found.precision()
      print(printable(precision.note))
      for row in precision.classes { print(printable("\(row.name): \(row.value.map { decimals($0, 4) } ?? "nothing to be found"), \(counted(row.objects, "object"))")) }
    }
  }
}
