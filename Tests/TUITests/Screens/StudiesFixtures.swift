import Basics
import Files
import FoundationEssentials
import Runs
import Studies
import TUI

/// A study of Fashion-MNIST in the making: cells done, running, failed, open, without data.
enum StudiesFixtures {
  static let text = """
    study: 1
    title: How many classes, and how fine
    dataset: fashion-mnist
    train: {net: alexnet-28, epochs: 4, seeds: [1, 2, 3]}
    nets: {fine: all, 4 classes: bottom-up depth 7, random: untrained}
    tests:
      fine-tuned: {tune: last, labels: all, epochs: 2}
      knn: {measure: knn}
      linear: {measure: linear}
      det: {task: pascal-det, data: voc2007}
      induction: {measure: induction, baseline: fine}
    reports:
      fig-2: {rows: nets, columns: [own, fine-tuned, knn, linear, det], plot: {x: classes, left: [own, fine-tuned], right: [knn]}, paper: {fine: {own: 91.2 ± .4, fine-tuned: 90.1}, 4 classes: {fine-tuned: 84.0}}}
      fig-4: {rows: [4 classes], columns: [induction.top1, induction.baseline1], plot: {x: classes, left: columns}}
    """

  private static let home = Home(explicit: "/nonexistent")
  private static let plan: StudyPlan = try! StudyPlan(StudyFile(name: "granularity", path: "granularity.yaml", study: StudyFile.parse(text, at: "granularity.yaml")), home: home)

  private static func run(_ work: StudyWork, _ state: RunState, step: Int) -> RunSummary {
    var progress = RunProgress()
    (progress.step, progress.steps) = (step, 400)
    return RunSummary(
      id: "20260101-000000-\(work.name)", name: work.name, path: "/home/runs/x", created: 0, state: state, dataset: "fashion-mnist", labelSet: "fine-10", classes: 10,
      network: "alexnet-28", epochs: 4, batchSize: 600, seed: work.seed, host: "box", progress: progress)
  }

  static func view(isRun: Bool = true, allDone: Bool = false) -> StudyView {
    var standing = StudyStanding(works: [])
    for (index, work) in plan.works.enumerated() {
      let accuracy = 0.95 - 0.03 * Double(index % 5) - 0.002 * Double(work.seed)
      var found = WorkStanding(
        state: .done, run: work.isMeasure ? nil : run(work, .finished, step: 400),
        metrics: ["accuracy": accuracy, "top1": accuracy - 0.01, "baseline1": accuracy + 0.02])
      if !allDone, work.seed == 3 || work.net == "4 classes" && work.seed == 2 {
        found = WorkStanding(state: work.parents.isEmpty ? .queued : .waiting)
        if work.net == "4 classes", work.test == nil, work.seed == 2 { found = WorkStanding(state: .running, run: run(work, .running, step: 130)) }
      }
      if !allDone, work.net == "random", work.test == "fine-tuned", work.seed == 2 { found = WorkStanding(state: .failed("no room is left on the disk"), run: run(work, .failed, step: 7)) }
      standing.works.append(found)
    }
    var view = StudyView(plan, standing, speeds: [:], isRun: isRun)
    // Of no machine.
    if view.estimate.trainings > 0 { view.estimate.seconds = 702 }
    return view
  }

  static var entries: [StudyEntry] {
    var first = StudyEntry(id: "granularity"), second = StudyEntry(id: "broken")
    (first.title, first.dataset, first.nets, first.tests, first.reports) = ("How many classes, and how fine", "fashion-mnist", 3, 5, 2)
    second.problem = "the study file has 2 errors: /home/studies/broken/study.yaml:3:1: unknown key “tset”; did you mean `tests`?"
    return [second, first]
  }

  /// The list; `isOpen`: the study.
  static func state(rows: Int, columns: Int, _ look: Look = Look(), isOpen: Bool, view: StudyView = StudiesFixtures.view()) -> AppState {
    var state = AppState(session: Session(dataset: "fashion-mnist", look: look, size: Size(rows: rows, columns: columns)), screen: .studies)
    _ = update(&state, .studies(.opened(StudyShelf(home: home, wordNet: nil, reader: RunsReader(home: home)))))
    let ticket = ticket(update(&state, .studies(.opened(StudyShelf(home: home, wordNet: nil, reader: RunsReader(home: home))))))
    _ = update(&state, .studies(.listed(entries, ticket: ticket)))
    guard isOpen else { return state }
    _ = update(&state, .key("j"))
    let opening = self.ticket(update(&state, .key(.enter)))
    _ = update(&state, .studies(.looked(view, ticket: opening)))
    return state
  }

  static func ticket(_ effects: [Effect]) -> Int {
    for case .studies(.look(_, _, let ticket, _)) in effects { return ticket }
    return 0
  }
}
