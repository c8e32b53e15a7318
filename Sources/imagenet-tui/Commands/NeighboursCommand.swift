import ArgumentParser
import Engine
import FoundationEssentials
import Glibc
import Taxonomy

struct NeighboursCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbours", abstract: "Show which images a run's network takes for most alike.",
    discussion: """
      ✓ the same fine class as the query, ≈ another fine class of the same coarse class, ✗ neither. A picture from outside \
      has no class, and its neighbours no verdict.
      """)

  @OptionGroup var argument: RunArgument
  @Option(help: ArgumentHelp("The index of a validation image, or a PNG or JPEG file.", valueName: "index|file"))
  var query: String
  @Option(name: .customShort("k"), help: "How many neighbours.")
  var count = 10
  @Option(help: "The dataset whose images are searched. (default: the run's)")
  var dataset: String?
  @Option(help: "The layer whose activation is compared. (default: the last before the classifier)")
  var space: String?
  @Option(help: "How distance is measured: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "The saved label set of the coarse classes. (default: the run's, or one made by clustering)")
  var labels: String?
  @Option(help: "The images that are searched: train or val.")
  var gallery = Split.train
  @Option(help: ArgumentHelp("The checkpoint: its step. (default: the best in validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Processor cores to use. (default: all)")
  var workers: Int?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard 1...1000 ~= count else { throw ValidationError("-k takes 1 to 1000") }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
  }

  func run() throws {
    let home = argument.global.location
    let run = try argument.find().directory
    let configuration = try run.configuration()
    let catalog = DatasetCatalog(home: home)
    let dataset = try catalog.open(dataset ?? configuration.dataset)
    let query = try parse(dataset)
    let coarse =
      try labels.map { try LabelSetStore(home: home).load($0, for: dataset.name) }
      ?? .coarseClasses(taught: dataset.name == configuration.dataset ? [configuration.labelSet] : [])
      ?? .suggestedCoarseClasses(
        dataset: dataset.name,
        on: catalog.hierarchy(of: dataset.name, configuration.labelSet.policy, wordNet: argument.global.wordnet))
    let finder = try NeighborFinder(
      run, dataset: dataset, home: home, space: space, step: checkpoint,
      workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
    let total = finder.count(gallery)
    try finder.prepare(gallery) { done in RunProgressLine.show(work: "\(finder.space) features", done, of: total) }
    RunProgressLine.end()
    let neighbors = try finder.nearest(to: query.image, in: gallery, k: count, metric: metric)
    let study = NeighbourStudy(
      run: run.id, step: finder.step, space: finder.space, metric: metric, gallery: gallery, images: total,
      query: query.name, label: query.label, neighbors: neighbors, coarse: coarse, dataset: dataset)
    if json { try Output.json(study) } else { study.show() }
  }

  private func parse(_ dataset: any Dataset) throws -> (image: NeighborQuery, name: String, label: Int32?) {
    guard let index = Int(query) else {
      return (.picture(try Picture(file: query)), query, nil)
    }
    let labels = dataset.labels(.val)
    guard labels.indices.contains(index) else {
      throw Problem(
        "there is no such validation image", at: query, expected: "an index below \(labels.count), or a file",
        advice: "a file of that name is ./\(query)")
    }
    return (.image(.val, index), dataset.identifier(.val, index), labels[index])
  }
}

extension Metric: ExpressibleByArgument {}
extension Split: ExpressibleByArgument {}
