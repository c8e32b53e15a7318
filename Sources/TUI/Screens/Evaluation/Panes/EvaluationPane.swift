import Analysis
import Basics
import Taxonomy

/// What the panes look at together.
package struct EvaluationSubject: Sendable {
  package var context: FeatureContext
  /// The run that is looked at.
  package var run: String?
  /// The label set of the coarse classes.
  package var coarse: LabelSet?

  package var candidate: FeatureContext.Candidate? { run.flatMap { context.run($0) } }

  /// The option that names the coarse classes in a command, where a command knows them.
  var coarseOption: [String] { coarse.flatMap { context.saved.contains($0.name) ? ["--labels", $0.name] : nil } ?? [] }
}

/// One of the things that screen 5 can show: what it asks about the subject, and how its answer is shown and looked into.
protocol EvaluationPane: Sendable {
  /// The question whose answer is shown.
  var answered: EvaluationQuestion? { get }
  /// What it wants to know; nil where it cannot ask.
  func question(_ subject: EvaluationSubject) -> EvaluationQuestion?
  /// - Parameters:
  ///   - answer: a result of the question's request.
  ///   - question: nil while it is a part of the answer.
  mutating func take(_ answer: any Sendable, to question: EvaluationQuestion?, _ subject: EvaluationSubject)
  /// The subject has changed, or what is known of it.
  mutating func adapt(to subject: EvaluationSubject)

  /// In the title line.
  func headline(_ subject: EvaluationSubject) -> [Span]
  /// - Parameter standing: of what is asked; it goes first.
  func draw(_ standing: EvaluationStanding, _ subject: EvaluationSubject, on canvas: inout Canvas, in area: Rect)

  /// The list that is shown, and its number of lines.
  var list: ListPosition { get set }
  var count: Int { get }
  /// The node of the tree that the selected line is about.
  func selectedWnid(_ subject: EvaluationSubject) -> String?
  /// The run that the selected line is about.
  func selectedRun(_ subject: EvaluationSubject) -> String?
  /// What Enter does on the selected line.
  mutating func open(_ subject: EvaluationSubject) -> [Effect]
  /// - Parameter dataset: the one whose tree is open.
  func openObstacle(_ subject: EvaluationSubject, treeOf dataset: String) -> String?
  /// Whether a page lies over the pane's first one.
  var hasPage: Bool { get }
  /// Leaves the page.
  mutating func leavePage()
  /// More or less of what the pane has a degree of.
  mutating func step(_ steps: Int, _ subject: EvaluationSubject)
  var stepObstacle: String? { get }

  /// What writes the same as the pane shows; nil where nothing was measured yet.
  func command(_ subject: EvaluationSubject) -> ShellCommand?
  /// Words for a command that writes nothing by itself.
  var printingWords: [String] { get }
  func picture(_ subject: EvaluationSubject) -> EvaluationPicture?
  func suggestedFile(_ subject: EvaluationSubject) -> String
}

extension EvaluationPane {
  func headline(_ subject: EvaluationSubject) -> [Span] {
    guard let candidate = subject.candidate else { return [] }
    return [Span(printable(candidate.run.name), .bold), Span("  \(candidate.run.taughtWords(candidate.labelSet))", .muted)]
  }

  func selectedRun(_ subject: EvaluationSubject) -> String? { subject.run }
  var hasPage: Bool { false }
  mutating func leavePage() {}
  mutating func step(_ steps: Int, _ subject: EvaluationSubject) {}
  var stepObstacle: String? { "there is nothing to turn up or down here" }
  var printingWords: [String] { [] }

  /// Neighbours of an image of this class, in the subject's run.
  func showNeighbors(of wnid: String?, _ subject: EvaluationSubject) -> [Effect] {
    guard let run = subject.run, let wnid else { return [] }
    return [.send(.neighbors(.open(runs: [run]))), .send(.neighbors(.queryBelow(wnid: wnid)))]
  }
}

/// How it stands with what a pane asks.
struct EvaluationStanding {
  var progress: WorkProgress?
  var isAsking: Bool
  /// Why there is no answer.
  var trouble: String?
  /// Whether the answer that is there is the one to what is asked now.
  var isCurrent: Bool

  /// What is under way, or why there is nothing; false where there is something else to show.
  func draw(hasAnswer: Bool, on canvas: inout Canvas, in area: inout Rect) -> Bool {
    if let progress {
      progress.draw(on: &canvas, in: hasAnswer ? area.takeTop(1) : area)
      return !hasAnswer
    }
    if let trouble {
      let lines = wrap("✗ \(printable(trouble))", max(1, area.columns - 1)).prefix(3)
      for line in lines { canvas.put(line, in: area.takeTop(1), style: Style(.bad)) }
      return !hasAnswer || !isCurrent
    }
    if isAsking {
      canvas.put("measuring …   Esc stops", in: hasAnswer ? area.takeTop(1) : area.line(0), style: .accent)
      return !hasAnswer
    }
    return false
  }
}
