import EngineFixtures
import Files
import LabelSets
import Taxonomy
import TestSupport

/// A home of a test's own, and label sets of Fashion-MNIST to keep in it.
struct FashionSets {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }
  var store: LabelSetStore { LabelSetStore(home: home) }

  func set(_ name: String, _ recipe: RecipeStep...) throws -> LabelSet {
    try LabelSet(name: name, dataset: "fashion-mnist", recipe: recipe, on: RealTrees.hierarchy("fashion-mnist"))
  }

  /// The file of a label set as it is.
  func text(_ name: String) -> String { String(decoding: folder.bytes(of: "label-sets/\(name).json"), as: UTF8.self) }
}
