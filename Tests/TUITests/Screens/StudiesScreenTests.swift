import Basics
import Files
import Studies
import TUI
import TestSupport
import Testing

@Suite struct StudiesScreenTests {
  private static func state(_ isOpen: Bool = true, view: StudyView = StudiesFixtures.view()) -> AppState {
    StudiesFixtures.state(rows: 40, columns: 140, isOpen: isOpen, view: view)
  }

  private static func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.reduce([]) { _, key in update(&state, .key(key)) }
  }

  @Test("6 lists the studies with what each is, and says of a damaged one what is wrong") func list() {
    let text = view(Self.state(false)).text
    #expect(text.contains("6 Studies") && text.contains("2 studies") && text.contains("✗ the study file has 2 errors"))
    #expect(text.contains("granularity") && text.contains("How many classes, and how fine"))
  }

  @Test("An opened study shows its tables with what is known, and how far it is") func tables() {
    let text = view(Self.state()).text
    #expect(text.contains("fig-2") && text.contains("fig-4") && text.contains("6 done") == false)
    #expect(text.contains("2/3") && text.contains("–") && text.contains("✗ 1 failed"))
    #expect(text.contains("paper 91.2 ± 0.4"))
  }

  @Test("The cell under the cursor tells each seed with its number, state and run; Enter goes to the run at work") func cell() {
    var state = Self.state()
    #expect(view(state).text.contains("fine · own: mean class accuracy"))
    _ = Self.press(&state, "j")
    #expect(state.studies.works.map(\.state) == [.done, .running, .queued])
    #expect(view(state).text.contains("32 % of 20260101-000000-granularity-4-classes-s2"))
    let effects = Self.press(&state, .enter)
    #expect(state.screen == .runs)
    #expect(!effects.contains { if case .studies = $0 { true } else { false } })
    // The failed one before those that are done.
    state = Self.state()
    _ = Self.press(&state, "j", "j", "l")
    #expect(state.studies.run == "20260101-000000-granularity-random-fine-tuned-s2")
    #expect(view(state).text.contains("no room is left on the disk"))
  }

  @Test("The cursor stays within the tables, whatever their shapes") func cursor() {
    var state = Self.state()
    _ = Self.press(&state, .end, "l", "l", "l", "l", "l", "l")
    #expect(state.studies.cursor == .init(row: 3, column: 1))
    _ = Self.press(&state, "k", "l", "l", "l", "l", "l", "l", "l")
    #expect(state.studies.cursor == .init(row: 2, column: 4))
    _ = Self.press(&state, "j")
    #expect(state.studies.cursor == .init(row: 3, column: 1))
    #expect(view(state).text.contains("4 classes · induction.baseline1"))
  }

  @Test("s and r ask before anything starts, and say why not where nothing is to be done") func starting() {
    var state = Self.state(view: StudiesFixtures.view(isRun: false))
    _ = Self.press(&state, "s")
    #expect(view(state).text.contains("Run granularity?"))
    let effects = Self.press(&state, "y")
    #expect(effects.contains { if case .studies(.start(_, "granularity", verb: "run")) = $0 { true } else { false } })
    _ = Self.press(&state, "r", "n")
    #expect(state.capture == nil)
    var busy = Self.state()
    _ = Self.press(&busy, "s")
    #expect(busy.notice?.text == "It is being run; x stops it")
    var done = Self.state(view: StudiesFixtures.view(isRun: false, allDone: true))
    _ = Self.press(&done, "s")
    #expect(done.notice?.text == "Everything is done")
    _ = Self.press(&done, "r")
    #expect(done.notice?.text == "Everything is done")
  }

  @Test("x asks the running ones to stop; nothing at work says so") func stopping() {
    var state = Self.state()
    #expect(Self.press(&state, "x").contains { if case .studies(.stop(_, "granularity", _)) = $0 { true } else { false } })
    var idle = Self.state(view: StudiesFixtures.view(isRun: false, allDone: true))
    _ = Self.press(&idle, "x")
    #expect(idle.notice?.text == "Nothing of it is at work")
  }

  @Test("p shows what is to be made and what it takes, and goes again") func plan() {
    var state = Self.state()
    _ = Self.press(&state, "p")
    #expect(view(state).text.contains("To make:") && view(state).text.contains("det: the task pascal-det is not there yet (3 cells)"))
    _ = Self.press(&state, .escape)
    #expect(!view(state).text.contains("To make:") && state.studies.opened == "granularity")
    _ = Self.press(&state, .escape)
    #expect(state.studies.opened == nil)
  }

  @Test("f draws the figure of the report under the cursor, again the next one; arrows go to and fro, Esc shows the tables") func figures() throws {
    var state = Self.state()
    #expect(state.studies.charts.map(\.report) == ["fig-2", "fig-4"])
    _ = Self.press(&state, "f")
    var text = view(state).text
    #expect(text.contains("figure 1 of 2") && text.contains("● own ←") && text.contains("▲ knn →") && text.contains("◇ fine-tuned, the paper ←"))
    #expect(text.contains("mean class accuracy, %") && text.contains("k-NN mean class accuracy, %") && text.contains("error bars: ± sample standard deviation; hollow: the paper’s numbers"))
    #expect(text.contains("not shown, as its number of classes is not known: random"))
    guard case .made(let command) = state.studies.command(state.session) else { throw Problem("no command") }
    #expect(try command().text() == "imagenet-tui study report granularity fig-2 --format svg")
    _ = Self.press(&state, "f")
    text = view(state).text
    #expect(text.contains("figure 2 of 2") && text.contains("induction top-1, %") && text.contains("┃ baseline"))
    _ = Self.press(&state, .right)
    #expect(view(state).text.contains("figure 1 of 2"))
    _ = Self.press(&state, .left, .down, .enter)
    #expect(view(state).text.contains("figure 2 of 2") && state.screen == .studies && state.notice?.text == "Esc shows the tables, whose cells have runs")
    _ = Self.press(&state, .escape)
    #expect(state.studies.page == .tables && state.studies.opened == "granularity")
    // From a table it is its own.
    _ = Self.press(&state, .end, "f")
    #expect(view(state).text.contains("figure 2 of 2"))
    var bare = StudiesFixtures.view()
    bare.figures = []
    _ = update(&state, .studies(.looked(bare, ticket: StudiesFixtures.ticket(update(&state, .studies(.done("", ShellCommand("study", "list"))))))))
    #expect(state.studies.page == .tables)
    _ = Self.press(&state, "f")
    #expect(state.notice?.text == "None of its reports has a plot")
  }

  @Test("A study whose file is broken says every fault") func broken() {
    var state = Self.state(false)
    let ticket = StudiesFixtures.ticket(Self.press(&state, .enter))
    var problem = Problem("the study file has 2 errors", at: "x.yaml", kind: .data)
    problem.details = ["x.yaml:3:1: unknown key “tset”", "x.yaml:4:7: unknown net “a”"]
    _ = update(&state, .studies(.broken("broken", problem, ticket: ticket)))
    #expect(view(state).text.contains("x.yaml:3:1: unknown key “tset”") && view(state).text.contains("x.yaml:4:7: unknown net “a”"))
  }

  @Test("n among the label sets makes a study of the marked ones, and shows it") func making() {
    var state = LibraryFixtures.state(rows: 40, columns: 140)
    let home = Home(explicit: "/nonexistent")
    _ = update(&state, .studies(.opened(StudyShelf(home: home, wordNet: nil, reader: .init(home: home)))))
    _ = Self.press(&state, " ")
    let effects = Self.press(&state, "n")
    #expect(state.screen == .studies)
    #expect(effects.contains { if case .studies(.make(_, ["coarse-4"])) = $0 { true } else { false } })
    let listing = StudiesFixtures.ticket(update(&state, .studies(.made("granularity"))))
    _ = update(&state, .studies(.listed(StudiesFixtures.entries, ticket: listing)))
    #expect(state.studies.opened == "granularity")
  }

  @Test("10,000 random keys leave a valid state that can be drawn", arguments: 0..<3 as Range<UInt64>) func randomKeys(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = Size(rows: Int.random(in: 10...40, using: &random), columns: Int.random(in: 40...140, using: &random))
    var state = StudiesFixtures.state(rows: size.rows, columns: size.columns, isOpen: true)
    let keys = StudiesScreen.bindings.flatMap(\.keys) + ["y", "n", .pick(0), .pick(1002), .pick(99_999)]
    for turn in 0..<10_000 {
      if state.screen != .studies { _ = update(&state, .perform(.show(.studies))) }
      let effects = update(&state, .key(keys.randomElement(using: &random)!))
      let ticket = StudiesFixtures.ticket(effects)
      if ticket > 0 {
        _ = update(&state, .studies(state.studies.opened == nil ? .listed(turn % 3 == 0 ? [] : StudiesFixtures.entries, ticket: ticket) : .looked(StudiesFixtures.view(isRun: turn % 2 == 0), ticket: ticket)))
      }
      if turn % 31 == 0 { #expect(view(state).size == size) }
    }
  }
}
