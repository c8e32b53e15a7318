import Analysis
import TUI
import Testing

@Suite struct EvaluationScreenTests {
  let fixtures: EvaluationFixtures

  init() throws { fixtures = try EvaluationFixtures() }

  private func questions(_ effects: [Effect]) -> [EvaluationQuestion] {
    effects.compactMap { if case .evaluation(.answer(_, let question, _, _)) = $0 { question } else { nil } }
  }

  private func copied(_ state: inout AppState) -> String? {
    for case .copy(let text) in update(&state, .key("Y")) { return text }
    return nil
  }

  @Test("Bars are sorted, the largest difference first, with their counts and how wrong the net is by the tree beside them")
  func bars() throws {
    var state = try fixtures.opened(Size(rows: 30, columns: 140))
    let differences = state.evaluation.coarseFine.rows.map(\.difference)
    #expect(!differences.isEmpty && differences == differences.sorted(by: >))
    let text = view(state).text
    for words in ["by the tree", "errors of 200 images", "right there", "members", "points"] { #expect(text.contains(words), "\(words)") }
    let rows = state.evaluation.coarseFine.rows.count
    try fixtures.press(&state, "+", "+", "+", "+", "+", "+")
    #expect(state.evaluation.coarseFine.rows.count < rows)
  }

  @Test("Enter on a bar opens the confusions behind it, Enter on one the neighbours of such an image, and Esc goes back")
  func behind() throws {
    var state = try fixtures.opened()
    try fixtures.press(&state, .enter)
    let behind = try #require(state.evaluation.coarseFine.behind)
    let members = fixtures.coarse.classes.first { $0.wnid == behind.confusions.wnid }?.members ?? []
    #expect(!behind.confusions.confusions.isEmpty && behind.confusions.confusions.allSatisfy { members.contains($0.truthWnid) })
    #expect(behind.confusions.confusions.map(\.images) == behind.confusions.confusions.map(\.images).sorted(by: >))
    var other = state
    try fixtures.press(&other, .enter)
    #expect(other.screen == .neighbors)
    try fixtures.press(&state, .escape)
    #expect(state.evaluation.coarseFine.behind == nil && state.screen == .evaluation)
  }

  @Test("The footer names the keys of the pane that is shown, and no others")
  func footer() throws {
    var state = try fixtures.opened(Size(rows: 30, columns: 140))
    func line() -> Substring { view(state).text.split(separator: "\n").last! }
    #expect(line().contains("m join") && !line().contains("Esc back") && !line().contains("g gallery") && !line().contains("L by label set"))
    try fixtures.press(&state, .enter)
    #expect(line().contains("Esc back") && !line().contains("+ more"))
    try fixtures.press(&state, .escape, "m")
    #expect(line().contains("Esc back") && line().contains("l alike by") && line().contains("a along the tree"))
    try fixtures.press(&state, "p")
    #expect(line().contains("L by label set") && line().contains("+ more") && !line().contains("m join"))
  }

  @Test("Suggested classes open in the tree as an edit that u takes back")
  func merges() throws {
    var state = try fixtures.opened(Size(rows: 30, columns: 100))
    try fixtures.press(&state, "m")
    #expect(state.evaluation.coarseFine.merges?.proposal != nil)
    for _ in 0..<40 where state.evaluation.coarseFine.merges?.proposal?.suggestion.groups.isEmpty == true { try fixtures.press(&state, "-") }
    let groups = try #require(state.evaluation.coarseFine.merges?.proposal?.suggestion.groups)
    try #require(!groups.isEmpty)
    try fixtures.press(&state, .enter)
    #expect(state.screen == .tree && state.tree.history?.isEdited == true)
    #expect(TreeScreenTests.classes(state) == 10 - groups.reduce(0) { $0 + $1.wnids.count - 1 })
    TreeScreenTests.press(&state, "u")
    #expect(TreeScreenTests.classes(state) == 10)
  }

  @Test("Classes that are no whole node open in the tree as joined ones, and are kept as a label set")
  func anywhere() throws {
    var state = try fixtures.opened()
    try fixtures.press(&state, "m", "-", "-", "-", "-", "-")
    let groups = try #require(state.evaluation.coarseFine.merges?.proposal?.suggestion.groups)
    try #require(!groups.isEmpty && state.evaluation.coarseFine.merges?.alongTree == false)
    try fixtures.press(&state, "s")
    guard case .evaluation(.save(let set, let command))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is saved")
      return
    }
    #expect(set.recipe.contains { if case .merge = $0 { true } else { false } } && set.name == "fine-joined")
    #expect(command.text().contains("--merge confusion"))
    try fixtures.press(&state, .enter)
    #expect(state.screen == .tree && TreeScreenTests.classes(state) == set.classes.count)
    let draft = try #require(state.tree.history).labelSet(name: "x", dataset: "fashion-mnist")
    #expect(draft.classes == set.classes)
    // What was joined may be taken apart there.
    let tree = try #require(state.tree.cutView?.partition.hierarchy)
    let member = try #require(tree.node(wnid: groups[0].wnids[0]))
    #expect(state.tree.outline?.index(of: member) != nil)
  }

