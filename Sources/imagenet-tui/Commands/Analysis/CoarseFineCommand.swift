import Analysis
import ArgumentParser
import Basics
import Datasets
import Files
import FoundationEssentials
import Pictures
import Taxonomy

struct CoarseFineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coarse-fine", abstract: "Find coarse classes in a network trained on fine ones (Fig. 6 of the paper), and its confusions.",
    discussion: """
      For each coarse class: the share of its validation images whose best-scored class is any of its members, less the share for \
      which it is the right one, macro-averaged over the members. Beside it how wrong the net is by the tree. --merge suggests classes \
      to join, by what is confused or by what lies close in the features, and saves them as a label set with --save; with --along-tree \
      only whole nodes of the tree are joined, so that the set opens on the screen.
      """)

  @OptionGroup var evaluated: EvaluatedRun
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
  @Option(name: [.customShort("o"), .long], help: "Write the bars as a PNG file, or as SVG where its name ends with .svg.")
  var output: String?

  func validate() throws {
    guard minMembers >= 1, top >= 0, leaving >= 1 else { throw ValidationError("--min-members and --leaving take 1 or more, --top 0 or more") }
    guard merge != nil || save == nil && least == nil && !alongTree else { throw ValidationError("--save, --least and --along-tree go with --merge") }
    guard save != nil || !replace else { throw ValidationError("--replace goes with --save") }
  }

  func run() throws {
    let options = evaluated.options
    let global = options.global
    if let save { _ = try global.labelSets.path(save) }
    let run = evaluated.name
    let result = try options.ask(
      CoarseFineRequest(
        run: run, dataset: options.dataset, labels: labels, minMembers: minMembers, behind: behind,
        merge: merge.map { MergeRequest(run: run, dataset: options.dataset, $0, least: least, leaving: leaving, alongTree: alongTree) }))
    if let output {
      let bars = result.chart(top: top)
      try ChartFile.write(to: output) { bars.chart } otherwise: { () throws(Problem) in try bars.compose() }
      RunProgressLine.note("wrote \(output)")
    }
    try options.show(result, result.report(top: top))
    if let save, let merges = result.merges, let taught = result.source?.predictions.labelSet {
      let set = try merges.labelSet(name: save, taught: taught, on: global.catalog.hierarchy(of: result.dataset, taught.policy))
      try global.labelSets.keep(set, mayReplace: replace)
      RunProgressLine.note("saved \(set.summary)")
    }
  }
}

extension MergeSuggestion.Likeness: ExpressibleByArgument {}
