import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials

struct InductionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "induction", abstract: "Ask whether features that were taught coarse classes tell fine ones apart (the paper's Fig. 4).",
    discussion: """
      Tested are the fine classes that a run's label set does not hold as classes of their own. A validation image of theirs is right \
      at k where its class is among those of its k nearest neighbours in the gallery. A baseline, a run on all fine classes, is \
      asked about the same classes. Several runs come in one table; those with equal classes and other seeds are averaged.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The runs.")
  var runs: [String]
  @Option(help: "A run on the fine classes, to compare with; may be given several times.")
  var baseline: [String] = []
  @Option(help: "The dataset whose images are looked at. (default: the runs')")
  var dataset: String?
  @Option(help: "The layer whose activation is compared: fc7, or fc8 as the paper's caption says; or features, scores: what each net calls them. (default: features)")
  var space: String?
  @Option(help: "How distance is measured: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "What is searched: train, val, or a number of training images per class.")
  var gallery = "train"
  @Option(name: .customShort("k"), help: "How many neighbours may hold the class, separated by commas.")
  var counts = "1,5"
  @Option(help: "Test the classes that this label set does not hold, whatever the runs were taught.")
  var labels: String?
  @Option(help: "Decides the images of a gallery of some per class, and the interval's draws.")
  var seed: UInt64 = 1
  @Option(help: ArgumentHelp("The checkpoint of every run: its step. (default: the best in validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Processor cores to use. (default: all)")
  var workers: Int?
  @Flag(help: "Show every class.")
  var perClass = false
  @Option(name: [.customShort("o"), .long], help: "Write a chart of the first k as a PNG file.")
  var output: String?
  @Flag(help: "Print JSON.")
  var json = false

  private var ks: [Int] { counts.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    let parts = counts.split(separator: ",", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ Int($0).map { 1...1000 ~= $0 } ?? false }) else {
      throw ValidationError("-k takes numbers from 1 to 1000, as 1,5")
    }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
    guard !runs.isEmpty else { throw ValidationError("give a run") }
  }

  func run() throws {
    let induction = Induction(gallery: try InductionGallery(gallery), metric: metric, ks: ks, seed: seed)
    let opening = RunOpening(global: global, dataset: dataset, checkpoint: checkpoint, workers: workers)
    let chosen = try labels.map { name throws(Problem) in try global.labelSets.load(name) }
    let compared = try baseline.map { try opening.features($0, space: space) }
    var rows: [InductionStudy.Row] = []
    var used = space ?? ""
    for name in runs {
      let features = try opening.features(name, space: space)
      used = features.space
      if let other = compared.first(where: { $0.dataset.fingerprint != features.dataset.fingerprint }) {
        throw Problem(
          "the baseline is of other images", at: other.run.id, expected: features.dataset.name, found: other.dataset.name,
          advice: "name the dataset of all runs with --dataset", kind: .usage)
      }
      let taught = chosen ?? features.configuration.labelSet
      let tested = Induction.testedClasses(taught, of: features.dataset.classes)
      let result = try evaluate(induction, features, tested)
      let baselines = try compared.map { try evaluate(induction, $0, tested) }
      rows.append(InductionStudy.Row(features, result, baselines: baselines))
    }
    let study = InductionStudy(induction, space: used, rows: rows, baselines: compared.map(\.run.id), labels: chosen?.name)
    if let output {
      try AtomicFile.write(try ImageCodec.png(study.chart.compose()), to: output)
      RunProgressLine.note("wrote \(output)")
    }
    if json { return try Output.json(study) }
    study.show(perClass: perClass)
  }

  private func evaluate(_ induction: Induction, _ features: RunFeatures, _ tested: [Int]) throws(Problem) -> Induction.Result {
    let result = try induction.evaluate(features, tested: tested) { split, done in
      RunProgressLine.show(
        work: "\(features.run.id): \(features.space) of \(split.rawValue)", done, of: features.dataset.labels(split).count)
    }
    RunProgressLine.end()
    return result
  }
}