  @Test("Runs that were not taught all fine classes stand in one table and one chart, with intervals and baseline")
  func induction() throws {
    var state = try fixtures.opened(Size(rows: 24, columns: 120))
    try fixtures.press(&state, "i")
    #expect(state.evaluation.induction.runs.count == 2 && state.evaluation.induction.baselines == [RunsFixtures.all[0].id])
    let text = view(state).text
    for words in ["coarse-4", "66.0–73.0", "├", "┤", "┃", "chance"] { #expect(text.contains(words), "\(words)") }
    let asked = questions(update(&state, .key("d")))
    let request = try #require(asked.first?.request as? InductionRequest, "the distance is not asked anew: \(asked)")
    #expect(request.metric == .cosine && request.space == NeighborSpace.features.rawValue && request.gallery == .train)
  }

  @Test("+ and - move the level of the tree that colours the map, and nothing is computed for it")
  func levels() throws {
    var state = try fixtures.opened()
    try fixtures.press(&state, "p")
    let coloured = try #require(state.evaluation.map.coloured)
    #expect(coloured.legend.reduce(0) { $0 + $1.points } == 200)
    let depth = state.evaluation.map.depth
    #expect(questions(update(&state, .key("-"))).isEmpty && state.evaluation.map.depth == depth - 1)
    #expect(state.evaluation.map.coloured!.legend.count <= coloured.legend.count)
    for _ in 0..<30 { _ = update(&state, .key("+")) }
    #expect(state.evaluation.map.coloured?.legend.count == 10)
    #expect(view(state).text.contains("41.2 % and 18.0 %"))
    try fixtures.press(&state, "L")
    #expect(state.evaluation.map.coloured?.legend.count == fixtures.coarse.classes.count)
  }

  @Test("What is asked again is not computed again; another question ends the one under way")
  func asked() throws {
    var state = try fixtures.opened()
    #expect(questions(update(&state, .key("c"))).isEmpty)
    let effects = update(&state, .key("+"))
    guard case .evaluation(.answer(_, _, let ticket, let cancellation))? = effects.first else {
      Issue.record("nothing is asked")
      return
    }
    _ = update(&state, .evaluation(.progress(ticket: ticket, WorkProgress(work: "fc8 of val", done: 30, total: 200))))
    #expect(view(state).text.contains("fc8 of val, 200 … 15 %"))
    _ = update(&state, .key("i"))
    #expect(cancellation.isCancelled)
    // Its answer comes too late.
    _ = update(&state, .evaluation(.failed(ticket: ticket, "cancelled")))
    #expect(!view(state).text.contains("✗ cancelled"))
  }

  @Test("Esc stops what is measured; a run that cannot be asked says why")
  func stopped() throws {
    var state = try fixtures.opened()
    guard case .evaluation(.answer(_, _, let ticket, let cancellation))? = update(&state, .key("+")).first else { return }
    _ = update(&state, .key(.escape))
    #expect(cancellation.isCancelled && view(state).text.contains("✗ stopped"))
    _ = update(&state, .evaluation(.failed(ticket: ticket, "cancelled")))
    guard case .evaluation(.answer(_, _, let next, _))? = update(&state, .key("-")).first else {
      // The question before was answered already.
      #expect(!view(state).text.contains("✗"))
      return
    }
    _ = update(&state, .evaluation(.failed(ticket: next, "the run was not taught fine classes")))
    #expect(view(state).text.contains("✗ the run was not taught fine classes"))
  }

  @Test("Pictures are written by a key, with the command that writes the same", arguments: ["c", "i", "p"] as [Key])
  func pictures(pane: Key) throws {
    var state = try fixtures.opened()
    try fixtures.press(&state, pane, "E")
    guard case .evaluation(.write(let picture, let path, mayReplace: false))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is written")
      return
    }
    #expect(path.hasSuffix(".png") && ["-o", "--map"].contains(picture.option))
    #expect(["coarse-fine", "induction", "features"].contains(picture.command.lines[0][0]))
    _ = update(&state, .evaluation(.exists(picture, path: path)))
    #expect(view(state).text.contains("Replace the file?"))
    guard case .evaluation(.write(_, _, mayReplace: true))? = update(&state, .key("y")).first else {
      Issue.record("a yes does not write")
      return
    }
  }

