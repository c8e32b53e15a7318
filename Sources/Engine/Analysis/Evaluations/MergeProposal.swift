import Basics
import Datasets
import Taxonomy

/// Which of a net's classes might be joined, and the label set that does it.
package struct MergeProposal: Encodable, Equatable, Sendable {
  /// How alike joined classes are at least.
  package var least: Double
  /// Whether whole nodes of the tree are joined only.
  package var alongTree: Bool
  package var suggestion: MergeSuggestion
  /// The nodes that are joined, where only whole ones are.
  package var nodes: [String]?

  /// - Parameters:
  ///   - features: of the run in the layer before its classifier; asked for where likeness is that of features.
  ///   - leaving: how many classes are left at least, where any may be joined.
  ///   - least: nil: what suits the likeness.
  package init(
    _ likeness: MergeSuggestion.Likeness, _ predictions: RunPredictions, features: () throws(Problem) -> RunFeatures,
    tree: Hierarchy, least: Double? = nil, leaving: Int = 2, alongTree: Bool
  ) throws(Problem) {
    let classes = predictions.labelSet.classes.map { FineClass(wnid: $0.members[0], name: $0.name) }
    let alike: [Double]
    switch likeness {
    case .confusion:
      alike = MergeSuggestion.confusion(
        Confusion(truths: predictions.truths, predictions: predictions.predictions, classes: classes.count))
    case .features:
      let features = try features()
      let matrix = try features.matrix(.val)
      let targets = predictions.labelSet.targets(for: features.dataset.classes.map(\.wnid))
      let labels = features.dataset.labels(.val)
      alike = MergeSuggestion.features(
        matrix.values, labels: matrix.indices.map { targets[Int(labels[Int($0)])] }, classes: classes.count)
    }
    self.least = least ?? Self.least(likeness)
    self.alongTree = alongTree
    suggestion = alongTree
      ? MergeSuggestion(likeness, classes: classes, alike: alike, alongTree: tree, least: self.least)
      : MergeSuggestion(likeness, classes: classes, alike: alike, leaving: leaving, least: self.least)
    nodes = alongTree ? suggestion.nodes(tree) : nil
  }

  /// What is alike enough where nobody says otherwise: the share of images that are confused, or minus the distance in units of the mean one.
  package static func least(_ likeness: MergeSuggestion.Likeness) -> Double { likeness == .confusion ? 0.1 : -0.5 }

  /// The classes that the net was taught with these joined.
  /// - Throws: a ``Problem`` where there is nothing to join.
  package func labelSet(name: String, taught: LabelSet, on tree: Hierarchy) throws(Problem) -> LabelSet {
    guard !suggestion.groups.isEmpty else {
      throw Problem("there is nothing to join", at: name, advice: "ask for less likeness")
    }
    let step = nodes.map { RecipeStep.cut(collapsed: $0) } ?? .merge(groups: suggestion.groups.map(\.wnids))
    return try LabelSet(name: name, dataset: taught.dataset, recipe: taught.recipe + [step], on: tree)
  }
}
