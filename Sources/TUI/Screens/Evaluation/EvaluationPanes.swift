import Analysis
import Taxonomy

/// Fig. 6: for each coarse class how much better the net tells the class than its members.
package struct CoarseFinePane: Sendable {
  package var coarse: LabelSet?
  package var minMembers = 5
  package private(set) var facts: CoarseFineFacts?
  private(set) var answered: EvaluationQuestion?
  package var list = ListPosition()
  /// The confusions behind a bar, where they are shown.
  package var behind: (confusions: CoarseFineResult.Behind, list: ListPosition)?
  /// The classes that might be joined, where they are shown.
  package var merges: MergesPage?

  package var rows: [CoarseFromFine.Row] { facts?.study.result.rows ?? [] }
  package var selected: CoarseFromFine.Row? { rows.indices.contains(list.selected) ? rows[list.selected] : nil }

  mutating func choose(from context: FeatureContext) {
    if let known = coarse, let same = context.coarseSets.first(where: { $0.name == known.name }) {
      coarse = same
      return
    }
    choose(context.suggestedCoarse ?? context.coarseSets.first { $0.classes.contains { $0.members.count > 1 } })
  }

  /// The paper's least number of members, or fewer where no class has so many.
  mutating func choose(_ set: LabelSet?) {
    coarse = set
    minMembers = max(1, min(5, set?.classes.map(\.members.count).max() ?? 5))
  }

  mutating func take(_ facts: CoarseFineFacts, _ question: EvaluationQuestion) {
    self.facts = facts
    answered = question
    list.select(list.selected, count: rows.count)
    behind = nil
  }

  mutating func lookBehind() {
    guard let facts, let selected else { return }
    behind = (CoarseFineResult.Behind(selected.wnid, facts.predictions, coarse: facts.coarse, limit: 200), ListPosition())
  }
}

/// Classes that might be joined, since the net takes them for each other.
package struct MergesPage: Sendable {
  package var likeness = MergeSuggestion.Likeness.confusion
  package var alongTree = false
  package var least = MergeProposal.least(.confusion)
  package private(set) var proposal: MergeProposal?
  private(set) var answered: EvaluationQuestion?
  package var list = ListPosition()

  package init() {}

  func question(_ candidate: FeatureContext.Candidate) -> EvaluationQuestion {
    .merges(run: candidate.run.id, steps: candidate.steps, likeness, alongTree: alongTree, least: least)
  }

  mutating func take(_ proposal: MergeProposal, _ question: EvaluationQuestion) {
    self.proposal = proposal
    answered = question
    list.select(list.selected, count: proposal.suggestion.groups.count)
  }

  mutating func change(_ likeness: MergeSuggestion.Likeness) {
    self.likeness = likeness
    least = MergeProposal.least(likeness)
  }

  private var step: Double { likeness == .confusion ? 0.02 : 0.05 }
  private var range: ClosedRange<Double> { likeness == .confusion ? 0...1 : -2...0 }

  /// Whole steps, so that there and back is the same question.
  mutating func change(by steps: Int) {
    let next = ((least / step).rounded() + Double(steps)) * step
    least = max(range.lowerBound, min(range.upperBound, next))
  }
}

/// Fig. 4: whether features that were taught coarse classes tell fine ones apart.
package struct InductionPane: Sendable {
  package var runs: [String] = []
  package var baselines: [String] = []
  package var metric = Metric.l2
  package var space = NeighborSpace.features
  package var gallery = InductionGallery.train
  /// Of the runs that are measured.
  package private(set) var study: InductionResult?
  private(set) var answered: EvaluationQuestion?
  package var list = ListPosition()
  var hasChosen = false

  private static let most = 8

  /// The newest runs on coarser classes with the same net, and those on the fine ones to compare with, until somebody chooses.
  mutating func choose(from context: FeatureContext) {
    runs.removeAll { context.run($0) == nil }
    baselines.removeAll { context.run($0) == nil }
    guard !hasChosen, runs.isEmpty else { return }
    func isFine(_ candidate: FeatureContext.Candidate) -> Bool { Self.isFine(candidate, context) }
    guard let newest = context.runs.first(where: { !isFine($0) }) else { return }
    let alike = context.runs.filter { $0.run.network == newest.run.network }
    runs = alike.filter { !isFine($0) }.prefix(Self.most).map(\.run.id)
    baselines = alike.filter(isFine).prefix(1).map(\.run.id)
  }

  /// Whether there is nothing that a run was not taught.
  static func isFine(_ candidate: FeatureContext.Candidate, _ context: FeatureContext) -> Bool {
    Induction.testedClasses(candidate.labelSet, of: context.dataset.classes).isEmpty
  }

  func question(_ context: FeatureContext) -> EvaluationQuestion? {
    runs.isEmpty ? nil : .induction(runs: runs, baselines: baselines, metric, space, gallery)
  }

  mutating func take(_ study: InductionResult, _ question: EvaluationQuestion?) {
    self.study = study
    answered = question
    list.select(list.selected, count: study.rows.count)
  }
}

/// Where the validation images lie along the two directions in which their features differ most.
package struct MapPane: Sendable {
  package var space = NeighborSpace.features
  /// The depth of the tree by which it is coloured.
  package var depth = 0
  /// By the coarse label set instead.
  package var byLabelSet = false
  package private(set) var map: FeatureMap?
  private(set) var answered: EvaluationQuestion?
  /// As it is shown.
  package var coloured: ColouredMap?
  /// The group that is looked at.
  package var list = ListPosition()

  mutating func take(_ map: FeatureMap, _ question: EvaluationQuestion, _ tree: Hierarchy?) {
    if self.map == nil, let tree { depth = FeatureMap.Colouring.depth(of: tree) }
    self.map = map
    answered = question
  }
}
