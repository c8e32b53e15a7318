import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Taxonomy

struct CoarseFineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coarse-fine", abstract: "Ask which coarse classes a net on fine ones has formed (the paper's Fig. 6), and what it confuses.",
    discussion: """
      For each coarse class: the share of its validation images whose best-scored class is any of its members, less the share for \
      which it is the right one, every member weighing the same. Beside it how wrong the net is by the tree. --merge suggests classes \
      to join, by what is confused or by what lies close in the features, and saves them as a label set with --save; with --along-tree \
      only whole nodes of the tree are joined, so that the set opens on the screen.
      """)

  @OptionGroup var argument: RunArgument
  @Option(help: "The saved label set of the coarse classes. (default: one made by clustering)")
  var labels: String?
  @Option(help: "Leave out coarse classes with fewer members.")
  var minMembers = 5
  @Option(help: "How many classes of either end are shown; 0 shows all.")
  var top = 5
  @Option(help: "Show the confusions behind this coarse class, by wnid or name.")
  var behind: String?
  @Option(help: "Suggest classes to join that are alike by: confusion, features.")
  var merge: MergeSuggestion.Likeness?
  @Option(help: "How alike joined classes are at least: the share of images that are confused (default: 0.1), or minus the distance in units of the mean distance (default: -0.5).")
  var least: Double?
  @Option(help: "How many classes are left at least.")
  var leaving = 2
  @Flag(help: "Join whole nodes of the tree only.")
  var alongTree = false
  @Option(help: ArgumentHelp("Keep the suggestion as a label set of this name.", valueName: "name"))
  var save: String?
  @Flag(help: "With --save: replace other classes of that name without a question.")
  var replace = false
  @Option(help: "The dataset whose images are looked at. (default: the run's)")
  var dataset: String?
  @Option(help: ArgumentHelp("The checkpoint: its step. (default: the best in validation)", valueName: "step"))
  var checkpoint: Int?
  @Option(help: "Processor cores to use. (default: all)")
  var workers: Int?
  @Option(name: [.customShort("o"), .long], help: "Write the bars as a PNG file.")
  var output: String?
  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard minMembers >= 1, top >= 0, leaving >= 1 else { throw ValidationError("--min-members and --leaving take 1 or more, --top 0 or more") }
    guard 1...1024 ~= workers ?? 1 else { throw ValidationError("--workers takes 1 to 1024") }
    guard merge != nil || save == nil && least == nil && !alongTree else { throw ValidationError("--save, --least and --along-tree go with --merge") }
    guard save != nil || !replace else { throw ValidationError("--replace goes with --save") }
  }

  func run() throws {
    let catalog = argument.global.catalog
    if let save { _ = try argument.global.labelSets.path(save) }
    let opening = RunOpening(global: argument.global, dataset: dataset, checkpoint: checkpoint, workers: workers)
    let (features, predictions) = try opening.predictions(argument.run)
    let taught = predictions.labelSet
    let name = features.dataset.name
    let tree = try catalog.hierarchy(of: name, taught.policy)
    let coarse = try labels.map { label throws(Problem) in try argument.global.labelSets.load(label, for: name) }
      ?? .suggestedCoarseClasses(dataset: name, on: tree)
    guard let coarse else {
      throw Problem("this dataset's tree suggests no coarse classes", at: name, advice: "name a label set with --labels", kind: .usage)
    }
    var report = try CoarseFineStudy(
      run: features.run.id, step: features.step, dataset: name, predictions, coarse: coarse, minMembers: minMembers, tree: tree)
    report.behind = try confusions(predictions, coarse)
    report.merges = try merge.map { likeness throws(Problem) in
      try MergeProposal(
        likeness, predictions, features: { () throws(Problem) in try opening.features(argument.run, space: nil) }, tree: tree,
        least: least, leaving: leaving, alongTree: alongTree)
    }
    if let output {
      try AtomicFile.write(try ImageCodec.png(report.chart(top: top).compose()), to: output)
      RunProgressLine.note("wrote \(output)")
    }
    if json { try Output.json(report) } else { report.show(top: top) }
    if let save, let merges = report.merges {
      let set = try merges.labelSet(name: save, taught: taught, on: tree)
      try argument.global.labelSets.keep(set, mayReplace: replace)
      RunProgressLine.note("saved \(set.summary)")
    }
  }

  private func confusions(_ predictions: RunPredictions, _ coarse: LabelSet) throws(Problem) -> CoarseFineStudy.Behind? {
    guard let behind else { return nil }
    guard let target = coarse.classes.first(where: { $0.wnid == behind || $0.name == behind }) else {
      throw Problem("there is no such coarse class", at: behind, expected: "a class of \(coarse.name), by wnid or name", kind: .notFound)
    }
    return .init(target.wnid, predictions, coarse: coarse)
  }
}

extension MergeSuggestion.Likeness: ExpressibleByArgument {}
