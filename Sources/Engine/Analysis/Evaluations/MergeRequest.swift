import Basics
import Datasets
import Taxonomy

/// Asks which of a network's classes might be joined, since it confuses them or their features lie close.
public struct MergeRequest: Evaluation {
  public var run: String
  /// Whose images are looked at; nil: the run's.
  public var dataset: String?
  public var likeness: MergeSuggestion.Likeness
  /// How alike joined classes are at least; nil: what suits the likeness.
  public var least: Double?
  /// How many classes are left at least, where any may be joined.
  public var leaving: Int
  /// Join whole nodes of the tree only.
  public var alongTree: Bool

  public init(
    run: String, dataset: String? = nil, _ likeness: MergeSuggestion.Likeness, least: Double? = nil, leaving: Int = 2, alongTree: Bool
  ) {
    (self.run, self.dataset, self.likeness, self.least, self.leaving, self.alongTree) = (run, dataset, likeness, least, leaving, alongTree)
  }

  public func run(
    in context: some EvaluationContext, progress: EvaluationProgress, partial: (MergeProposal) -> Void
  ) throws(Problem) -> MergeProposal {
    let (features, predictions) = try context.predictions(run, of: dataset, progress: progress)
    return try run(in: context, predictions, tree: try context.tree(of: features.dataset.name, predictions.labelSet.policy), progress: progress)
  }

  func run(
    in context: some EvaluationContext, _ predictions: RunPredictions, tree: Hierarchy, progress: EvaluationProgress
  ) throws(Problem) -> MergeProposal {
    try MergeProposal(
      likeness, predictions, features: { () throws(Problem) in
        let features = try context.features(run, space: nil, of: dataset)
        return (features, try features.matrix(.val) { (done) throws(Problem) in try features.report(.val, done, to: progress) })
      }, tree: tree, least: least, leaving: leaving, alongTree: alongTree)
  }
}

/// Which of a net's classes might be joined, and the label set that does it.
public struct MergeProposal: Codable, Equatable, Sendable {
  /// How alike joined classes are at least.
  package var least: Double
  /// Whether whole nodes of the tree are joined only.
  package var alongTree: Bool
  package var suggestion: MergeSuggestion
  /// The nodes that are joined, where only whole ones are.
  package var nodes: [String]?

  /// - Parameters:
  ///   - features: of the run in the layer before its classifier, of the validation images; asked for where likeness is that of features.
  ///   - leaving: how many classes are left at least, where any may be joined.
  ///   - least: nil: what suits the likeness.
  /// - Throws: a ``Problem`` where a class of the network is several fine ones.
  package init(
    _ likeness: MergeSuggestion.Likeness, _ predictions: RunPredictions,
    features: () throws(Problem) -> (features: any ImageFeatures, matrix: FeatureMatrix), tree: Hierarchy, least: Double? = nil, leaving: Int = 2,
    alongTree: Bool
  ) throws(Problem) {
    try predictions.labelSet.requireFineClasses()
    let classes = predictions.labelSet.classes.map { FineClass(wnid: $0.members[0], name: $0.name) }
    let alike: [Double]
    switch likeness {
    case .confusion:
      alike = MergeSuggestion.confusion(
        Confusion(truths: predictions.truths, predictions: predictions.predictions, classes: classes.count))
    case .features:
      let (features, matrix) = try features()
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

extension LabelSet {
  /// - Throws: a ``Problem`` where a class holds several fine ones.
  func requireFineClasses() throws(Problem) {
    guard let group = classes.first(where: { $0.members.count > 1 }) else { return }
    throw Problem(
      "the run was not taught fine classes", at: name, expected: "each class one fine class",
      found: "\(group.name) with \(group.members.count)", advice: "name a run on the dataset's fine classes", kind: .usage)
  }
}
