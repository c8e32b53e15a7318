import Files
import Runs
import TUI
import Testing
import Training

@Suite("RunsScreen")
struct RunsScreenTests {
  private func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.flatMap { update(&state, .key($0)) }
  }

  private func runs(_ effects: [Effect]) -> [RunsScreen.Work] {
    effects.compactMap { if case .runs(let work) = $0 { work } else { nil } }
  }

  @Test("One run in full says what was asked for, how far it is, and its last log lines")
  func detail() {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    _ = press(&state, .enter)
    let text = view(state).text
    for words in [
      "‹ ▼ fine  ▶ running", "step 1,200 of 1,876", "812 images/s", "fine, 10 classes", "top-1 87.1 %",
      "accuracy (val)",
      "images/s", "train", "epoch 1: top-1 81.2 %",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    _ = press(&state, .escape)
    #expect(state.runs.page == nil)
  }

  @Test("A run whose task has other metrics shows, filters and sorts by them, in the list, in full and on its charts")
  func otherMetrics() throws {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    let error = TaskMetric("boxError", heading: "boxError", direction: .lowerIsBetter, form: .number)
    var runs = RunsFixtures.all
    runs[0].progress.best = ValidationReport(
      step: 469, epoch: 1, loss: 1, metrics: MetricValues([error, TaskMetric("recall", heading: "recall", form: .number)], [12.5, 3]), images: 10, skipped: 0)
    runs[0].progress.validation = runs[0].progress.best
    _ = update(&state, .runs(.looked(RunsLook(runs: runs))))
    #expect(view(state).text.contains("12.5") && view(state).text.contains("boxError (val)"))
    _ = press(&state, "/")
    for key in "boxerror<13".map(Key.character) { _ = press(&state, key) }
    #expect(state.runs.list.count == 1)
    _ = press(&state, .enter, .enter)
    let text = view(state).text
    #expect(text.contains("boxError 12.5, recall 3.0") || text.contains("boxError 12.50, recall 3.00"), "\(text)")
    _ = press(&state, .escape, "/")
    for _ in "boxerror<13" { _ = press(&state, .backspace) }
    _ = press(&state, .enter)
    // What is lower at its best begins with the lowest; runs without it come last.
    _ = press(&state, "S")
    for key in "boxError".map(Key.character) { _ = press(&state, key) }
    _ = press(&state, .enter)
    #expect(state.runs.list.row == .run(runs[0]))
    #expect(state.runs.remembered?.order == "boxError")
  }

  @Test("Without runs the screen says how to get one")
  func empty() {
    var state = UpdateTests.state()
    _ = press(&state, "2")
    _ = update(&state, .runs(.looked(RunsLook(runs: []))))
    #expect(view(state).text.contains("No runs yet"))
    #expect(press(&state, "x").isEmpty)
    #expect(view(state).text.contains("there is no run yet; t launches one"))
  }

  @Test("No size and no terminal makes the screen fail", arguments: [Look(), Look(glyphs: .ascii, colors: .mono)])
  func sizes(look: Look) {
    for rows in [10, 12, 20, 24, 50] {
      for columns in [40, 60, 80, 140, 200] {
        var state = RunsFixtures.state(rows: rows, columns: columns, look)
        for key in [
          Key.enter, "z", "z", "z", "i", .escape, .escape, "t", .escape, "x", "n", "L", "s", " ", "/", .escape, "e", .escape, "S", .escape, "C",
          .escape, "b", "E", .escape,
        ] {
          _ = press(&state, key)
          let text = view(state).text
          #expect(text.contains("Runs"))
          if look.glyphs == .ascii { #expect(!text.contains { !$0.isASCII }) }
        }
      }
    }
  }

  @Test("Stopping asks first; only y stops, and Enter is no answer")
  func stopping() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    #expect(runs(press(&state, "x")).isEmpty)
    #expect(runs(press(&state, .enter)).isEmpty)
    #expect(state.runs.question != nil)
    #expect(runs(press(&state, "n")).isEmpty)
    #expect(state.runs.question == nil)
    guard case .stop(let run) = try #require(runs(press(&state, "x", "y")).first) else {
      Issue.record("no stop")
      return
    }
    #expect(run.path == RunsFixtures.all[0].path)
  }

  @Test("p pauses a run, and lets a paused one go on")
  func pausing() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    guard case .pause = try #require(runs(press(&state, "p")).first) else {
      Issue.record("no pause")
      return
    }
    _ = press(&state, "j")
    guard case .resume = try #require(runs(press(&state, "p")).first) else {
      Issue.record("no resume")
      return
    }
  }

  @Test("A verb is done to all marked runs that it can be done to, after one question")
  func several() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "V", "x")
    #expect(view(state).text.contains("Stop 2 runs?"))
    #expect(state.runs.question?.detail.contains("3 of the marked runs cannot be") == true)
    let stopped = runs(press(&state, "y")).compactMap { if case .stop(let run) = $0 { run.path } else { nil } }
    #expect(Set(stopped) == Set(RunsFixtures.all.prefix(2).map(\.path)))
    // What can be deleted is what is not live.
    _ = press(&state, "D")
    #expect(view(state).text.contains("Delete 3 runs?"))
    _ = press(&state, "n", "V")
    #expect(state.runs.list.marked.isEmpty)
  }

  @Test("The filter narrows the list while it is typed; half a term leaves it as it was and says why; Esc takes it back")
  func filter() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "/")
    for key in "state:fin".map(Key.character) { _ = press(&state, key) }
    #expect(state.runs.list.count == 1 && state.runs.selected?.name == "first")
    #expect(view(state).text.contains("1 of 5 shown"))
    for key in " acc>".map(Key.character) { _ = press(&state, key) }
    #expect(view(state).text.contains("✗ expected a value after acc>"))
    for key in ".9".map(Key.character) { _ = press(&state, key) }
    #expect(state.runs.list.count == 1 && !view(state).text.contains("✗ expected"))
    #expect(view(state).text.contains("1/5 runs"))
    _ = press(&state, .escape)
    #expect(state.runs.list.count == 5)
    _ = press(&state, "/", "f", "i", "r", "s", "t", .enter)
    #expect(state.runs.capture == nil && state.runs.list.count == 1)
    // New runs that do not fit do not appear.
    _ = update(&state, .runs(.looked(RunsLook(runs: [RunsFixtures.run("newest", .queued, created: 99)] + RunsFixtures.all))))
    #expect(state.runs.list.count == 1)
    _ = press(&state, .escape)
    #expect(state.runs.list.count == 6)
    // Where none fits, keys say that, and not that there is none.
    _ = press(&state, "/", "z", "z", "z", .enter, .enter)
    #expect(view(state).text.ranges(of: "no run matches").count == 2)
  }

  @Test("S sorts by a field, and by the same field the other way round")
  func sorting() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    func names() -> [String] { state.runs.list.rows.compactMap { if case .run(let run) = $0 { run.name } else { nil } } }
    func sort(_ field: String) {
      _ = press(&state, "S")
      for key in field.map(Key.character) { _ = press(&state, key) }
      _ = press(&state, .enter)
    }
    sort("best")
    #expect(names().prefix(3) == ["coarse-4", "first", "fine"])
    sort("best")
    #expect(names().prefix(3) == ["fine", "first", "coarse-4"])
    #expect(state.runs.selected?.name == "fine")
  }

  @Test("b folds each group to a line with mean and sample standard deviation, Enter unfolds it")
  func groups() throws {
    var state = RunsFixtures.state(rows: 24, columns: 140)
    _ = update(&state, .runs(.looked(RunsLook(runs: RunsFixtures.seeds))))
    _ = press(&state, "b", "g")
    #expect(state.runs.list.rows.count == 3)
    // .90, .91, .92
    let text = view(state).text
    #expect(text.contains("fine (3)") && text.contains("91.0 %") && text.contains("± 1.0"))
    _ = press(&state, .enter)
    #expect(state.runs.list.rows.count == 6)
    // A verb on the line of a group is for its runs.
    _ = press(&state, "v")
    #expect(state.runs.list.marked.count == 3)
  }

  @Test("What finished, failed, improved or was lost since the screens were left is told once")
  func news() {
    var state = RunsFixtures.news(rows: 24, columns: 100)
    let text = view(state).text
    #expect(text.contains("since you left  ! 1 lost  ✓ 1 finished  ▲ 1 improved"))
    _ = press(&state, "w")
    #expect(view(state).text.contains("best top-1 was 80.0 %"))
    _ = press(&state, .escape)
    #expect(state.runs.news.items.isEmpty && !view(state).text.contains("since you left"))
    // What happens from now on is news again: also when the screens are left.
    var lost = RunsFixtures.all
    lost[0].state = .lost
    _ = update(&state, .runs(.looked(RunsLook(runs: lost))))
    #expect(state.runs.news.items.map(\.kind) == [.lost])
    #expect(state.runs.remembered?.baseline?.open[RunsFixtures.all[0].id] != nil)
  }

  @Test("Colours and glyphs, order and axis are as they were left")
  func remembered() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "a")
    let left = try #require(state.runs.remembered)
    var next = AppState(session: state.session, screen: .runs)
    _ = update(&next, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), left)))
    // The oldest run is gone meanwhile: the others keep theirs.
    _ = update(&next, .runs(.looked(RunsLook(runs: Array(RunsFixtures.all.dropLast())))))
    for run in RunsFixtures.all.dropLast() { #expect(next.runs.marks[run.id] == state.runs.marks[run.id]) }
    #expect(next.runs.charts.window.unit == .epoch)
  }

  @Test("Tags of several runs change by what they have in common; what is not typed into stays")
  func notes() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    var tagged = RunsFixtures.all
    tagged[0].tags = ["paper", "old"]
    tagged[1].tags = ["paper", "new"]
    tagged[0].note = "mine"
    _ = update(&state, .runs(.looked(RunsLook(runs: tagged))))
    _ = press(&state, "g", "v", "v", "e")
    for _ in "paper" { _ = press(&state, .backspace) }
    for key in "thesis".map(Key.character) { _ = press(&state, key) }
    guard case .annotate(let changes) = try #require(runs(press(&state, .enter)).first) else {
      Issue.record("nothing is kept")
      return
    }
    #expect(changes.map(\.notes.tags) == [["old", "thesis"], ["new", "thesis"]])
    #expect(changes.map(\.notes.note) == ["mine", ""])
  }

  @Test("More epochs are asked for, and what they come to is said")
  func extending() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "G", "E")
    #expect(view(state).text.contains("8 epochs in total, was 4"))
    guard case .extend(let run, let epochs) = try #require(runs(press(&state, .enter)).first) else {
      Issue.record("nothing is extended")
      return
    }
    #expect(run.path == RunsFixtures.all[4].path && epochs == 4)
  }

  @Test("Two marked runs are compared, the older one first")
  func comparing() {
    var state = RunsFixtures.difference(rows: 40, columns: 140)
    let text = view(state).text
    for words in ["coarse-4", "workers", " results ", "best top-1"] { #expect(text.contains(words), "\(words)") }
    #expect(!text.contains("learning rate  "))
    _ = press(&state, .escape)
    #expect(state.runs.page == nil)
  }

  @Test("The classes of a run are listed from the worst to the best, and T shows one in the tree")
  func classes() throws {
    var state = try RunsFixtures.classes(rows: 40, columns: 140)
    guard case .classes(let page)? = state.runs.page else {
      Issue.record("no page")
      return
    }
    #expect(page.rows.first!.accuracy < page.rows.last!.accuracy)
    #expect(view(state).text.contains("% of the row"))
    let wnid = try #require(page.selected?.wnid)
    _ = press(&state, "T")
    #expect(state.screen == .tree && state.tree.line.map { state.tree.hierarchy!.wnid($0.node) } == wnid)
  }

  @Test("A class that is nearly always right is not said to be taken for another in 0 % of its images")
  func nearlyRight() throws {
    var state = try RunsFixtures.classes(rows: 40, columns: 140)
    guard case .classes(let page)? = state.runs.page, var classes = page.classes else {
      Issue.record("no page")
      return
    }
    let pairs = (0..<1000).map { UInt64(0) << 32 | UInt64($0 < 3 ? 1 : 0) } + (1..<10).map { UInt64($0) << 32 | UInt64($0) }
    classes.results = ClassResults(step: 1, epoch: 1, classes: 10, pairs: pairs)
    _ = update(&state, .runs(.classes(run: page.id, .success(classes))))
    #expect(view(state).text.contains("<1 % as") && !view(state).text.contains(" 0 % as"))
  }

  @Test("z gives the charts the whole screen, then one of them; Esc goes back")
  func layouts() {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    _ = press(&state, "z")
    #expect(view(state).text.contains("learning rate") && !view(state).text.contains("state"))
    _ = press(&state, ".", "z")
    #expect(view(state).text.contains("top-1 (val)") && !view(state).text.contains("learning rate"))
    _ = press(&state, .escape)
    #expect(state.runs.charts.layout == .beside)
  }

  @Test("A crosshair tells the values of all curves, and Esc takes it away")
  func crosshair() {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    let before = view(state).text
    for _ in 0..<30 { _ = press(&state, .left) }
    #expect(view(state).text.contains("┼") && view(state).text != before)
    _ = press(&state, .escape)
    #expect(view(state).text == before)
  }

  @Test("Ten thousand runs are listed by their window alone")
  func many() {
    let runs = (0..<10_000).map { RunsFixtures.run("run-\($0)", .finished, step: $0, created: Double(10_000 - $0)) }
    var state = RunsFixtures.state(rows: 40, columns: 140)
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), RememberedRuns())))
    // The second look is for the run that is selected by then.
    for _ in 0..<2 { _ = update(&state, .runs(.looked(RunsLook(runs: runs, selected: state.runs.selected?.id)))) }
    let wanted = runs.count - 1
    _ = press(&state, "G")
    #expect(state.runs.selected?.name == "run-\(wanted)")
    let effects = update(&state, .runs(.settled(run: state.runs.selected?.id)))
    guard case .look(_, let request)? = self.runs(effects).first else {
      Issue.record("nothing is looked at")
      return
    }
    #expect(request.known.count < 40 && !request.refreshes)
  }

  @Test("While runs are read for the first time those that were read are listed, and nothing that is not read yet counts as gone")
  func reading() throws {
    var state = AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: Size(rows: 24, columns: 100)), screen: .runs)
    var left = RememberedRuns()
    left.overlaid = [RunsFixtures.all[4].id]
    left.selected = RunsFixtures.all[4].id
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), left)))
    let part = Array(RunsFixtures.all.prefix(2))
    let effects = update(&state, .runs(.looked(RunsLook(runs: part, unread: 3, selected: part[0].id))))
    #expect(view(state).text.contains("2 of 5 read") && view(state).text.contains("coarse-4"))
    #expect(state.runs.remembered == nil)
    guard case .look(_, let request)? = runs(effects).first else {
      Issue.record("the others are not read")
      return
    }
    #expect(request.refreshes)
    _ = update(&state, .runs(.looked(RunsFixtures.look)))
    #expect(view(state).text.contains("5 runs") && !view(state).text.contains(" read"))
    #expect(state.runs.selected?.name == "first" && state.runs.charts.overlaid == left.overlaid)
  }

  @Test("Who moves the cursor while runs are read is not taken away from there")
  func movedMeanwhile() {
    var state = AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: Size(rows: 24, columns: 100)), screen: .runs)
    var left = RememberedRuns()
    left.selected = RunsFixtures.all[4].id
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), left)))
    _ = update(&state, .runs(.looked(RunsLook(runs: Array(RunsFixtures.all.prefix(3)), unread: 2))))
    _ = press(&state, "j")
    _ = update(&state, .runs(.looked(RunsFixtures.look)))
    #expect(state.runs.selected?.name == "coarse-4")
  }

  @Test("What cannot be done says why")
  func obstacles() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    #expect(press(&state, "r").isEmpty)
    #expect(state.notice?.text == "this run is running or finished")
    #expect(press(&state, "D").isEmpty)
    #expect(state.notice?.text == "stop it before deleting it")
    _ = press(&state, "G", "x")
    #expect(state.notice?.text == "this run is not running")
  }

  @Test("The footer names what can be done with the selected run: a live one stops, a lost one resumes, a finished one neither")
  func footer() throws {
    typealias Case = (down: Int, named: [String], not: [String])
    for (down, named, not) in [
      (0, ["p pause", "x stop"], ["r resume"]), (3, ["r resume"], ["p pause", "x stop"]), (4, [], ["p pause", "r resume", "x stop"]),
    ] as [Case] {
      var state = RunsFixtures.state(rows: 24, columns: 80)
      for _ in 0..<down { _ = press(&state, "j") }
      let line = try #require(view(state).text.split(separator: "\n").last)
      for words in named { #expect(line.contains(words), "\(words) after \(down)") }
      for words in not { #expect(!line.contains(words), "\(words) after \(down)") }
    }
  }

  @Test("A lost run is resumed with r")
  func resuming() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    guard case .resume(let run) = try #require(runs(press(&state, "j", "j", "j", "r")).last) else {
      Issue.record("no resume")
      return
    }
    #expect(run.path == RunsFixtures.all[3].path)
  }

  @Test("The selection stays on its run when a newer one appears above it")
  func selectionStays() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "j")
    let newest = RunsFixtures.run("newest", .queued, created: 99)
    _ = update(&state, .runs(.looked(RunsLook(runs: [newest] + RunsFixtures.all))))
    #expect(state.runs.selected?.name == "coarse-4")
    _ = update(&state, .runs(.changed(select: newest.id)))
    #expect(state.runs.selected?.name == "newest")
  }

  @Test("A run keeps its colour and glyph when others come and go")
  func marksStay() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    let before = state.runs.marks[RunsFixtures.all[0].id]
    #expect(Set(state.runs.marks.numbers.values).count == RunsFixtures.all.count)
    let others = [RunsFixtures.run("newest", .running, created: 99), RunsFixtures.all[0]]
    _ = update(&state, .runs(.looked(RunsLook(runs: others))))
    #expect(state.runs.marks[RunsFixtures.all[0].id] == before)
  }

  @Test("Live runs are looked at twice a second, others every two seconds, and never twice at a time")
  func polling() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    func pause(_ runs: [RunSummary]) throws -> Int {
      let effects = update(&state, .runs(.looked(RunsLook(runs: runs))))
      guard case .later(let milliseconds, .runs(.poll)) = try #require(effects.first) else { return -1 }
      return milliseconds
    }
    let live = try pause(RunsFixtures.all)
    let finished = try pause([RunsFixtures.all[4]])
    #expect(live == 500 && finished == 2000)
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), RememberedRuns())))
    // That look is under way: others wait for it, and are one.
    _ = press(&state, "j", "k", "j")
    let settled = RunsScreen.Event.settled(run: state.runs.selected?.id)
    #expect(runs(update(&state, .runs(settled))).isEmpty)
    let effects = update(&state, .runs(.looked(RunsLook(runs: RunsFixtures.all))))
    #expect(runs(effects).count == 1)
    #expect(runs(update(&state, .runs(.poll(ticket: 0)))).isEmpty)
  }

  @Test("Space keeps a run on the charts while the selection moves on, o takes all others off")
  func overlay() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "o", "G", " ", "g")
    #expect(state.runs.charts.overlaid == [RunsFixtures.all[4].id])
    _ = press(&state, "o")
    #expect(state.runs.charts.overlaid.isEmpty)
  }

  @Test("A log axis and smoothing are said on the chart")
  func options() {
    var state = RunsFixtures.state(rows: 24, columns: 100)
    #expect(view(state).text.contains("smooth 0.9"))
    _ = press(&state, "L", "s")
    #expect(view(state).text.contains("smooth 0.98 · log y"))
    _ = press(&state, "s")
    #expect(!view(state).text.contains("smooth .") && view(state).text.contains("log y"))
  }

  @Test("n shows the neighbours of the selected run")
  func neighbors() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    let effects = press(&state, "n")
    #expect(state.screen == .neighbors)
    #expect(effects.contains { if case .neighbors(.open) = $0 { true } else { false } })
  }

  @Test("n is for all marked runs of one dataset that have a checkpoint")
  func neighborsOfMarked() throws {
    var elsewhere = RunsFixtures.run("elsewhere", .finished, step: 9)
    elsewhere.dataset = "stamps"
    let runs = [
      RunsFixtures.run("one", .finished, step: 10), RunsFixtures.run("waiting", .queued), elsewhere, RunsFixtures.run("two", .running, step: 5),
    ]
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .runs(.looked(RunsLook(runs: runs))))
    _ = press(&state, "V")
    #expect(state.runs.targets.count == 4)
    #expect(state.runs.withFeatures.map(\.name).sorted() == ["one", "two"])
  }

  @Test("Hostile names and problems reach the screen as visible escapes only")
  func hostile() {
    var bad = RunsFixtures.run("evil\u{1b}[31m", .failed, problem: "no\u{1b}]0;x\u{7} luck", created: 1)
    bad.labelSet = "a\u{202E}b"
    var state = RunsFixtures.state(rows: 24, columns: 140)
    _ = update(&state, .runs(.looked(RunsLook(runs: [bad]))))
    for key in [Key.enter, .escape, "D"] {
      #expect(!view(state).text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
      _ = press(&state, key)
    }
  }

  @Test("Any keys in any order leave a screen that can be drawn", arguments: 0..<20)
  func anyKeys(seed: Int) {
    var random = TestRandom(seed: seed)
    var state = RunsFixtures.state(rows: 24, columns: 80)
    let keys = RunsScreen.bindings.flatMap(\.keys) + ["y", "n", "1", "2", "3", "?", ":", "7", "a", ".", .tab, .delete]
    for _ in 0..<300 {
      _ = update(&state, .key(keys.randomElement(using: &random)!))
      if Int.random(in: 0..<20, using: &random) == 0 {
        let some = RunsFixtures.all.filter { _ in Bool.random(using: &random) }
        _ = update(&state, .runs(.looked(RunsLook(runs: some))))
      }
      #expect(view(state).size.columns == 80)
    }
  }
}

/// Random numbers that are the same in every test run.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
