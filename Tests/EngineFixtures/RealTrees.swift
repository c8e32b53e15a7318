import Basics
import Datasets
import Files
import Taxonomy

/// The WordNet that scripts/setup installs, and the trees of the built-in datasets on it.
public enum RealTrees {
  public static let wordNet: Result<WordNet, Problem> = Result { () throws(Problem) in
    try WordNetFiles.open(environment: [:])
  }

  /// The tree of a built-in dataset.
  public static func hierarchy(_ dataset: String, policy: HypernymPolicy = .name) throws -> Hierarchy {
    let classes = try DatasetCatalog(home: Home(explicit: "/nonexistent")).classes(of: dataset)
    return try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: wordNet.get(), policy: policy)
  }
}
