import Analysis
import Datasets
import TUI
import Taxonomy
import Testing

@Suite("NeighborsScreen")
struct NeighborsScreenTests {
  @Test("Several runs are opened below each other, the fine one first")
  func several() {
    var state = NeighborsFixtures.opened(rows: 40, columns: 120)
    _ = update(&state, .neighbors(.open(runs: NeighborsFixtures.runs.reversed().map(\.run.id))))
    let context = FeatureContext(
      dataset: TinyDataset(), runs: NeighborsFixtures.runs, coarseSets: [NeighborsFixtures.coarse], suggestedCoarse: NeighborsFixtures.coarse)
    _ = update(&state, .neighbors(.opened(context)))
    #expect(state.neighbors.rows.map(\.labelSet.name) == ["fine-4", "coarse-3"])
    // One of them that is looked at again stays among them.
    _ = update(&state, .neighbors(.open(runs: [NeighborsFixtures.runs[1].run.id])))
    _ = update(&state, .neighbors(.opened(context)))
    #expect(state.neighbors.rows.count == 2)
  }

  @Test("Imported features stand beside runs: with the name of their layer, without a step, and named so in the command")
  func imported() throws {
    var state = NeighborsFixtures.opened(rows: 40, columns: 120)
    var run = NeighborsFixtures.runs[0].run
    (run.id, run.name, run.network, run.classes) = ("features/clip", "clip", "image-embedding", 0)
    let none = LabelSet(name: "none", dataset: "tiny", policy: .name, recipe: [], classes: [], leftOut: [])
    let context = FeatureContext(
      dataset: TinyDataset(), runs: NeighborsFixtures.runs + [.init(run: run, labelSet: none)], coarseSets: [NeighborsFixtures.coarse],
      suggestedCoarse: NeighborsFixtures.coarse)
    _ = update(&state, .neighbors(.opened(context)))
    _ = update(&state, .neighbors(.open(runs: ["features/clip", NeighborsFixtures.runs[0].run.id])))
    _ = update(&state, .neighbors(.opened(context)))
    NeighborsFixtures.answer(&state)
    #expect(state.neighbors.rows.map(\.run.id).last == "features/clip")
    let text = view(state).text
    #expect(text.contains("clip  imported ") && !text.contains("was not a separate class"), "\(text)")
    _ = update(&state, .key(.down))
    #expect(state.neighbors.spaceName == "image-embedding")
    guard case .made(let command) = state.neighbors.command(state.session) else {
      Issue.record("there is a command")
      return
    }
    #expect(try command().lines[0].contains("features/clip"))
  }

  private func searches(_ effects: [Effect]) -> [NeighborsRequest] {
    effects.compactMap { if case .neighbors(.search(_, let request, _, _)) = $0 { request } else { nil } }
  }

