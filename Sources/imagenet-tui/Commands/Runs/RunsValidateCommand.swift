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
  @Option(help: "Of annotated images: the set, as test or Action/val. (default: the one it was validated on)")
  var set: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Of annotated images: a folder for what was found, as PASCAL VOC's devkit reads it.", valueName: "folder"))
  var output: String?
  @Flag(help: "With -o, of a detection: round scores to 3 decimals and sides to 1, as published results are.")
  var originalRounding = false
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
    guard output == nil || validation.isOnAnnotated else {
      throw Problem("the run tells images apart, which is no result of a devkit", at: "-o", found: summary.id, advice: "leave -o out", kind: .usage)
    }
    let total = validation.images
    let report = try validation.validate { done in
      RunProgressLine.show(work: "validation images", done, of: total)
    }
    RunProgressLine.end()
    if let found = validation.found, let output {
      try ResultFolder(output, set: found.set).write(
        found.detections, images: found.images.map(\.name), classes: found.classes, originalRounding ? .original : .fine)
    }
    if let found = validation.actions, let output {
      try ResultFolder(output, set: String(found.set.split(separator: "/").last ?? "")).write(found.scores, actions: found.actions)
    }
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
    if let found = validation.actions {
      let precision = found.precision()
      print(printable("\(found.method); \(precision.note)"))
      for row in precision.actions { print(printable("\(row.name): \(row.value.map { decimals($0, 4) } ?? "–"), done by \(grouped(row.people))")) }
    }
  }
}
