import Analysis
import Basics
import Taxonomy

/// Classes that might be joined, since the net takes them for each other.
package struct MergesPage: Sendable {
  package var likeness = MergeSuggestion.Likeness.confusion
  package var alongTree = false
  package var least = MergeProposal.least(.confusion)
  package private(set) var proposal: MergeProposal?
  private(set) var answered: EvaluationQuestion?
  package var list = ListPosition()

  package init() {}

  var hasGroups: Bool { proposal?.suggestion.groups.isEmpty == false }

  func question(_ candidate: FeatureContext.Candidate) -> EvaluationQuestion {
    EvaluationQuestion(MergeRequest(run: candidate.run.id, likeness, least: least, alongTree: alongTree), steps: candidate.steps)
  }

  mutating func take(_ proposal: MergeProposal, to question: EvaluationQuestion?) {
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

  /// Options of the command that suggests the same.
  var words: [String] { ["--merge", likeness.rawValue, "--least=\(decimals(least, 2))"] + (alongTree ? ["--along-tree"] : []) }

  /// Folds the tree to the classes with these joined, to be edited, trained on and saved there.
  func openInTree(_ subject: EvaluationSubject) -> [Effect] {
    guard let candidate = subject.candidate, let tree = subject.context.hierarchy, let proposal else { return [] }
    do throws(Problem) {
      let set = try proposal.labelSet(name: "\(candidate.run.name)-joined", taught: candidate.labelSet, on: tree)
      let cut = try Cut(Partition(set, on: tree))
      return [.send(.tree(.suggested(set, cut, title: "join what \(candidate.run.name) takes for alike")))]
    } catch {
      return [.send(.problem(error))]
    }
  }

  func draw(_ standing: EvaluationStanding, on canvas: inout Canvas, in area: Rect) {
    var area = area
    let how = likeness == .confusion ? "images taken for each other" : "minus the distance of mean features, in mean distances"
    let least = NumberText.fixed(least, 2)
    canvas.put("‹ classes to join \(alongTree ? "along the tree" : "wherever they lie"), \(least) alike or more", in: area.takeTop(1), style: .bold)
    canvas.put("\(how)   l other likeness  a other places  + - threshold", in: area.takeTop(1), style: .muted)
    if standing.draw(hasAnswer: proposal != nil, on: &canvas, in: &area) { return }
    guard let groups = proposal?.suggestion.groups else { return }
    if groups.isEmpty { return canvas.put("nothing is so alike; - asks for less", in: area.line(0), style: .muted) }
    var table = Table<MergeSuggestion.Group>([
      .init("alike", width: 6, align: .right, rank: 0) { Span(NumberText.fixed($0.likeness, 3)) },
      .init("classes", width: 7, align: .right, rank: 1) { Span(NumberText.grouped($0.wnids.count)) },
      .init("", width: 20, isFlexible: true, rank: 0) { Span(printable($0.names.joined(separator: ", "))) },
    ])
    table.selectedColumns = 2
    table.draw(groups, selected: list, on: &canvas, in: area)
  }
}
