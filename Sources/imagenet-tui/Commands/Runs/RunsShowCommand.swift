import ArgumentParser
import Basics
import Runs

struct RunsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one run in full.")

  @OptionGroup var argument: RunArgument
  @Flag(help: "Print JSON.")
  var json = false

  private struct Whole: Encodable {
    var summary: RunSummary
    var configuration: RunConfiguration
    var checkpoints: [Int]
    var extensions: [RunExtension]
    /// The cluster's job that it was given to last.
    var job: SubmittedJob?
    var bestCheckpoint: Int?
    /// Where its weights come from, the nearest first.
    var ancestry: [RunAncestor]
    /// The steps whose classes' results are kept.
    var classResults: [Int]
    var remarks: [String]
    var log: [String]
  }

  private static let logLines = 10

  private static func words(_ ancestry: [RunAncestor]) -> String {
    let steps = ancestry.map { ancestor -> String in
      var text = ancestor.from
      if let step = ancestor.step { text += ", step \(step)" }
      if let set = ancestor.labelSet { text += ", trained on \(set)" }
      if ancestor.hasNewHead { text += " (then with a new classifier)" }
      return text
    }
    return steps.isEmpty ? "random initialisation" : "initialised from " + steps.joined(separator: ", itself initialised from ")
  }

  private static func words(_ job: SubmittedJob) -> String {
    "\(job.id)" + (job.cluster.map { " of \($0)" } ?? "") + ", submitted \(TimeStamp.utc(job.submitted, separator: " ")) UTC"
      + (job.options.isEmpty ? "" : " with \(ShellCommand.quoted(job.options))")
  }

  private static func words(results steps: [Int]) -> String {
    steps.isEmpty
      ? "no results; `runs validate` computes them"
      : "results of step \(steps.map(String.init).joined(separator: ", ")); see `runs classes`"
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    let configuration = try directory.configuration()
    let extensions = try directory.extensions()
    let remarks = (try? argument.reader.curves(of: summary.id) { $0.remarks }) ?? []
    let whole = Whole(
      summary: summary, configuration: configuration, checkpoints: directory.checkpoints.steps(),
      extensions: extensions, job: (try? directory.job()) ?? nil, bestCheckpoint: directory.checkpoints.bestValidated(), ancestry: argument.reader.ancestry(of: configuration),
      classResults: directory.classResults.steps(), remarks: remarks,
      log: (try? directory.logTail(lines: Self.logLines)) ?? [])
    if json { return try Output.json(whole) }
    let training = configuration.training
    let checkpoints = whole.checkpoints.map { $0 == whole.bestCheckpoint ? "\($0) (best)" : "\($0)" }
    var lines: [(String, String)] = [
      ("run", summary.id), ("group", summary.group ?? "none"),
      ("tags", summary.tags.isEmpty ? "none" : summary.tags.joined(separator: " ")),
      ("note", summary.note.isEmpty ? "none" : summary.note), ("state", summary.stateText), ("progress", RunProgressLine.text(summary)),
      ("dataset", configuration.dataset),
      ("label set", "\(configuration.labelSet.name), \(counted(summary.classes, "class"))"),
      ("network", training.network),
      (
        "training",
        directory.isImported ? "none" : (training.iterations.map { counted($0, "iteration") } ?? counted(training.epochs, "epoch"))
          + ", batch \(training.batchSize), learning rate \(training.solver.learningRate) \(training.solver.schedule.text), "
          + "momentum \(training.solver.momentum), weight decay \(training.solver.weightDecay), seed \(training.seed)"
      ),
      ("validation", training.validationText),
      ("weights", directory.isImported ? "imported" : Self.words(whole.ancestry)),
    ]
    lines += extensions.map { ("extended", "on \($0.host) to \(counted($0.steps, "step")) from \(Output.grouped($0.stepsBefore))") }
    lines += [
      ("checkpoints", checkpoints.isEmpty ? "none" : checkpoints.joined(separator: ", ")),
      ("classes", Self.words(results: whole.classResults)),
      ("skipped", counted(summary.progress.skippedImages, "image")),
      ("data wait", summary.progress.dataWait.map { "\(decimals(100 * $0, 1)) %" } ?? "-"),
      ("host", summary.host), ("job", (try? directory.job())?.map(Self.words) ?? "none"), ("computed", configuration.machine.map { "with \($0.text)" } ?? "-"),
      (
        "takes",
        summary.usage.map {
          "\(Output.size($0.memory)) of memory, \(Output.size($0.peak)) at most, \(decimals($0.cores, 1)) cores"
        } ?? "-"
      ),
      ("program", configuration.program),
      ("command", ShellCommand.quoted(configuration.command)), ("directory", directory.path),
    ]
    for (key, value) in lines {
      print(key + String(repeating: " ", count: 13 - key.count) + printable(value))
    }
    for warning in summary.progress.warnings { print("warning      " + printable(warning)) }
    for line in whole.log { print("log          " + line) }
    for problem in remarks + [summary.problem].compactMap({ $0 }) { print("problem      " + printable(problem)) }
  }
}
