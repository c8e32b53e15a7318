import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Kernels

struct NeighboursCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbours", abstract: "Show the nearest neighbours of an image in a run's feature space.",
    discussion: """
      ✓ the same fine class as the query, ≈ another fine class of the same coarse class, ✗ neither. A picture from outside \
      has no class, and its neighbours no verdict. Several runs, from fine to coarse classes, are shown below each other; -o writes them as a \
      picture with borders in the verdicts' colours, as the paper's Fig. 5, and a dotted line where the query's class stops being a \
      class of its own. --query val tells the shares of the three among the neighbours of all validation images: that of ✓ is the precision at k.
      """)

  @OptionGroup var options: EvaluationOptions
  @Argument(help: "The runs: each its directory, its name, or the beginning of either; RUN@STEP takes that checkpoint. Or imported features by name.")
  var runs: [String]
  @Option(
    help: ArgumentHelp(
      "The index of a validation image, train/INDEX for a training image, or a PNG, JPEG, WebP or GIF file; val for all validation images, val:1000 for so many of them.",
      valueName: "index|file|val"))
  var query: String?
  @Flag(help: "List the validation images that the first and the last of the runs, from fine to coarse, disagree about most.")
  var surprising = false
  @Option(name: .customShort("k"), help: "Number of neighbours.")
  var count = 10
  @Option(help: "The layer whose activation is compared, or: features, scores, whatever each net calls them. (default: features)")
  var space: String?
  @Option(help: "Distance metric: l2 or cosine.")
  var metric = Metric.l2
  @Option(help: "The saved label set of the coarse classes. (default: the run's, or one made by clustering)")
  var labels: String?
  @Option(help: "The gallery: train or val.")
  var gallery = Split.train
  @Option(name: [.customShort("o"), .long], help: "Write a picture of the query and its neighbours as a PNG file.")
  var output: String?
  @Option(help: "The side of an image of the picture in pixels.")
  var size = 96

  private var queries: NeighborQueries? { query.map(NeighborQueries.init) }
  private var areMany: Bool { if case .validation = queries { true } else { false } }

  func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("give a run") }
    guard (query == nil) == surprising else { throw ValidationError("give either --query or --surprising") }
    guard !surprising || runs.count > 1 && output == nil else { throw ValidationError("--surprising takes two runs or more, and no -o") }
    guard !areMany || output == nil else { throw ValidationError("-o shows the neighbours of one image") }
    guard 1...1000 ~= count else { throw ValidationError("-k takes 1 to 1000") }
  }

  func run() throws {
    let runs = runs.map(options.named)
    guard let queries else {
      let result = try options.ask(SurprisingRequest(runs: runs, dataset: options.dataset, space: space, metric: metric, gallery: gallery))
      // Programs take the images.
      return options.json ? try Output.json(result.queries) : try options.show(result)
    }
    let result = try options.ask(
      NeighborRequest(runs: runs, queries: queries, dataset: options.dataset, space: space, metric: metric, gallery: gallery, k: count, labels: labels))
    if let output, let source = result.source {
      try AtomicFile.write(try ImageCodec.png(source.montage(metric, size: size).compose()), to: output)
      RunProgressLine.note("wrote \(output)")
    }
    let studies = result.rows.compactMap(\.study)
    if areMany || options.csv { return try options.show(result) }
    if options.json { return studies.count == 1 ? try Output.json(studies[0]) : try Output.json(studies) }
    for (index, study) in studies.enumerated() {
      if index > 0 { print() }
      study.show()
    }
  }
}

extension Metric: ExpressibleByArgument {}
extension Split: ExpressibleByArgument {}
