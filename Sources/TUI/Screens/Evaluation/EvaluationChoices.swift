import Basics

/// What is chosen from lists and typed.
extension EvaluationScreen {
  mutating func openPicker(_ action: Action) {
    guard let context else { return }
    func items(_ runs: [FeatureContext.Candidate]) -> [Picker.Item] {
      runs.map { candidate in
        Picker.Item(
          id: candidate.run.id, text: printable(candidate.run.name),
          note: printable("\(candidate.run.network)  \(candidate.run.taughtWords(candidate.labelSet))"))
      }
    }
    switch action {
    case .chooseCoarse:
      let sets = context.coarseSets.map {
        Picker.Item(id: $0.name, text: printable($0.name), note: counted($0.classes.count, "class"))
      }
      picker = (.coarse, Picker("Coarse classes", sets, selected: coarse?.name))
    case .chooseBaseline:
      let fine = context.runs.filter { InductionPane.isFine($0, context) }
      picker = (.baselines, Picker("Runs on fine classes to compare with", items(fine), selected: induction.baselines.first, ticked: Set(induction.baselines)))
    case _ where pane == .detections:
      let runs = context.detectors.map { Picker.Item(id: $0.id, text: printable($0.name), note: printable("\($0.network)  \(counted($0.classes, "class"))")) }
      picker = (.detector, Picker("Detector", runs, selected: detections.detector))
    case _ where pane == .induction:
      let others = context.runs.filter { !InductionPane.isFine($0, context) }
      picker = (.runs, Picker("Runs that were not taught all fine classes", items(others), selected: induction.runs.first, ticked: Set(induction.runs)))
    default: picker = (.run, Picker("Run", items(context.runs), selected: run))
    }
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    if let asked = question {
      guard let answer = asked.question.answer(key) else { return [] }
      question = nil
      return answer == .yes ? [.evaluation(.write(asked.picture, path: asked.path, mayReplace: true))] : []
    }
    if prompt != nil { return type(key) }
    guard var open = picker, let context else { return [] }
    let outcome = open.list.take(key)
    picker = outcome == .stay ? open : nil
    guard case .chosen(let ids) = outcome else { return [] }
    switch open.choice {
    case .run:
      run = ids.first
      coarseFine.leavePage()
      adaptPanes()
    case .detector:
      detections = DetectionPane()
      detections.detector = ids.first
    case .runs: (induction.runs, induction.hasChosen) = (ids, true)
    case .baselines: (induction.baselines, induction.hasChosen) = (ids, true)
    case .coarse:
      coarse = context.coarseSets.first { $0.name == ids.first }
      coarseFine.suit(coarse)
      adaptPanes()
    }
    return ask()
  }

  private mutating func type(_ key: Key) -> [Effect] {
    guard var open = prompt else { return [] }
    let answer = open.field.answer(key)
    prompt = answer == .typing ? open : nil
    guard case .entered(let text) = answer, !text.isEmpty else { return [] }
    switch open.kind {
    case .labelSet: return keep(as: text)
    case .picture(let picture): return [.evaluation(.write(picture, path: text, mayReplace: false))]
    }
  }

  private func keep(as name: String) -> [Effect] {
    guard let candidate = subject?.candidate, let tree = context?.hierarchy, let merges = coarseFine.merges, let proposal = merges.proposal else { return [] }
    do throws(Problem) {
      let set = try proposal.labelSet(name: name, taught: candidate.labelSet, on: tree)
      return [.evaluation(.save(set, ShellCommand(["coarse-fine", candidate.run.id] + merges.words + ["--save", name])))]
    } catch {
      return [.send(.problem(error))]
    }
  }
}
