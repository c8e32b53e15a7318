import Taxonomy

extension LabelSet {
  /// The coarse classes that neighbours are judged by where nobody chose any: those that the run was taught, if they are
  /// coarser than the fine ones; else the first top-down round (127 classes for ImageNet, as in the paper), or
  /// the finest bottom-up clustering, that has at most half as many classes as the dataset and more than one.
  ///
  /// - Returns: nil where the dataset's tree has no such classes.
  /// - Throws: a ``Problem`` where the dataset's classes are not in WordNet.
  public static func coarseClasses(
    taught: LabelSet, dataset: String, classes: [FineClass], wordNet: () throws(Problem) -> WordNet
  ) throws(Problem) -> LabelSet? {
    if taught.classes.contains(where: { $0.members.count > 1 }) { return taught }
    let hierarchy = try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: wordNet(), policy: taught.policy)
    let partition = Partition(hierarchy)
    let wanted = 2...max(2, classes.count / 2)
    if let round = partition.topDownCounts.first(where: { wanted.contains($0.classes) }) {
      return try LabelSet(
        name: "top-down-\(round.classes)", dataset: dataset, recipe: [.topDown(rounds: round.rounds)], on: hierarchy)
    }
    guard let cut = partition.bottomUpCounts.first(where: { wanted.contains($0.classes) }) else { return nil }
    return try LabelSet(
      name: "bottom-up-\(cut.classes)", dataset: dataset, recipe: [.bottomUp(depth: cut.depth)], on: hierarchy)
  }
}
