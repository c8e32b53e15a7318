import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc

struct NeighboursCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbours", abstract: "Show the nearest neighbours of an image in a run's feature space.",
    discussion: """
      ✓ the same fine class as the query, ≈ another fine class of the same coarse class, ✗ neither. A picture from outside \
      has no class, and its neighbours no verdict. Several runs, from fine to coarse classes, are shown below each other; -o writes them as a \
      picture with borders in the verdicts' colours, as the paper's Fig. 5, and a dotted line where the query's class stops being a \
      class of its own.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The runs: each its directory, its name, or the beginning of either; RUN@STEP takes that checkpoint. Or imported features by name.")
  var runs: [String]
  @Option(help: ArgumentHelp("The index of a validation image, train/INDEX for a training image, or a PNG, JPEG or WebP file.", valueName: "index|file"))
  var query: String?
  @Flag(help: "List the validation images that the first and the last of the runs, from fine to coarse, disagree about most.")
  var surprising = false
  @Option(name: .customShort("k"), help: "Number of neighbours.")
  var count = 10
  @Option(help: "The dataset whose images are searched. (default: the run's)")
  var dataset: String?
  @Option(help: "The layer whose activation is compared, or: features, scores, whatever each net calls them. (default: features)")
  var space: String?
  @Option(help: "Distance metric: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "The saved label set of the coarse classes. (default: the run's, or one made by clustering)")
  var labels: String?
  @Option(help: "The gallery: train or val.")
  var gallery = Split.train
  @Option(help: ArgumentHelp("The checkpoint's step. (default: the best on validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Number of worker threads. (default: all cores)")
  var workers: Int?
  @Option(name: [.customShort("o"), .long], help: "Write a picture of the query and its neighbours as a PNG file.")
  var output: String?
  @Option(help: "The side of an image of the picture in pixels.")
  var size = 96
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("give a run") }
    guard (query == nil) == surprising else { throw ValidationError("give either --query or --surprising") }
    guard !surprising || runs.count > 1 && output == nil else { throw ValidationError("--surprising takes two runs or more, and no -o") }
    guard 1...1000 ~= count else { throw ValidationError("-k takes 1 to 1000") }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
  }

  func run() throws {
    let context = global.context(workers: workers)
    let finders = try runs.map { (run: String) -> NeighborFinder in
      NeighborFinder(try context.features(global.named(run, checkpoint: checkpoint), space: space, of: self.dataset))
    }.sorted {
      $0.features.labelSet.classes.count > $1.features.labelSet.classes.count
    }
    let dataset = finders[0].dataset
    guard finders.allSatisfy({ $0.dataset.name == dataset.name }) else {
      throw Problem(
        "the runs are of several datasets", at: runs.joined(separator: ", "), expected: "one", advice: "name it with --dataset", kind: .usage)
    }
    guard let asked = self.query else { return try showSurprising(finders, dataset) }
    let query = try parse(asked, dataset)
    let taught = finders.filter { ($0.features as? RunFeatures).map { $0.configuration.dataset == dataset.name } ?? true }.map(\.features.labelSet)
    let policy = finders[0].features.labelSet.policy
    let coarse =
      try labels.map { try global.labelSets.load($0, for: dataset.name) }
      ?? .coarseClasses(taught: taught)
      ?? .suggestedCoarseClasses(
        dataset: dataset.name,
        on: global.catalog.hierarchy(of: dataset.name, policy))
    var studies: [NeighbourStudy] = []
    var found: [NeighborMontage.Found] = []
    for finder in finders {
      let total = finder.count(gallery)
      try finder.prepare(gallery) { done in RunProgressLine.show(work: "\(finder.space) features", done, of: total) }
      RunProgressLine.end()
      let neighbors = try finder.nearest(to: query.image, in: gallery, k: count, metric: metric)
      found.append(
        .init(
          run: finder.features.name, labelSet: finder.features.labelSet, step: finder.step, space: finder.space,
          neighbors: neighbors))
      studies.append(
        NeighbourStudy(
          run: finder.features.id, step: finder.step, space: finder.space, metric: metric, gallery: gallery, images: total,
          query: query.name, label: query.label, neighbors: neighbors, coarse: coarse, dataset: dataset))
    }
    if let output {
      let asked =
        switch query.image {
        case .image(let split, let index): try dataset.picture(split, index)
        case .picture(let picture): picture
        }
      let montage = try NeighborMontage(
        query: asked, label: query.label, found: found, metric: metric, coarse: coarse, dataset: dataset, size: size)
      try AtomicFile.write(try ImageCodec.png(montage.compose()), to: output)
      RunProgressLine.note("wrote \(output)")
    }
    if json { return studies.count == 1 ? try Output.json(studies[0]) : try Output.json(studies) }
    for (index, study) in studies.enumerated() {
      if index > 0 { print() }
      study.show()
    }
  }

  private func parse(_ query: String, _ dataset: any Dataset) throws -> (image: NeighborQuery, name: String, label: Int32?) {
    let parts = query.split(separator: "/", omittingEmptySubsequences: false)
    let split = parts.count == 2 ? Split(rawValue: String(parts[0])) : parts.count == 1 ? .val : nil
    guard let split, let index = Int(parts[parts.count - 1]) else {
      return (.picture(try Picture(file: query)), query, nil)
    }
    let labels = dataset.labels(split)
    guard labels.indices.contains(index) else {
      throw Problem(
        split == .val ? "there is no such validation image" : "there is no such training image", at: query,
        expected: "an index below \(labels.count), or a file", advice: "a file of that name is ./\(query)", kind: .notFound)
    }
    return (.image(split, index), dataset.identifier(split, index), labels[index])
  }

  private func showSurprising(_ finders: [NeighborFinder], _ dataset: any Dataset) throws {
    let found = try SurprisingQuery.find(fine: finders[0], coarse: finders[finders.count - 1], in: gallery, metric: metric) { work, done, total in
      RunProgressLine.show(work: work, done, of: total)
    }
    RunProgressLine.end()
    if json { return try Output.json(found) }
    let names = [finders[0], finders[finders.count - 1]].map(\.features.id)
    print(printable("validation images whose nearest neighbour is of their class under one of \(names[0]) and \(names[1]) only"))
    Output.table(
      [" image", "class", "wnid", "right is", " of \(SurprisingQuery.neighbors): \(names[0])", " \(names[1])"],
      found.map { query in
        let fine = dataset.classes[Int(query.label)]
        return ["\(query.image)", fine.name, fine.wnid, names[query.isCoarseRight ? 1 : 0], "\(query.fine)", "\(query.coarse)"].map(printable)
      })
  }
}

extension Metric: ExpressibleByArgument {}
extension Split: ExpressibleByArgument {}
