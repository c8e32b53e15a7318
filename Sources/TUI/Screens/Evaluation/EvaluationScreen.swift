import Analysis
import Basics
import Taxonomy

/// Screen 5: what a net knows, in numbers: which coarse classes it has formed, whether it tells classes apart that it was never told of, and where its
/// features lie.
package struct EvaluationScreen: Screen {
  package enum Pane: String, Codable, CaseIterable, Sendable {
    case coarseFine, induction, map, detections

    /// The key that shows it.
    var key: Character {
      switch self {
      case .coarseFine: "c"
      case .induction: "i"
      case .map: "p"
      case .detections: "b"
      }
    }

    var title: String {
      switch self {
      case .coarseFine: "coarse classes"
      case .induction: "induction"
      case .map: "map"
      case .detections: "detections"
      }
    }
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
    /// - Parameter answer: a result of the question's request, or what is known of it before all is.
    case answered(ticket: Int, answer: any Sendable, isWhole: Bool)
    case failed(ticket: Int, String)
    /// There is such a file; nothing was written.
    case exists(EvaluationPicture, path: String)
  }

  package enum Choice: Sendable, Equatable {
    case run, runs, baselines, coarse, detector
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
  /// The label set of the coarse classes.
  package internal(set) var coarse: LabelSet?
  package internal(set) var coarseFine = CoarseFinePane()
  package internal(set) var induction = InductionPane()
  package internal(set) var map = MapPane()
  package internal(set) var detections = DetectionPane()
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

  /// What the panes look at; nil until the runs are read.
  package var subject: EvaluationSubject? { context.map { EvaluationSubject(context: $0, run: run, coarse: coarse) } }

  /// The pane that is shown.
  var shown: any EvaluationPane {
    get { self[pane] }
    set { self[pane] = newValue }
  }

  private subscript(pane: Pane) -> any EvaluationPane {
    get {
      switch pane {
      case .coarseFine: coarseFine
      case .induction: induction
      case .map: map
      case .detections: detections
      }
    }
    set {
      switch newValue {
      case let pane as CoarseFinePane: coarseFine = pane
      case let pane as InductionPane: induction = pane
      case let pane as MapPane: map = pane
      case let pane as DetectionPane: detections = pane
      default: preconditionFailure("no pane of this screen")
      }
    }
  }

  package func headline(_ session: Session) -> [Span] { subject.map(shown.headline) ?? [] }

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
      coarseFine.leavePage()
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
    case .answered(let ticket, let answer, let isWhole):
      guard let job, job.ticket == ticket, let subject else { return [] }
      shown.take(answer, to: isWhole ? job.question : nil, subject)
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
      (coarseFine, induction, map, detections) = (CoarseFinePane(), InductionPane(), MapPane(), DetectionPane())
    }
    self.context = context
    let place = recalled
    if let place {
      recalled = nil
      (pane, run) = (place.pane, place.run)
      coarse = context.coarseSets.first { $0.name == place.coarse }
    }
    if run.flatMap({ context.run($0) }) == nil {
      run = (context.runs.first { Induction.testedClasses($0.labelSet, of: context.dataset.classes).isEmpty } ?? context.runs.first)?.run.id
    }
    if let same = context.coarseSets.first(where: { $0.name == coarse?.name }) {
      coarse = same
    } else {
      coarse = context.suggestedCoarse ?? context.coarseSets.first { $0.classes.contains { $0.members.count > 1 } }
      coarseFine.suit(coarse)
    }
    // Another label set has a limit of its own.
    if let least = place?.minMembers, (1...999).contains(least), coarse?.name == place?.coarse { coarseFine.minMembers = least }
    adaptPanes()
    return ask()
  }

  /// After the subject has changed.
  mutating func adaptPanes() {
    guard let subject else { return }
    for pane in Pane.allCases { self[pane].adapt(to: subject) }
  }

  // MARK: Asking

  /// What the shown pane wants to know; nil where it cannot ask.
  var wanted: EvaluationQuestion? { subject.flatMap(shown.question) }

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
    guard shown.answered != wanted, problem?.question != wanted else { return [] }
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
