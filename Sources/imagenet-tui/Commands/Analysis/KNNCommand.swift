import Analysis
import ArgumentParser

struct KNNCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knn", abstract: "Measure a k-nearest-neighbour classifier on a network's features.",
    discussion: """
      Each validation image gets the class that most of its k nearest training images have; of several with as many votes, that of the \
      nearest image.
      """)

  @OptionGroup var evaluated: EvaluatedRun
  @Option(name: .customShort("k"), help: "How many neighbours vote.")
  var count = 20
  @Option(help: "Distance metric: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "The layer whose activation is compared, or features, scores: what each net calls them. (default: features)")
  var space: String?
  @Option(help: "The saved label set whose classes are recognised. (default: the dataset's fine classes)")
  var labels: String?
  @Flag(help: "Show every class.")
  var perClass = false

  func validate() throws {
    guard 1...1000 ~= count else { throw ValidationError("-k takes 1 to 1000") }
  }

  func run() throws {
    let options = evaluated.options
    let result = try options.ask(
      KNNRequest(run: evaluated.name, dataset: options.dataset, space: space, metric: metric, k: count, labels: labels))
    try options.show(result, result.report(perClass: perClass))
  }
}
