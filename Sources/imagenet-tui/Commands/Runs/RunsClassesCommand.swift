import ArgumentParser
import Basics
import Runs
import Taxonomy
import Training

struct RunsClassesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes",
    abstract: "Show the validation accuracy of each class, or of each node of the tree.",
    discussion: """
      A node is right where an image of a class below it was taken for any class below it. Nodes that part no classes are left \
      out.
      """)

  @OptionGroup var argument: RunArgument
  @OptionGroup var chosen: ResultsOptions
  @Flag(help: "Show nodes of the tree instead of classes.")
  var nodes = false
  @Option(help: "The order: worst, best, name or images.")
  var sort = Order.worst
  @Option(name: .customShort("n"), help: "Maximum number of rows. (default: all)")
  var count: Int?
  @Flag(help: "Print JSON.")
  var json = false

  enum Order: String, ExpressibleByArgument, CaseIterable { case worst, best, name, images }

  /// A class or a node, as it is shown.
  private struct Row: Encodable {
    var wnid: String
    var name: String
    /// The target classes below a node; nil for a class.
    var classes: Int?
    var images: Int
    var right: Int
    /// 0…1; nil where there are no images.
    var accuracy: Double?
    var takenFor: String?
    var takenForImages: Int?
  }

  private struct Whole: Encodable {
    var run: String
    var step: Int
    var epoch: Double
    var unlisted: Int
    var rows: [Row]
  }

  func validate() throws {
    guard count ?? 1 > 0 else { throw ValidationError("-n takes 1 or more") }
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    let results = try chosen.load(directory, summary)
    let configuration = try directory.configuration()
    let rows = ordered(nodes ? try nodeRows(results, configuration) : classRows(results, configuration.labelSet))
      .prefix(count ?? .max)
    if json {
      return try Output.json(
        Whole(
          run: summary.id, step: results.step, epoch: results.epoch, unlisted: results.unlisted, rows: Array(rows)))
    }
    func share(_ row: Row) -> String { row.accuracy.map { "\(decimals(100 * $0, 1)) %" } ?? "-" }
    if nodes {
      Output.table(
        ["node", "name", " classes", " images", " right"],
        rows.map { [$0.wnid, $0.name, "\($0.classes ?? 1)", "\($0.images)", share($0)].map(printable) })
    } else {
      Output.table(
        ["class", "name", " images", " accuracy", "most frequent confusion"],
        rows.map { row in
          let taken = row.takenFor.map { "\($0), \(counted(row.takenForImages ?? 0, "image"))" } ?? "-"
          return [row.wnid, row.name, "\(row.images)", share(row), taken].map(printable)
        })
    }
    chosen.remark(results)
  }

  private func classRows(_ results: ClassResults, _ set: LabelSet) -> [Row] {
    let top = results.topConfusions()
    return set.classes.indices.map { label in
      Row(
        wnid: set.classes[label].wnid, name: set.classes[label].name, images: Int(results.images[label]),
        right: Int(results.right[label]), accuracy: results.accuracy(of: label),
        takenFor: top[label].map { $0.prediction.map { set.classes[$0].name } ?? "nothing" },
        takenForImages: top[label]?.count)
    }
  }

  private func nodeRows(_ results: ClassResults, _ configuration: RunConfiguration) throws -> [Row] {
    let hierarchy = try argument.global.catalog
      .hierarchy(of: configuration.dataset, configuration.labelSet.policy)
    return results.nodes(of: configuration.labelSet, in: hierarchy).filter { $0.isFork && $0.classes > 1 }.map {
      Row(
        wnid: $0.wnid, name: $0.name, classes: $0.classes, images: $0.images, right: $0.right, accuracy: $0.accuracy)
    }
  }

  /// Classes without images come last.
  private func ordered(_ rows: [Row]) -> [Row] {
    switch sort {
    case .worst: rows.sorted { ($0.accuracy ?? 2, $0.wnid) < ($1.accuracy ?? 2, $1.wnid) }
    case .best: rows.sorted { (-($0.accuracy ?? -1), $0.wnid) < (-($1.accuracy ?? -1), $1.wnid) }
    case .name: rows.sorted { ($0.name, $0.wnid) < ($1.name, $1.wnid) }
    case .images: rows.sorted { ($1.images, $0.wnid) < ($0.images, $1.wnid) }
    }
  }
}

/// Which results of a run's classes are shown.
struct ResultsOptions: ParsableArguments {
  @Option(help: "The validated step. (default: the best one)")
  var step: Int?

  func load(_ run: RunDirectory, _ summary: RunSummary) throws -> ClassResults {
    let steps = run.classResults.steps()
    let best = summary.progress.best?.step
    guard let chosen = step ?? best.flatMap({ steps.contains($0) ? $0 : nil }) ?? steps.last, steps.contains(chosen)
    else {
      throw Problem(
        "the run has no per-class results", at: summary.id,
        expected: step == nil ? nil : "a step of \(steps.map(String.init).joined(separator: ", "))",
        found: step.map { "step \($0)" },
        advice: "\(ShellCommand(["runs", "validate", summary.id] + (step.map { ["--checkpoint", "\($0)"] } ?? [])).inSentence) computes them",
        kind: .notFound)
    }
    return try run.classResults.load(chosen, of: run.configuration().labelSet)
  }

  func remark(_ results: ClassResults) {
    print(
      "after step \(Output.grouped(results.step)), epoch \(decimals(results.epoch, 2))"
        + (results.unlisted > 0 ? "; confusions of \(counted(results.unlisted, "image")) are too rare to be listed" : ""))
  }
}
