import Engine
import Taxonomy

/// What the screens' work needs from outside: where things are kept.
package struct Environment: Sendable {
  package var home: Home
  /// The folder of WordNet's files, where the user named one.
  package var wordNet: String?
  /// The name of the dataset that the program was opened on.
  package var dataset: String

  package init(home: Home, wordNet: String? = nil, dataset: String) {
    self.home = home
    self.wordNet = wordNet
    self.dataset = dataset
  }
}
