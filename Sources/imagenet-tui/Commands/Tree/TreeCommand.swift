import ArgumentParser
import Basics
import Taxonomy

/// `tree …`: look at WordNet and at a dataset's place in it.
struct TreeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tree", abstract: "Search and show WordNet synsets, and a dataset's classes below them.",
    subcommands: [TreeShowCommand.self, TreeSearchCommand.self, TreePoliciesCommand.self])
}

/// Which tree is looked at.
struct TreeChoice: ParsableArguments {
  @Option(help: ArgumentHelp("The dataset whose classes are counted.", valueName: "name"))
  var dataset = "imagenet-1k"
  @Option(help: "Which of several hypernyms becomes the parent: the first by name, or in file order.")
  var policy = HypernymPolicy.name
  @OptionGroup var global: GlobalOptions

  func hierarchy() throws(Problem) -> Hierarchy {
    try global.catalog.hierarchy(of: dataset, policy)
  }
}
