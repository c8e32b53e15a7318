import ArgumentParser
import Datasets
import Files
import LabelSets
import Taxonomy

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The folder of datasets, label sets and runs.")
  var home: String?

  @Option(help: "The folder with WordNet 3.0's data.noun and index.noun.")
  var wordnet: String?

  /// As they were given.
  var words: [String] { (home.map { ["--home", $0] } ?? []) + (wordnet.map { ["--wordnet", $0] } ?? []) }

  var location: Home { Home(explicit: home) }

  var catalog: DatasetCatalog { DatasetCatalog(home: location, wordNet: wordnet) }

  var labelSets: LabelSetStore { LabelSetStore(home: location, wordNet: wordnet) }
}
