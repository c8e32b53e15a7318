import Analysis
import Basics

/// Screen 5: what a net knows, in numbers: which coarse classes it has formed, whether it tells classes apart that it was never told of, and where its
/// features lie.
package struct EvaluationScreen: Screen {
  package enum Pane: String, Codable, CaseIterable, Sendable {
    case coarseFine, induction, map
  }

  package enum Action: Hashable, Sendable {
    case pane(Pane)
    /// By a key that moves in lists.
    case move(Key)
    case open, back
    case chooseRun, chooseCoarse, chooseBaseline
    /// Members of a coarse class, likeness of what is joined, or the depth by which the map is coloured.
    case more, less
    case space, metric, gallery
    case suggest, likeness, alongTree, save
    case byLabelSet
    case write, neighbors, showInTree
  }

  package enum Event: Sendable {
    /// Look at this run.
    case open(run: String)
    case opened(FeatureContext)
    /// Nothing could be opened; the user was told why.
    case closed
    case progress(ticket: Int, WorkProgress)
    case answered(ticket: Int, EvaluationAnswer)
    case failed(ticket: Int, String)
    /// There is such a file; nothing was written.
    case exists(EvaluationPicture, path: String)
  }

  package enum Choice: Sendable, Equatable {
    case run, runs, baselines, coarse
  }

  /// Text that is being typed.
  package enum Prompt: Sendable {
    /// The name under which suggested classes are kept.
    case labelSet
    case picture(EvaluationPicture)
  }

  /// Work under way: what is asked, how far it is, and what ends it.
  struct Job: Sendable {
    var ticket: Int
    var question: EvaluationQuestion
    var cancellation = Cancellation()
    var progress: WorkProgress?
  }

  package internal(set) var context: FeatureContext?
  package internal(set) var pane = Pane.coarseFine
  /// The run that bars and map are of.
  package internal(set) var run: String?
  package internal(set) var coarseFine = CoarseFinePane()
  package internal(set) var induction = InductionPane()
  package internal(set) var map = MapPane()
  package internal(set) var picker: (choice: Choice, list: Picker)?
  package internal(set) var prompt: (kind: Prompt, field: TextField)?
  /// Whether to write over a file.
  package internal(set) var question: (question: Question, picture: EvaluationPicture, path: String)?
  /// What cannot be answered, and why.
  package private(set) var problem: (question: EvaluationQuestion, words: String)?
  private(set) var job: Job?
  private(set) var isOpening = false
  private var ticket = 0
  var recalled: Place?

  package init() {}

  package var capture: [KeyHint]? {
    if let question { return question.question.hints }
    if let prompt {
      let verb = if case .labelSet = prompt.kind { "keep it" } else { "write it" }
      return [KeyHint("Enter", verb), KeyHint("Esc", "cancel")]
    }
    return picker?.list.hints
  }

  package var candidate: FeatureContext.Candidate? { run.flatMap { context?.run($0) } }

  package func headline(_ session: Session) -> [Span] {
    switch pane {
    case .induction: return [Span(counted(induction.runs.count, "run"), .muted)]
    case .coarseFine, .map:
      guard let candidate else { return [] }
      return [
        Span(printable(candidate.run.name), .bold),
        Span("  \(candidate.run.taughtWords(candidate.labelSet))", .muted),
      ]
    }
  }

  // MARK: What comes back

  package mutating func appeared(_ session: Session) -> [Effect] {
    guard !isOpening else { return [] }
    isOpening = true
    return [.evaluation(.open(known: context, run: run, dataset: session.dataset))]
  }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .open(let run):
      self.run = run
      recalled = nil
      coarseFine.behind = nil
      coarseFine.merges = nil
      if pane == .induction { pane = .coarseFine }
      return context?.run(run) == nil || isOpening ? appeared(session) : ask()
    case .opened(let context):
      isOpening = false
      return take(context)
    case .closed:
      isOpening = false
      return []
    case .progress(let ticket, let progress):
      if job?.ticket == ticket { job?.progress = progress }
      return []
    case .answered(let ticket, let answer):
      guard let job, job.ticket == ticket else { return [] }
      var isWhole = true
      switch answer {
      case .coarseFine(let facts): coarseFine.take(facts, job.question)
      case .merges(let proposal): coarseFine.merges?.take(proposal, job.question)
      case .induction(let study, let whole):
        induction.take(study, whole ? job.question : nil)
        isWhole = whole
      case .map(let map):
        self.map.take(map, job.question, context?.hierarchy)
        recolour()
      }
      if isWhole { self.job = nil }
      return []
    case .failed(let ticket, let words):
      guard let job, job.ticket == ticket else { return [] }
      problem = (job.question, words)
      self.job = nil
      return []
    case .exists(let picture, let path):
      question = (Question("Replace the file?", detail: "There is a file \(printable(path)).", yes: "replace"), picture, path)
      return []
    }
  }

  private mutating func take(_ context: FeatureContext) -> [Effect] {
    if context.dataset.name != self.context?.dataset.name {
      (coarseFine, induction, map) = (CoarseFinePane(), InductionPane(), MapPane())
    }
    self.context = context
    let place = recalled
    if let place {
      recalled = nil
      (pane, run) = (place.pane, place.run)
      coarseFine.coarse = context.coarseSets.first { $0.name == place.coarse }
    }
    if run.flatMap({ context.run($0) }) == nil {
      run = (context.runs.first { Induction.testedClasses($0.labelSet, of: context.dataset.classes).isEmpty } ?? context.runs.first)?.run.id
    }
    coarseFine.choose(from: context)
    // Another label set has a limit of its own.
    if let least = place?.minMembers, (1...999).contains(least), coarseFine.coarse?.name == place?.coarse { coarseFine.minMembers = least }
    induction.choose(from: context)
    recolour()
    return ask()
  }

  // MARK: Asking

  /// What the shown pane wants to know; nil where it cannot ask.
  var wanted: EvaluationQuestion? {
    guard let context else { return nil }
    switch pane {
    case .coarseFine:
      guard let candidate, let coarse = coarseFine.coarse else { return nil }
      if let merges = coarseFine.merges { return merges.question(candidate) }
      return .coarseFine(
        run: candidate.run.id, steps: candidate.steps, coarse: coarse.name, minMembers: coarseFine.minMembers)
    case .induction: return induction.question(context)
    case .map: return candidate.map { .map(run: $0.run.id, steps: $0.steps, map.space) }
    }
  }

  /// The question that the shown pane has the answer of.
  var answered: EvaluationQuestion? {
    switch pane {
    case .coarseFine: coarseFine.merges.map(\.answered) ?? coarseFine.answered
    case .induction: induction.answered
    case .map: map.answered
    }
  }

  /// Starts what the pane wants to know and does not know yet; what was under way for another question ends.
  mutating func ask() -> [Effect] {
    guard let context, let wanted else {
      job?.cancellation.cancel()
      job = nil
      return []
    }
    if job?.question == wanted { return [] }
    job?.cancellation.cancel()
    job = nil
    guard answered != wanted, problem?.question != wanted else { return [] }
    problem = nil
    ticket += 1
    let job = Job(ticket: ticket, question: wanted)
    self.job = job
    return [.evaluation(.answer(context, wanted, ticket: ticket, job.cancellation))]
  }

  /// Ends what is under way; only another question begins it again.
  mutating func cancel() {
    guard let job else { return }
    job.cancellation.cancel()
    problem = (job.question, "stopped; any change of what is asked begins it again")
    self.job = nil
  }

  /// Why the shown pane has no answer, where it has none.
  var trouble: String? { problem.flatMap { $0.question == wanted ? $0.words : nil } }
}
