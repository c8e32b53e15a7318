import ArgumentParser
import Engine
import Taxonomy

struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one run in full.")

  @OptionGroup var argument: RunArgument
  @Flag(help: "Print JSON.")
  var json = false

  private struct Whole: Encodable {
    var summary: RunSummary
    var configuration: RunConfiguration
    var checkpoints: [Int]
    var bestCheckpoint: Int?
    var remarks: [String]
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    let configuration = try directory.configuration()
    let remarks = (try? argument.reader.curves(of: summary.id).remarks) ?? []
    let whole = Whole(
      summary: summary, configuration: configuration, checkpoints: directory.checkpoints.steps(),
      bestCheckpoint: directory.checkpoints.best(), remarks: remarks)
    if json { return try Output.json(whole) }
    let training = configuration.training
    let checkpoints = whole.checkpoints.map { $0 == whole.bestCheckpoint ? "\($0) (best)" : "\($0)" }
    let lines: [(String, String)] = [
      ("run", summary.id), ("state", summary.state.rawValue), ("progress", RunProgressLine.text(summary)),
      ("dataset", configuration.dataset),
      ("label set", "\(configuration.labelSet.name), \(summary.classes) classes"),
      ("network", training.network),
      (
        "training",
        (training.iterations.map { "\(Output.grouped($0)) iterations" } ?? "\(training.epochs) epochs")
          + ", batch \(training.batchSize), rate \(training.solver.rate) \(training.solver.schedule.text), "
          + "momentum \(training.solver.momentum), decay \(training.solver.decay), seed \(training.seed)"
      ),
      ("validation", training.validationText),
      (
        "weights",
        configuration.lineage.map {
          "from \($0.from)" + ($0.step.map { ", step \($0)" } ?? "") + ($0.hasNewHead ? ", with a new classifier" : "")
        } ?? "from chance"
      ),
      ("checkpoints", checkpoints.isEmpty ? "none" : checkpoints.joined(separator: ", ")),
      ("left out", "\(summary.progress.skippedImages) images"),
      ("loader", summary.progress.stall.map { "\(RunProgressLine.decimals(100 * $0, 1)) % of the time waited for" } ?? "-"),
      ("host", summary.host), ("program", configuration.program),
      ("command", configuration.command.joined(separator: " ")), ("directory", directory.path),
    ]
    for (key, value) in lines {
      print(key + String(repeating: " ", count: 13 - key.count) + printable(value))
    }
    for warning in summary.progress.warnings { print("warning      " + printable(warning)) }
    for problem in remarks + [summary.problem].compactMap({ $0 }) { print("problem      " + printable(problem)) }
  }
}
