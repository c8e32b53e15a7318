import Basics
import Datasets
import Files
import LabelSets
import Runs
import Synchronization
import Taxonomy

/// What the screens' work needs from outside: where things are kept, and the dataset, opened once.
package final class Environment: Sendable {
  /// The program's name and version.
  package let program: String
  package let home: Home
  /// The folder of WordNet's files, where the user named one.
  package let wordNet: String?
  /// The name of the dataset that the program was opened on.
  package let dataset: String
  /// The home's runs: what one screen has read of ten thousand, the others need not.
  package let runs: RunsReader

  private let opened = Mutex<(any Dataset)?>(nil)

  package init(program: String, home: Home, wordNet: String? = nil, dataset: String) {
    self.program = program
    self.home = home
    self.wordNet = wordNet
    self.dataset = dataset
    runs = RunsReader(home: home)
  }

  /// The dataset with its images; the first caller opens it, the others wait for that.
  package func openDataset() throws(Problem) -> any Dataset {
    try opened.withLock { (opened) throws(Problem) in
      if let opened { return opened }
      let dataset = try catalog.open(dataset)
      opened = dataset
      return dataset
    }
  }

  var catalog: DatasetCatalog { DatasetCatalog(home: home, wordNet: wordNet) }

  var labelSets: LabelSetStore { LabelSetStore(home: home, wordNet: wordNet) }

  package func hierarchy(of dataset: String, _ policy: HypernymPolicy) throws(Problem) -> Hierarchy {
    try catalog.hierarchy(of: dataset, policy)
  }
}
