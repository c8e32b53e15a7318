import Basics
import Taxonomy

/// The coarse classes that neighbours are judged by where nobody chose any: the coarsest that the runs looked at were taught, else
/// what the tree suggests.
extension LabelSet {
  /// The label set with the fewest classes among those that join fine classes; nil where none does.
  public static func coarseClasses(taught: [LabelSet]) -> LabelSet? {
    taught.filter { $0.classes.contains { $0.members.count > 1 } }.min { $0.classes.count < $1.classes.count }
  }

  /// The first top-down round (127 classes for ImageNet, as in the paper), or else the finest bottom-up clustering, that has at
  /// most half as many classes as the dataset and more than one.
  ///
  /// - Returns: nil where the dataset's tree has no such classes.
  /// - Throws: a ``Problem`` where the label set cannot be made on this hierarchy.
  public static func suggestedCoarseClasses(dataset: String, on hierarchy: Hierarchy) throws(Problem) -> LabelSet? {
    let partition = Partition(hierarchy)
    let wanted = 2...max(2, hierarchy.fineClasses.count / 2)
    if let round = partition.topDownCounts.first(where: { wanted.contains($0.classes) }) {
      return try LabelSet(
        name: "top-down-\(round.classes)", dataset: dataset, recipe: [.topDown(rounds: round.rounds)], on: hierarchy)
    }
    guard let cut = partition.bottomUpCounts.first(where: { wanted.contains($0.classes) }) else { return nil }
    return try LabelSet(
      name: "bottom-up-\(cut.classes)", dataset: dataset, recipe: [.bottomUp(depth: cut.depth)], on: hierarchy)
  }
}