  @Test("Y copies the command that tells what the pane tells")
  func commands() throws {
    let run = RunsFixtures.all[0].id
    var state = try fixtures.opened()
    #expect(copied(&state) == "imagenet-tui coarse-fine \(run) --labels four --min-members 5 --top 0")
    try fixtures.press(&state, .enter)
    #expect(copied(&state)?.contains("--behind n0") == true)
    try fixtures.press(&state, .escape, "m", "+")
    #expect(copied(&state)?.hasSuffix("--merge confusion --least=0.12") == true)
    try fixtures.press(&state, "i")
    #expect(
      copied(&state) == "imagenet-tui induction \(RunsFixtures.all[1].id) \(RunsFixtures.all[3].id) --baseline \(run) --space features --metric l2 --gallery train")
    try fixtures.press(&state, "p")
    #expect(copied(&state) == "imagenet-tui features \(run) --layer features --depth \(state.evaluation.map.depth) --text")
  }

  @Test("The class under the tree's cursor becomes a query, and a run's key opens it here")
  func ways() throws {
    var state = try fixtures.opened()
    _ = update(&state, .tree(.counted([Int](repeating: 6, count: 10))))
    TreeScreenTests.press(&state, "1", "I")
    #expect(state.screen == .neighbors)
    state = RunsFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .key("M"))
    #expect(state.screen == .evaluation && state.evaluation.run == RunsFixtures.all[0].id)
  }

  @Test("A run is opened here from the list of runs and from its neighbours")
  func entered() throws {
    var state = try fixtures.opened()
    _ = update(&state, .perform(.show(.tree)))
    try fixtures.finish(&state, update(&state, .evaluation(.open(run: RunsFixtures.all[3].id))))
    #expect(state.evaluation.run == RunsFixtures.all[3].id)
    var neighbors = NeighborsFixtures.opened()
    _ = update(&neighbors, .key("M"))
    #expect(neighbors.screen == .evaluation && neighbors.evaluation.run == NeighborsFixtures.runs[0].run.id)
  }

  @Test("Without runs, and without coarse classes, the screen says what to do")
  func empty() throws {
    var state = try TreeScreenTests.state("fashion-mnist")
    _ = update(&state, .key("5"))
    _ = update(&state, .evaluation(.opened(FeatureContext(dataset: fixtures.dataset, runs: [], coarseSets: []))))
    #expect(view(state).text.contains("No run has a checkpoint yet"))
    _ = update(&state, .key("R"))
    #expect(state.notice?.text == "no run has a checkpoint yet")
    let one = FeatureContext(dataset: fixtures.dataset, runs: [fixtures.context.runs[0]], coarseSets: [])
    _ = update(&state, .evaluation(.opened(one)))
    #expect(view(state).text.contains("o chooses a label set"))
    _ = update(&state, .key("i"))
    #expect(view(state).text.contains("nothing to induce"))
  }

  @Test("Places are kept: pane, run and coarse classes")
  func place() throws {
    var state = try fixtures.opened()
    try fixtures.press(&state, "p")
    let place = try #require(state.evaluation.place)
    #expect(place.pane == .map && place.run == RunsFixtures.all[0].id && place.coarse == "four")
    var again = try TreeScreenTests.state("fashion-mnist")
    _ = update(&again, .recall(Places(evaluation: place)))
    try fixtures.press(&again, "5")
    #expect(again.evaluation.pane == .map && again.evaluation.map.coloured != nil)
  }

  @Test("A detector's classes have their average precision and errors by kind; Enter opens their images, the one with most errors first, and Enter there the picture alone")
  func detections() throws {
    var state = try fixtures.opened(Size(rows: 40, columns: 140))
    try fixtures.press(&state, "b")
    var text = view(state).text
    for words in ["mean AP 50.0 %", "all classes", "dog", "100.0", "Precision and recall"] { #expect(text.contains(words), "\(words)") }
    try fixtures.press(&state, .enter)
    text = view(state).text
    for words in ["2 images, most errors first", "✓ 1 right", "✗ 1 wrong", "○ 1 missed", "= 1 double", "✗ car 0.72", "✓ dog 0.93"] { #expect(text.contains(words), "\(words)") }
    let rows = text.split(separator: "\n").filter { $0.contains("00000") }
    #expect(rows.first!.contains("› 000001") && rows.last!.contains("000002"))
    try fixtures.press(&state, .enter)
    #expect(!view(state).text.contains("› 000001"))
    try fixtures.press(&state, .escape)
    #expect(view(state).text.contains("› 000001"))
    try fixtures.press(&state, .escape)
    #expect(view(state).text.contains("all classes"))
  }

  @Test("A higher score hides what is less sure, and what only that has found is missed; the average precision stays")
  func detectionScores() throws {
    var state = try fixtures.opened(Size(rows: 40, columns: 140))
    try fixtures.press(&state, "b", .enter)
    for _ in 0..<9 { try fixtures.press(&state, "+") }
    #expect(view(state).text.contains("scores of 0.95 or more") && view(state).text.contains("✓ 0 right") && view(state).text.contains("○ 2 missed"))
    try fixtures.press(&state, .escape)
    #expect(view(state).text.contains("mean AP 50.0 %"))
  }

  @Test("The command of the shown detections names run, class, image and score")
  func detectionCommands() throws {
    var state = try fixtures.opened(Size(rows: 40, columns: 140))
    try fixtures.press(&state, "b", "G")
    #expect(copied(&state) == "imagenet-tui detections 20260101-000000-det --class dog")
    try fixtures.press(&state, .enter)
    #expect(copied(&state) == "imagenet-tui detections 20260101-000000-det --image 000001 --least 0.50 --class dog")
  }
}