  @Test("A row of neighbours: pictures in frames of verdict, distance and class, and the tallies")
  func row() {
    #expect(
      view(NeighborsFixtures.opened(runs: 2)).text == """
         1 2 3 Neighbours 4 5 6             query shirt val/0  fc7  L2  coarse coarse-3
        › fine  4 classes, step 1.20k, 3 of 3         ✓ 1 right  ≈ 2 coarse  ✗ 4 wrong
        ┌ query ───┐ ┏› 0.500 ━━┓ ┏ 12.3 ━━━━┓ ┏ 31.3 ━━━━┓ ┏ 33.8 ━━━━┓ ┏ 34.0 ━━━━┓
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        └ shirt ───┘ ┗✓ shirt━━━┛ ┗≈ coat━━━━┛ ┗✗ bag━━━━━┛ ┗≈ coat━━━━┛ ┗✗ boot━━━━┛
        ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ shirt was not a separate class in training ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
          coarse-4  3 classes, step 640     ✓ 1 right  ≈ 2 coarse  ✗ 4 wrong   1–5 of 7
        ┌ query ───┐ ┏ 0.500 ━━━┓ ┏ 12.3 ━━━━┓ ┏ 31.3 ━━━━┓ ┏ 33.8 ━━━━┓ ┏ 34.0 ━━━━┓
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        │          │ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃ ┃          ┃
        └ shirt ───┘ ┗✓ shirt━━━┛ ┗≈ coat━━━━┛ ┗✗ bag━━━━━┛ ┗≈ coat━━━━┛ ┗✗ boot━━━━┛



         query  ≈ garment in coarse-3, 3 classes  val/0                shirt  n00000000
         1      ✓ 0.500  train/1                                       shirt  n00000000
         Enter walk  Backspace back  r random  c class        ? help  : command  q quit
        """)
  }

  @Test("The zoom shows the query and the neighbour with what they are")
  func zoom() {
    var state = NeighborsFixtures.opened()
    _ = update(&state, .key(.right))
    _ = update(&state, .key("z"))
    let text = view(state).text
    #expect(text.contains("shirt  n00000000") && text.contains("coat  n00000001") && text.contains("in garment"))
    _ = update(&state, .key(.escape))
    #expect(!state.neighbors.isZoomed)
  }

  @Test("Frames are green, orange and red, and carry the glyph of their verdict")
  func verdicts() {
    let canvas = view(NeighborsFixtures.opened())
    var colors: [String: Color] = [:]
    for row in 0..<canvas.size.rows {
      for column in 0..<canvas.size.columns {
        let glyph = String(Character(canvas[row, column].scalar))
        if ["✓", "≈", "✗"].contains(glyph), row > 2 { colors[glyph] = canvas[row, column].style.foreground }
      }
    }
    #expect(colors == ["✓": .good, "≈": .near, "✗": .bad])
    #expect(canvas.text.contains("✓ 1 right  ≈ 2 coarse  ✗ 4 wrong"))
  }

  @Test("Enter makes the neighbour the query, Backspace goes back the whole way")
  func walking() throws {
    var state = NeighborsFixtures.opened()
    let start = state.neighbors.query
    let effects = update(&state, .key(.right)) + update(&state, .key(.enter))
    #expect(searches(effects).first?.query == ImageReference(.train, 2))
    NeighborsFixtures.answer(&state)
    _ = update(&state, .key(.enter))
    #expect(state.neighbors.query == ImageReference(.train, 1))
    NeighborsFixtures.answer(&state)
    let length = state.neighbors.history.count
    for _ in 0..<2 { _ = update(&state, .key(.backspace)) }
    #expect(state.neighbors.query == start && state.neighbors.history.count == length - 2)
  }

  @Test("A search under way is finished before the next begins, and only the last query is searched")
  func oneSearchAtATime() {
    var state = NeighborsFixtures.opened()
    #expect(searches(update(&state, .key("m"))).count == 1)
    #expect(searches(update(&state, .key("f"))).isEmpty)
    #expect(searches(update(&state, .key("m"))).isEmpty)
    var started: [NeighborsRequest] = []
    for ticket in 1...60 { started += searches(update(&state, .neighbors(.searched(ticket: ticket)))) }
    #expect(started.count == 1 && started.first?.space == .scores && started.first?.metric == .l2)
  }

  @Test("A net begins in its own features, and f goes to the scores that it has", arguments: [
    ("alexnet-28", "fc7", "fc8"), ("resnet8-28", "pool5", "fc"),
  ])
  func spaces(network: String, features: String, scores: String) {
    #expect(NeighborSpace.features.layer(of: network) == features)
    #expect(NeighborSpace.scores.layer(of: network) == scores)
  }

  @Test("An answer to an older question is dropped")
  func stale() {
    var state = NeighborsFixtures.opened()
    _ = update(&state, .key("m"))
    let stale = FoundRow(run: NeighborsFixtures.runs[0].run.id, standing: .found(NeighborsFixtures.found))
    _ = update(&state, .neighbors(.found(ticket: 1, stale)))
    #expect(state.neighbors.rows[0].standing == .waiting)
  }

  @Test("While features are computed the screen says how far it is, and Esc ends it")
  func computing() throws {
    var state = NeighborsFixtures.opened(rows: 40, columns: 140)
    let effects = update(&state, .key("m"))
    guard
      case .neighbors(.search(_, _, let ticket, let cancellation)) = try #require(
        effects.first { if case .neighbors(.search) = $0 { true } else { false } })
    else { return }
    let run = NeighborsFixtures.runs[0].run.id
    _ = update(
      &state, .neighbors(.found(ticket: ticket, FoundRow(run: run, standing: .computing(WorkProgress(work: "computing fc7 of train", done: 20_400, total: 60_000))))))
    #expect(view(state).text.contains("computing fc7 of train, 60,000 … 34 %   Esc cancels"))
    // Once the first batches are measured, what it costs; and to what it gives way.
    let measured = WorkProgress(work: "computing fc7 of train", done: 20_400, total: 60_000, rate: 310, training: "fine-long")
    _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: run, standing: .computing(measured)))))
    #expect(view(state).text.contains("computing fc7 of train, 60,000 … 34 %, 2m 08s left   Esc cancels"))
    #expect(view(state).text.contains("20,400 done, 310/s, at low priority while fine-long trains"))
    #expect(!cancellation.isCancelled)
    _ = update(&state, .key(.escape))
    #expect(cancellation.isCancelled)
    _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: run, standing: .failed("cancelled")))))
    #expect(view(state).text.contains("✗ cancelled"))
  }

  @Test("Runs stand from fine to coarse, with a dotted line where the query's class is no class any more")
  func boundary() {
    let state = NeighborsFixtures.opened(rows: 40, columns: 140, runs: 2)
    #expect(state.neighbors.rows.map(\.labelSet.name) == ["fine-4", "coarse-3"])
    let lines = view(state).text.split(separator: "\n")
    let dotted = lines.firstIndex { $0.contains("shirt was not a separate class in training") }
    let coarse = lines.firstIndex { $0.contains("coarse-4") }
    #expect(dotted != nil && coarse != nil && dotted! < coarse!)
  }

  @Test(". and , go to the next and the previous image of the class")
  func stepping() {
    var state = NeighborsFixtures.opened()
    _ = update(&state, .key(.right))
    _ = update(&state, .key(.enter))
    _ = update(&state, .key("."))
    #expect(state.neighbors.query == ImageReference(.train, 3))
    _ = update(&state, .key("."))
    #expect(state.neighbors.query == ImageReference(.train, 2))
    _ = update(&state, .key(","))
    #expect(state.neighbors.query == ImageReference(.train, 3))
  }

  @Test("c chooses a class by typing, and an image of it becomes the query")
  func choosingClass() {
    var state = NeighborsFixtures.opened()
    for key in ["c", "b", "o", "o", .enter] as [Key] { _ = update(&state, .key(key)) }
    #expect(NeighborsFixtures.label(state) == 3)
    #expect(view(state).text.contains("└ boot"))
  }

  @Test("A file from outside becomes the query once it was read; it has no class, and its neighbours no verdict")
  func file() {
    var state = NeighborsFixtures.opened(rows: 40, columns: 140)
    for key in ["i", "/", "a", ".", "p", "n", "g"] as [Key] { _ = update(&state, .key(key)) }
    #expect(view(state).text.contains("/a.png"))
    guard case .neighbors(.openFile(path: "/a.png"))? = update(&state, .key(.enter)).first else {
      Issue.record("no file is opened")
      return
    }
    #expect(state.capture == nil)
    let picture = Thumbnail(Picture(width: 1, height: 1, channels: 1, pixels: [9]))
    let effects = update(&state, .neighbors(.file(path: "/a.png", picture)))
    #expect(searches(effects).first?.query == .file(path: "/a.png"))
    NeighborsFixtures.answer(&state)
    let text = view(state).text
    #expect(text.contains("query a.png file") && text.contains("└ a.png"))
    #expect(!text.contains("✓") && !text.contains("≈") && !text.contains("✗"))
    _ = update(&state, .key("."))
    #expect(state.notice?.text == "an image file has no class")
    _ = update(&state, .key(.backspace))
    #expect(state.neighbors.query.map { if case .image = $0 { true } else { false } } == true)
  }

  @Test("Esc leaves the prompt for a file, and nothing is opened")
  func noFile() {
    var state = NeighborsFixtures.opened()
    #expect(update(&state, .key("i")).isEmpty && update(&state, .key("x")).isEmpty)
    #expect(update(&state, .key(.escape)).isEmpty)
    #expect(state.capture == nil)
  }

  @Test("The coarse label set decides orange")
  func choosingCoarse() {
    var state = NeighborsFixtures.opened()
    #expect(state.neighbors.coarse?.name == "coarse-3")
    for key in ["o", .end, .enter] as [Key] { _ = update(&state, .key(key)) }
    #expect(state.neighbors.coarse?.name == "fine-4")
    #expect(view(state).text.contains("≈ 0 coarse"))
  }

  @Test("v shows one verdict after the other, then all again; the tallies count them all")
  func filter() {
    var state = NeighborsFixtures.opened(rows: 24, columns: 200)
    for (verdict, count) in [(Verdict.fine, 1), (.coarse, 2), (.wrong, 4)] {
      _ = update(&state, .key("v"))
      #expect(state.neighbors.filter == verdict && state.neighbors.shown(0).count == count)
      #expect(view(state).text.contains("✓ 1 right  ≈ 2 coarse  ✗ 4 wrong"))
    }
    _ = update(&state, .key(.escape))
    #expect(state.neighbors.filter == nil && state.neighbors.shown(0).count == 7)
  }

  @Test("[ and ] go over the checkpoints of the selected run alone, and what it shows stays until the answer is there")
  func scrub() throws {
    var state = NeighborsFixtures.opened(runs: 2)
    let run = NeighborsFixtures.runs[0].run.id
    #expect(state.neighbors.rows[0].step == 1200 && view(state).text.contains("step 1.20k, 3 of 3"))
    _ = update(&state, .key("]"))
    #expect(state.notice?.text == "this is the last checkpoint")
    let asked = try #require(searches(update(&state, .key("["))).first)
    #expect(asked.runs.map(\.id) == [run] && asked.runs[0].step == 800)
    #expect(state.neighbors.neighbors(0) == NeighborsFixtures.found && view(state).text.contains("step 800, 2 of 3"))
    // One more before the answer: the answer to 800 counts no more.
    #expect(searches(update(&state, .key("["))).isEmpty)
    let fewer = Array(NeighborsFixtures.found.dropLast(3))
    for ticket in 1...60 { _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: run, standing: .found(fewer), step: 800)))) }
    #expect(state.neighbors.neighbors(0) == NeighborsFixtures.found)
    var next: [NeighborsRequest] = []
    for ticket in 1...60 { next += searches(update(&state, .neighbors(.searched(ticket: ticket)))) }
    #expect(next.map { $0.runs.map(\.step) } == [[400]])
    for ticket in 1...60 { _ = update(&state, .neighbors(.found(ticket: ticket, FoundRow(run: run, standing: .found(fewer), step: 400)))) }
    #expect(state.neighbors.neighbors(0) == fewer && state.neighbors.rows[0].step == 400)
  }

  @Test("Surprising queries: asked of the first and the last run, listed in both kinds, and one becomes the query")
  func surprising() throws {
    var state = NeighborsFixtures.opened()
    _ = update(&state, .key("s"))
    #expect(state.notice?.text == "choose two or more runs with R")
    state = NeighborsFixtures.opened(runs: 2)
    guard case .neighbors(.surprise(_, let request, let cancellation))? = update(&state, .key("s")).first else {
      Issue.record("nothing is looked for")
      return
    }
    #expect(request.runs.map(\.id) == NeighborsFixtures.runs.map(\.run.id))
    _ = update(&state, .neighbors(.surprising(.computing(WorkProgress(work: "fc7 of val", done: 1, total: 4)))))
    #expect(view(state).text.contains("fc7 of val, 4 … 25 %"))
    var stopped = state
    _ = update(&stopped, .key(.escape))
    #expect(cancellation.isCancelled)
    let found = [
      SurprisingQuery(image: 2, label: 2, fine: 0, coarse: 4, isCoarseRight: true),
      SurprisingQuery(image: 3, label: 3, fine: 5, coarse: 1, isCoarseRight: false),
    ]
    for case .send(let message) in update(&state, .neighbors(.surprising(.found(found)))) { _ = update(&state, message) }
    // It may have taken minutes: what is typed meanwhile is not for a list.
    #expect(state.neighbors.picker == nil && view(state).text.contains("Found 2 images on which the two nets differ: s lists them"))
    _ = update(&state, .key("s"))
    let text = view(state).text
    #expect(text.contains("✓ only coarse-4  4 vs 0 of 5") && text.contains("✓ only fine  1 vs 5 of 5"))
    let effects = update(&state, .key(.down)) + update(&state, .key(.enter))
    #expect(searches(effects).first?.query == .image(.val, 3))
    // Asked again, they are there.
    NeighborsFixtures.answer(&state)
    #expect(update(&state, .key("s")).isEmpty && state.neighbors.picker?.choice == .surprising)
  }

  @Test("E asks for a path and writes what the command writes, over a file only after a yes")
  func montage() throws {
    var state = NeighborsFixtures.opened(runs: 2)
    _ = update(&state, .key("E"))
    guard case .neighbors(.writePicture(_, let montage, let path, mayReplace: false))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is written")
      return
    }
    #expect(path == "fine-neighbours.png" && montage.found.map(\.step) == [1200, 640] && montage.label == 0)
    let words = montage.command.text()
    #expect(words.contains("20260101-000000-fine@1200 20260101-000000-coarse-4@640 --space features --query") && words.contains("-k 10"))
    _ = update(&state, .neighbors(.pictureExists(montage, path: path)))
    #expect(view(state).text.contains("Replace the file?"))
    guard case .neighbors(.writePicture(_, _, _, mayReplace: true))? = update(&state, .key("y")).first else {
      Issue.record("a yes does not write")
      return
    }
  }

  @Test("The line below tells the query's coarse class, the neighbour's verdict and distance, and where both stand in the tree")
  func paths() throws {
    let fixtures = try EvaluationFixtures()
    var state = try fixtures.opened(Size(rows: 30, columns: 140))
    _ = update(&state, .perform(.show(.neighbors)))
    _ = update(&state, .neighbors(.opened(fixtures.context)))
    // A node of the tree stands for any class below it.
    let footwear = try #require(fixtures.tree.node(wnid: "n03380867"))
    _ = update(&state, .neighbors(.queryBelow(wnid: "n03380867")))
    for ticket in 1...9 { _ = update(&state, .neighbors(.searched(ticket: ticket))) }
    let query = try #require(state.neighbors.query)
    guard case .image(let split, let index) = query else { return }
    let label = Int(fixtures.dataset.labels(split)[index])
    #expect(fixtures.tree.subtree(footwear).contains(Int(fixtures.tree.nodeOfFine[label])))
    NeighborsFixtures.answer(&state)
    let text = view(state).text
    #expect(text.contains("footwear › ") && text.contains("in four, "))
  }

  @Test("Pictures are asked for once, the first ones first, and those of an older query no more")
  func fetching() {
    var state = NeighborsFixtures.opened(runs: 2)
    func fetches(_ effects: [Effect]) -> [([ImageReference], Cancellation)] {
      effects.compactMap { if case .neighbors(.pictures(_, let images, let cancellation)) = $0 { (images, cancellation) } else { nil } }
    }
    let first = fetches(update(&state, .key("r")))
    let all = first.flatMap(\.0)
    #expect(Set(all).count == all.count)
    _ = update(&state, .key("r"))
    #expect(first.allSatisfy { $0.1.isCancelled })
  }

  @Test("Without a run the screen says how to get one")
  func empty() {
    var state = UpdateTests.state()
    _ = update(&state, .key("3"))
    _ = update(&state, .neighbors(.opened(FeatureContext(dataset: TinyDataset(), runs: [], coarseSets: []))))
    #expect(view(state).text.contains("No run has a checkpoint yet"))
    #expect(update(&state, .key("r")).isEmpty)
    #expect(state.notice?.text == "no run has a checkpoint yet")
  }

  @Test("Frames never leave their area nor overlap, and at least five neighbours fit where they can be seen")
  func layout() {
    for rows in 8...60 {
      for columns in stride(from: 40, through: 220, by: 7) {
        for runs in 1...5 {
          let area = Rect(row: 1, column: 0, rows: rows, columns: columns)
          let layout = NeighborsLayout(rows: runs, in: area)
          let last = layout.frame(line: layout.linesPerRow - 1, slot: layout.neighborsPerLine, in: area)
          #expect(last.endColumn <= area.endColumn, "\(rows)×\(columns)")
          if rows >= 18 {
            #expect(1 + layout.rowsShown * layout.rowHeight <= rows, "\(rows)×\(columns), \(runs) runs")
          }
          if columns >= 60 { #expect(layout.neighborsPerLine >= 5) }
        }
      }
    }
  }

  @Test("No size and no terminal makes the screen fail", arguments: [Look(), Look(glyphs: .ascii, colors: .mono)])
  func sizes(look: Look) {
    for rows in [10, 12, 20, 24, 50] {
      for columns in [40, 60, 80, 140, 200] {
        var state = NeighborsFixtures.opened(rows: rows, columns: columns, look, runs: 2)
        for key in [Key.right, .down, "z", "z", "c", .escape, "R", .escape] {
          _ = update(&state, .key(key))
          if look.glyphs == .ascii { #expect(!view(state).text.contains { !$0.isASCII }) }
        }
      }
    }
  }

  @Test("Any keys in any order leave a screen that can be drawn", arguments: 0..<20)
  func anyKeys(seed: Int) {
    var random = TestRandom(seed: seed)
    var state = NeighborsFixtures.opened(runs: 2)
    let keys = NeighborsScreen.bindings.flatMap(\.keys) + ["3", "b", " ", "y", .home, .end]
    for _ in 0..<300 {
      _ = update(&state, .key(keys.randomElement(using: &random)!))
      if Int.random(in: 0..<8, using: &random) == 0 { NeighborsFixtures.answer(&state) }
      #expect(view(state).size.columns == 80)
    }
  }
}
