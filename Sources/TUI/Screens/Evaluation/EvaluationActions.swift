import Analysis
import Basics

/// What the keys do.
extension EvaluationScreen {
  /// What is measured, to the keys that are about it.
  static let answer = "the evaluation"

  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    let isAboutAnswer =
      switch action {
      case .move, .open, .back, .save, .write, .neighbors, .showInTree: true
      case nil: if case .pick = key { capture == nil } else { false }
      default: false
      }
    return (isAboutAnswer ? underWay : underWay.subtracting([Self.answer])).first
  }

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .pane(let pane):
      coarseFine.leavePage()
      self.pane = pane
      return ask()
    case .move(let key):
      _ = shown.list.move(key, count: shown.count, page: max(1, session.body.rows - 6))
      return ask()
    case .open:
      guard let subject else { return [] }
      return shown.open(subject) + ask()
    case .back: return back()
    case .chooseRun, .chooseCoarse, .chooseBaseline: openPicker(action)
    case .more: return step(1)
    case .less: return step(-1)
    case .space:
      if pane == .map { map.space = map.space == .features ? .scores : .features }
      if pane == .induction { induction.space = induction.space == .features ? .scores : .features }
      return ask()
    case .metric:
      induction.metric = induction.metric == .l2 ? .cosine : .l2
      return ask()
    case .gallery:
      induction.gallery = induction.gallery == .train ? .val : .train
      return ask()
    case .suggest:
      let isShown = coarseFine.merges != nil
      coarseFine.leavePage()
      if !isShown { coarseFine.merges = MergesPage() }
      return ask()
    case .likeness:
      if let likeness = coarseFine.merges?.likeness { coarseFine.merges?.change(likeness == .confusion ? .features : .confusion) }
      return ask()
    case .alongTree:
      coarseFine.merges?.alongTree.toggle()
      return ask()
    case .save:
      guard let candidate = subject?.candidate else { return [] }
      prompt = (.labelSet, TextField("\(candidate.run.name)-joined"))
    case .byLabelSet:
      if let subject { map.changeColours(subject) }
    case .write:
      guard let subject, let picture = shown.picture(subject) else { return [] }
      prompt = (.picture(picture), TextField(shown.suggestedFile(subject)))
    case .neighbors:
      return subject.flatMap(shown.selectedRun).map { [.send(.neighbors(.open(runs: [$0]))), .send(.perform(.show(.neighbors)))] } ?? []
    case .showInTree:
      return subject.flatMap(shown.selectedWnid).map { [.send(.tree(.show(wnid: $0)))] } ?? []
    }
    return []
  }

  private mutating func back() -> [Effect] {
    if job != nil {
      cancel()
      return []
    }
    shown.leavePage()
    return ask()
  }

  private mutating func step(_ steps: Int) -> [Effect] {
    guard let subject else { return [] }
    shown.step(steps, subject)
    return ask()
  }

  /// A click selects a line; one on the selected line opens it.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    let before = shown.list.selected
    _ = shown.list.move(.pick(index), count: shown.count, page: 1)
    return before == index ? [.send(.perform(.evaluation(.open)))] : ask()
  }

  package func command(_ session: Session) -> CommandSource {
    guard let made = subject.flatMap(shown.command) else { return .none("nothing was measured yet") }
    let command = ShellCommand(made.lines[0] + shown.printingWords)
    return .made { command }
  }
}
