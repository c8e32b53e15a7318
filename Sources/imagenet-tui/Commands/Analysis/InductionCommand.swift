import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Pictures

struct InductionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "induction", abstract: "Ask whether features trained on coarse labels separate fine classes (the paper's Fig. 4).",
    discussion: """
      Tested are the fine classes that a run's label set does not hold as classes of their own. A validation image of theirs is right \
      at k where its class is among those of its k nearest neighbours in the gallery. A baseline, a run on all fine classes, is \
      asked about the same classes. Several runs come in one table; those with equal classes and other seeds are averaged.
      """)

  @OptionGroup var options: EvaluationOptions
  @Argument(help: "The runs, or names of imported features.")
  var runs: [String]
  @Option(help: "A run on the fine classes, to compare with; may be given several times.")
  var baseline: [String] = []
  @Option(help: "The layer whose activation is compared: fc7, or fc8 as the paper's caption says; or features, scores: what each net calls them. (default: features)")
  var space: String?
  @Option(help: "Distance metric: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "The gallery: train, val, or a number of training images per class.")
  var gallery = "train"
  @Option(name: .customShort("k"), help: "Values of k for k-NN accuracy, separated by commas.")
  var counts = "1,5"
  @Option(help: "Test the classes that this label set merges, whatever the runs were trained on.")
  var labels: String?
  @Option(help: "Decides the images of a gallery of some per class, and the interval's draws.")
  var seed: UInt64 = 1
  @Flag(help: "Show every class.")
  var perClass = false
  @Option(name: [.customShort("o"), .long], help: "Write a chart of the first k as a PNG file, or as SVG where its name ends with .svg.")
  var output: String?

  private var ks: [Int] { counts.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    let parts = counts.split(separator: ",", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ Int($0).map { 1...1000 ~= $0 } ?? false }) else {
      throw ValidationError("-k takes numbers from 1 to 1000, as 1,5")
    }
    guard !runs.isEmpty else { throw ValidationError("give a run") }
  }

  func run() throws {
    let result = try options.ask(
      InductionRequest(
        runs: runs.map(options.named), baselines: baseline.map(options.named), dataset: options.dataset, space: space, metric: metric,
        gallery: try InductionGallery(gallery), ks: ks, labels: labels, seed: seed))
    if let output {
      let bars = result.chart
      try ChartFile.write(to: output) { bars.chart } otherwise: { () throws(Problem) in try bars.compose() }
      RunProgressLine.note("wrote \(output)")
    }
    try options.show(result, result.report(perClass: perClass))
  }
}
