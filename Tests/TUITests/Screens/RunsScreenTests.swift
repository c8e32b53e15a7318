import Engine
import TUI
import Testing

@Suite("RunsScreen")
struct RunsScreenTests {
  private func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.flatMap { update(&state, .key($0)) }
  }

  private func runs(_ effects: [Effect]) -> [RunsScreen.Work] {
    effects.compactMap { if case .runs(let work) = $0 { work } else { nil } }
  }

  @Test("The list says state, progress and speed in words and numbers, the charts how it went")
  func overview() {
    #expect(
      view(RunsFixtures.state(rows: 24, columns: 80)).text == """
         imagenet-tui  1 Tree  2 Runs  3 Neighbours                      5 runs  2 live
             run                 state        step   done    loss  top-1  img/s     left
        › ▼  fine                ▶ running   1.20k   63 %    .412   .871    812   1m 47s
          ■  coarse-4            = paused      640   34 %    .153   .951      –        –
          ·  diverged            ✗ failed       12    0 %     NaN      –      –        –
          ·  coarse-9-…ong-name  ! lost        300   15 %    .600      –      –        –
          ·  first               ✓ finished  1.88k  100 %    .213   .912      –        –
        ─ training loss ─────────── smooth .9 ─ ─ top-1 on validation ──────────────────
            │⡄                                      │        ■                    ■ .775
            │⢣                                      │
        2.0 ┤⢸                                  .76 ┤
            │⠸⡄                                     │
            │⠘⡇                                     │
        1.5 ┤⡆⢹                                 .74 ┤
            │⢹⠘⡆                                    │                 ⡀           ▼ .727
        1.0 ┤⠘⡆⢳⡀                               .72 ┤               ⢀⠜
            │ ⢳⠘⢳⡀                                  │              ⡠⠃
            │ ⠈⢧⡀⠳⣄⡀                                │             ⡔⠁
         .5 ┤  ⠈⠳⣄⡀⠓⠦⣄⡀⡀                        .70 ┤           ⢠⠊
            │    ⠈⠙⠲⠦⣤⣀⣀⠒⠦⠤⢤⣀⣀⣀⡀⣀⣀⡀      ■ .242     │          ⡰⠁
            │        ⠉⠉⠉⠉  ⠉⠉⠉⠈⠉⠉⠉⠁      ▼ .226     │        ⢀⠎
            └┬────────┬───────┬────────┬ step       └┬────────┬────────┬────────┬ step
             0       500     1k      1.5k            0       500      1k      1.5k
         Enter open  Space overlay  t train  p pause  x stop  ? help  : command  q quit
        """)
  }

  @Test("In ASCII without colour, curves are letters and states keep their signs")
  func ascii() {
    let state = RunsFixtures.state(rows: 24, columns: 80, Look(glyphs: .ascii, colors: .mono))
    #expect(
      view(state).text == """
         imagenet-tui  1 Tree  2 Runs  3 Neighbours                      5 runs  2 live
             run                 state        step   done    loss  top-1  img/s     left
        > e  fine                > running   1.20k   63 %    .412   .871    812   1m 47s
          d  coarse-4            = paused      640   34 %    .153   .951      -        -
          .  diverged            x failed       12    0 %     NaN      -      -        -
          .  coarse-9-~ong-name  ! lost        300   15 %    .600      -      -        -
          .  first               + finished  1.88k  100 %    .213   .912      -        -
        - training loss ----------- smooth .9 - - top-1 on validation ------------------
            |e                                      |        d                    d .775
            |e                                      |
        2.0 +e                                  .76 +
            |ee                                     |
            |'e                                     |
        1.5 +de                                 .74 +
            |dee                                    |                 e           e .727
        1.0 +ddee                               .72 +               ee
            | d'ee                                  |              ee
            | dd.ee.                                |             ee
         .5 +  ddddeeee.                        .70 +           ee
            |    dddddddeeeeeeee...      d .242     |          ee
            |        ''dd  '''eeeee      e .226     |        ee
            ++--------+-------+--------+ step       ++--------+--------+--------+ step
             0       500     1k      1.5k            0       500      1k      1.5k
         Enter open  Space overlay  t train  p pause  x stop  ? help  : command  q quit
        """)
  }

  @Test("One run in full says what was asked for, how far it is, and its last log lines")
  func detail() {
    var state = RunsFixtures.state(rows: 40, columns: 140)
    _ = press(&state, .enter)
    let text = view(state).text
    for words in [
      "‹ ▼ fine  ▶ running", "step 1,200 of 1,876", "812 images/s", "fine, 10 classes", "top-1 .871",
      "accuracy on validation",
      "images a second", "epoch 1: top-1 .812",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    _ = press(&state, .escape)
    #expect(state.runs.detail == nil)
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
        for key in [Key.enter, .escape, "t", .escape, "x", "n", "L", "s", " "] {
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
    #expect(Set(state.runs.marks.values).count == RunsFixtures.all.count)
    let others = [RunsFixtures.run("newest", .running, created: 99), RunsFixtures.all[0]]
    _ = update(&state, .runs(.looked(RunsLook(runs: others))))
    #expect(state.runs.marks[RunsFixtures.all[0].id] == before)
  }

  @Test("Live runs are looked at four times a second, others every two seconds, and never twice at a time")
  func polling() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    func pause(_ runs: [RunSummary]) throws -> Int {
      let effects = update(&state, .runs(.looked(RunsLook(runs: runs))))
      guard case .later(let milliseconds, .runs(.poll)) = try #require(effects.first) else { return -1 }
      return milliseconds
    }
    let live = try pause(RunsFixtures.all)
    let finished = try pause([RunsFixtures.all[4]])
    #expect(live == 250 && finished == 2000)
    _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")))))
    #expect(runs(update(&state, .runs(.poll(ticket: 0)))).isEmpty)
    #expect(runs(update(&state, .runs(.poll(ticket: 1)))).count == 1)
  }

  @Test("Space keeps a run on the charts while the selection moves on, o takes all others off")
  func overlay() {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = press(&state, "o", "G", " ", "g")
    #expect(state.runs.overlaid == [RunsFixtures.all[4].id])
    _ = press(&state, "o")
    #expect(state.runs.overlaid.isEmpty)
  }

  @Test("A log axis and smoothing are said on the chart")
  func options() {
    var state = RunsFixtures.state(rows: 24, columns: 100)
    #expect(view(state).text.contains("smooth .9"))
    _ = press(&state, "L", "s")
    #expect(view(state).text.contains("smooth .98 · log y"))
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
    let keys: [Key] = [
      "j", "k", "g", "G", " ", "o", "p", "r", "x", "D", "y", "n", "L", "s", "t", "1", "2", "3", "?", ":", "7", "a", ".",
      .enter, .escape, .backspace, .up, .down, .left, .right, .tab, .pageUp, .pageDown, .home, .end, .delete,
    ]
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
