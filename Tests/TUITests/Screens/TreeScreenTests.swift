import Basics
import Datasets
import Files
import Synchronization
import TUI
import Taxonomy
import Testing

/// The taxonomy screen on Fashion-MNIST's ten classes.
@Suite struct TreeScreenTests {
  static let catalog = DatasetCatalog(home: Home(explicit: "/nonexistent"))

  static func state(_ dataset: String = "fashion-mnist", _ size: Size = Size(rows: 24, columns: 80), _ look: Look = Look())
    throws -> AppState
  {
    let classes = try catalog.classes(of: dataset)
    let hierarchy = try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: WordNetFiles.open())
    var state = AppState(session: Session(dataset: dataset, look: look, size: size))
    _ = update(&state, .started)
    _ = update(&state, .tree(.opened(hierarchy, classNames: classes.map(\.name), pascal: ["n02084071"])))
    if dataset == "fashion-mnist" { _ = update(&state, .tree(.counted(Array(repeating: 6000, count: 10)))) }
    return state
  }

  static func press(_ state: inout AppState, _ keys: Key...) {
    for key in keys { settle(&state, advance(&state, .key(key))) }
  }

  /// What keys wait for comes back, and then the keys that waited act.
  private static func settle(_ state: inout AppState, _ effects: [Effect]) {
    finish(&state, effects)
    for awaited in effects.compactMap(\.awaited) { settle(&state, advance(&state, .finished(awaited))) }
  }

  /// What searches find, and what menus count, comes back before the next key.
  static func finish(_ state: inout AppState, _ effects: [Effect]) {
    for case .tree(let work) in effects {
      switch work {
      case .search(let hierarchy, let text): _ = update(&state, .tree(TreeScreen.Work.found(text, in: hierarchy)))
      case .countMade(let version):
        finish(&state, update(&state, .tree(.madeCounted(TreeScreen.Work.facts(of: version), of: version))))
      case .preview(let set, let version, let pascal, let images, let ticket):
        let preview = TreeScreen.Work.preview(set, of: version, pascal: pascal, imagesPerFine: images)
        finish(&state, update(&state, .tree(.previewed(preview, ticket: ticket))))
      case .restore:
        let environment = Environment(program: "test", home: Home(explicit: "/nonexistent"), dataset: "fashion-mnist")
        let sent = Mutex<[Message]>([])
        try? work.run(in: environment) { message in sent.withLock { $0.append(message) } }
        for message in sent.withLock({ $0 }) { _ = update(&state, message) }
      case .findMoves(let hierarchy): _ = update(&state, .tree(.moved(PolicyDifference.all(in: hierarchy), hierarchy)))
      default: break
      }
    }
  }

  static func classes(_ state: AppState) -> Int? { state.tree.cutView?.classCount }

  @Test("@ lists the datasets, says which is open and which has no images, and opens another one")
  func datasets() throws {
    var state = try Self.state()
    #expect(update(&state, .key("@")).contains { if case .tree(.listDatasets) = $0 { true } else { false } })
    let found = [("fashion-mnist", true), ("imagenet-1k", false), ("my birds", true)].map { TreeScreen.DatasetSummaryLine(name: $0.0, hasImages: $0.1) }
    _ = update(&state, .tree(.datasets(found)))
    let text = view(state).text
    #expect(text.contains("Open a dataset") && text.contains("classes only") && text.contains("my birds"))
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.contains("fashion-mnist") && $0.contains("open") } && lines.contains { $0.contains("imagenet-1k") && $0.contains("classes only") })
    // The one that is open is opened by nothing; Esc leaves the list.
    #expect(update(&state, .key(.enter)).isEmpty)
    _ = update(&state, .tree(.datasets(found)))
    #expect(update(&state, .key(.escape)).isEmpty && !view(state).text.contains("Open a dataset"))
    _ = update(&state, .tree(.datasets(found)))
    for key in [.down, .down] as [Key] { _ = update(&state, .key(key)) }
    guard case .open(dataset: "my birds")? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is opened")
      return
    }
  }

  @Test("On wide terminals names are led to their numbers, and the cursor's line is one from name to bar", arguments: [80, 100, 140, 160, 200])
  func wide(columns: Int) throws {
    var state = try Self.state("fashion-mnist", Size(rows: 50, columns: columns))
    Self.press(&state, "j", "j")
    let canvas = view(state)
    let row = try #require(canvas.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("▌") })
    let cells = (0..<columns).map { canvas[row, $0] }
    let line = String(String.UnicodeScalarView(cells.map(\.scalar)))
    #expect(line.contains(" · · · · ") == (columns >= 160), "\(line)")
    let numbers = try #require(cells.lastIndex { $0.scalar == "0" })
    #expect((cells[numbers].style.background == .selection) == (columns >= 160), "\(line)")
    let selected = cells.indices.filter { cells[$0].style.background == .selection }
    #expect(selected == Array(selected.first!...selected.last!))
  }

  @Test("c makes one class of all below, c again expands it, u and ^R go back and forth")
  func collapse() throws {
    var state = try Self.state()
    Self.press(&state, "/", "s", "h", "i", "r", "t", .enter, "c")
    #expect(Self.classes(state) == 9)
    #expect(view(state).text.contains("9 classes ●edited"))
    Self.press(&state, "c")
    #expect(Self.classes(state) == 10)
    Self.press(&state, "u")
    #expect(Self.classes(state) == 9)
    Self.press(&state, "u")
    #expect(Self.classes(state) == 10)
    Self.press(&state, .control("r"))
    #expect(Self.classes(state) == 9)
  }

  @Test("J makes one class of the marked lines wherever they stand, says so at each, and takes one out again")
  func join() throws {
    var state = try Self.state("fashion-mnist", Size(rows: 40, columns: 120))
    Self.press(&state, "J")
    #expect(state.notice?.text.contains("Mark two or more lines with v") == true)
    Self.press(&state, "/", "c", "o", "a", "t", .enter, "v", "/", "b", "a", "g", .enter, "v", "J")
    #expect(Self.classes(state) == 9)
    #expect(view(state).text.split(separator: "\n").count { $0.contains("■1") } == 2)
    Self.press(&state, .escape, .escape, "G")
    _ = update(&state, .tree(.settled(node: try #require(state.tree.line?.node))))
    #expect(view(state).text.contains("■1 one class with coat"))
    Self.press(&state, "w")
    #expect(view(state).text.contains("coat + bag"))
    Self.press(&state, "J")
    #expect(Self.classes(state) == 10)
    Self.press(&state, "u", "u")
    #expect(Self.classes(state) == 10)
  }

  @Test("- goes through the bottom-up sets, and + comes back")
  func levels() throws {
    var state = try Self.state()
    var counts: [Int] = []
    for _ in 0..<10 where Self.classes(state)! > 1 {
      Self.press(&state, "-")
      if counts.last != Self.classes(state)! { counts.append(Self.classes(state)!) }
    }
    #expect(counts == [9, 6, 4, 3, 1])
    for _ in 0..<20 { Self.press(&state, "+") }
    #expect(Self.classes(state) == 10)
  }

  @Test("Search moves while one types; Esc goes back to where it began")
  func search() throws {
    var state = try Self.state()
    let start = state.tree.cursor
    Self.press(&state, "/", "b", "o", "o", "t")
    #expect(state.tree.line?.node == state.tree.history?.current.cut.hierarchy.node(wnid: "n02872752"))
    Self.press(&state, .escape)
    #expect(state.tree.cursor == start && state.tree.mode == nil)
    Self.press(&state, "/", "z", "z", "z")
    #expect(view(state).text.contains("nothing found"))
  }

  @Test("While a search is typed, what is known of the class follows as soon as the cursor rests")
  func searchDetails() throws {
    var state = try Self.state()
    Self.press(&state, "/")
    let typed: [Effect] = ["s", "a", "n"].flatMap { update(&state, .key($0)) }
    guard case .tree(.search(let hierarchy, let text))? = typed.last else { Issue.record("nothing is searched"); return }
    let found = update(&state, .tree(TreeScreen.Work.found(text, in: hierarchy)))
    for case .later(_, let message) in found { _ = update(&state, message) }
    #expect(view(state).text.contains("a shoe consisting of a sole fastened by straps to the foot"))
  }

  @Test("A search whose answer comes late moves nothing when it was given up, and moves when Enter was faster")
  func lateSearch() throws {
    var state = try Self.state()
    let start = state.tree.cursor
    _ = update(&state, .key("/"))
    let effects = update(&state, .key("b")) + update(&state, .key("o"))
    _ = update(&state, .key(.escape))
    Self.finish(&state, effects)
    #expect(state.tree.cursor == start && state.tree.hits.isEmpty)
    let quick = ["/", "b", "o", "o", .enter].flatMap { update(&state, .key($0)) }
    Self.finish(&state, quick)
    #expect(state.tree.line.map { state.tree.hierarchy!.name($0.node) } == "boot")
  }

  @Test("Letters in their order find a class that nothing names so")
  func fuzzySearch() throws {
    var state = try Self.state("imagenet-1k")
    Self.press(&state, "/", "g", "l", "d", "r", "e", "t", "r")
    #expect(state.tree.line.map { state.tree.hierarchy!.name($0.node) } == "golden retriever")
  }

  @Test("What is done, is done to all marked lines; Esc drops the marks")
  func marks() throws {
    var state = try Self.state()
    Self.press(&state, "/", "s", "h", "i", "r", "t", .enter, "v", "/", "s", "h", "o", "e", .enter, "v")
    #expect(state.tree.marked.count == 2)
    Self.press(&state, "c")
    #expect(Self.classes(state) == 8)
    #expect(view(state).text.contains("2 marked"))
    Self.press(&state, "c")
    #expect(Self.classes(state) == 10)
    Self.press(&state, "x")
    #expect(state.tree.consequences?.leftOut == 4)
    Self.press(&state, "x", .escape)
    #expect(state.tree.consequences?.leftOut == 0 && state.tree.marked.isEmpty)
    Self.press(&state, "V")
    #expect(state.tree.marked.count == state.tree.outline?.lines.count)
  }

  @Test("[ and ] change the cut below the cursor alone")
  func below() throws {
    var state = try Self.state()
    Self.press(&state, "/", "c", "l", "o", "t", "h", "i", "n", "g", .enter)
    var counts: [Int] = []
    for _ in 0..<8 {
      Self.press(&state, "[")
      counts.append(Self.classes(state)!)
    }
    #expect(counts.last == 5, "clothing is one class, the four others stay: \(counts)")
    for _ in 0..<8 { Self.press(&state, "]") }
    #expect(Self.classes(state) == 10)
  }

  @Test("The history names every change, and goes back to any of them and forth again")
  func history() throws {
    var state = try Self.state()
    Self.press(&state, "-", "-", "/", "b", "a", "g", .enter, "x", "H")
    let text = view(state).text
    #expect(text.contains("the dataset's fine classes") && text.contains("coarser") && text.contains("leave out bag"))
    Self.press(&state, "g", .enter)
    #expect(Self.classes(state) == 10)
    Self.press(&state, "H", "G", .enter)
    #expect(Self.classes(state) == 5 && state.tree.consequences?.leftOut == 1)
    Self.press(&state, "u")
    #expect(Self.classes(state) == 6)
  }

  @Test("Siblings go into every order and back, and * shows everything below")
  func order() throws {
    var state = try Self.state("imagenet-1k")
    Self.press(&state, "g", "*")
    let hierarchy = try #require(state.tree.hierarchy)
    let all = try #require(state.tree.outline?.lines.map(\.node))
    #expect(Set(all).isSuperset(of: hierarchy.nodeOfFine.map(Int.init)))
    Self.press(&state, "S")
    #expect(state.tree.order == .name && view(state).text.contains("by name"))
    let named = try #require(state.tree.outline?.lines)
    #expect(Set(named.map(\.node)) == Set(all))
    for (one, next) in zip(named, named.dropFirst()) where hierarchy.parent(one.top) == hierarchy.parent(next.top) {
      #expect(hierarchy.name(one.top).lowercased() <= hierarchy.name(next.top).lowercased())
    }
    Self.press(&state, "S", "S", "S", "S")
    #expect(state.tree.outline?.lines.map(\.node) == all)
  }

  @Test("The mouse goes to tabs, presses what the footer names, moves the cursor and unfolds")
  func mouse() throws {
    var state = try Self.state("fashion-mnist", Size(rows: 24, columns: 120))
    func place(_ text: String) throws -> (row: Int, column: Int) {
      let lines = view(state).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let row = try #require(lines.lastIndex { $0.contains(text) })
      return (row, try #require(lines[row].ranges(of: text).first).lowerBound.utf16Offset(in: lines[row]))
    }
    func click(_ text: String) throws {
      let place = try place(text)
      _ = update(&state, .mouse(Mouse(.click, row: place.row, column: place.column)))
    }
    try click("- coarser")
    #expect(Self.classes(state) == 9)
    try click("covering › footwear")
    #expect(state.tree.line.map { state.tree.hierarchy!.name($0.node) } == "footwear")
    let lines = state.tree.outline?.lines.count
    try click("covering › footwear")
    #expect(state.tree.outline?.lines.count != lines)
    let selected = state.tree.cursor.selected
    _ = update(&state, .mouse(Mouse(.wheelDown, row: 5, column: 5)))
    #expect(state.tree.cursor.selected == selected + 1)
    try click("2 Runs")
    #expect(state.screen == .runs)
    _ = update(&state, .mouse(Mouse(.click, row: 0, column: state.session.size.columns - 1)))
    _ = update(&state, .mouse(Mouse(.click, row: 500, column: 500)))
    #expect(state.screen == .runs)
  }

  @Test("A class that shares its line with its parents is folded into the one that was asked for, else into its own parent")
  func sharedLine() throws {
    var state = try Self.state()
    let hierarchy = try #require(state.tree.hierarchy)
    func classNames() -> [String] { state.tree.cutView!.partition.classes.map { hierarchy.name($0) } }
    Self.press(&state, "/", "b", "a", "g", .enter)
    let chain = try #require(state.tree.line?.chain)
    #expect(chain.map { hierarchy.name($0) } == ["instrumentality", "container", "bag"])
    Self.press(&state, "k", "j", "c")
    #expect(classNames().contains("container"))
    Self.press(&state, "c")
    #expect(classNames().contains("bag"))
    Self.press(&state, "/", "i", "n", "s", "t", "r", "u", "m", "e", "n", "t", "a", "l", "i", "t", "y", .enter, "c")
    #expect(classNames().contains("instrumentality") && Self.classes(state) == 10)
  }

  @Test("A filter shows the hits and what they lie under, and gives back what was unfolded")
  func filter() throws {
    var state = try Self.state("imagenet-1k")
    let unfolded = state.tree.outline?.lines.filter(\.isUnfolded).map(\.node)
    Self.press(&state, "/", "t", "e", "r", "r", "i", "e", "r", .enter, "g", "f")
    let hierarchy = try #require(state.tree.hierarchy)
    let lines = try #require(state.tree.outline?.lines)
    for line in lines {
      #expect(state.tree.hits.contains { hierarchy.subtree(line.top).contains($0) }, "\(hierarchy.name(line.node))")
    }
    #expect(state.tree.hits.allSatisfy { state.tree.outline?.index(of: $0) != nil })
    #expect(view(state).text.contains("filtered"))
    Self.press(&state, "n", "n")
    let here = state.tree.line?.node
    Self.press(&state, .escape)
    #expect(state.tree.filter == nil && state.tree.line?.node == here)
    let now = Set(state.tree.outline?.lines.filter(\.isUnfolded).map(\.node) ?? [])
    #expect(now.isSuperset(of: unfolded ?? []))
  }

  @Test("The last training tells how long an epoch takes, and how large the last layer is")
  func pace() throws {
    var state = try Self.state("fashion-mnist", Size(rows: 30, columns: 160))
    #expect(!view(state).text.contains("epoch"))
    _ = update(&state, .tree(.paced(TrainingPace(network: "alexnet-28", parametersPerClass: 257, imagesPerSecond: 1000))))
    #expect(view(state).text.contains("epoch ≈ 1m 00s on alexnet-28"))
    #expect(view(state).text.contains("last layer 2.57k parameters"))
    Self.press(&state, "/", "b", "a", "g", .enter, "x")
    #expect(view(state).text.contains("epoch ≈ 54s on alexnet-28"))
  }

  @Test("The draft is kept a second after the last edit, and not after each")
  func draft() throws {
    var state = try Self.state()
    func later(_ effects: [Effect]) -> [Message] {
      effects.compactMap { if case .later(_, let message) = $0 { message } else { nil } }
    }
    let first = later(update(&state, .key("-")))
    let second = later(update(&state, .key("-")))
    func keeps(_ messages: [Message]) -> Bool {
      messages.flatMap { update(&state, $0) }.contains { if case .tree(.keepDraft) = $0 { true } else { false } }
    }
    #expect(!keeps(first))
    #expect(keeps(second))
  }

  @Test("Saving asks for a name, and before it replaces another set")
  func save() throws {
    var state = try Self.state()
    Self.press(&state, "-", "s")
    #expect(view(state).text.contains("9-classes"))
    guard case .tree(.save(let draft, .whole, mayReplace: false))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is saved")
      return
    }
    let set = try draft.whole()
    #expect(set.classes.count == 9 && set.name == "9-classes")
    _ = update(&state, .tree(.exists(name: "9-classes", .whole)))
    #expect(view(state).text.contains("Replace it?"))
    guard case .tree(.save(_, _, mayReplace: true))? = update(&state, .key("y")).first else {
      Issue.record("nothing is replaced")
      return
    }
    _ = update(&state, .tree(.saved(name: "9-classes", .whole)))
    #expect(state.tree.history?.isEdited == false)
  }

  @Test("t hands the label set to the launch form")
  func train() throws {
    var state = try Self.state()
    Self.press(&state, "-", "t")
    #expect(state.screen == .runs)
  }

  @Test("A key that does nothing says why")
  func unavailable() throws {
    var state = try Self.state()
    Self.press(&state, "u")
    #expect(view(state).text.contains("Nothing to undo"))
  }

  @Test("Thousands of random keys at random sizes: no crash, and undo leads back to the beginning", arguments: 0..<4)
  func randomKeys(seed: Int) throws {
    var state = try Self.state(seed % 2 == 0 ? "fashion-mnist" : "imagenet-1k")
    let first = state.tree.history!.current.cut
    var random = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 7
    func next(_ limit: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(limit))
    }
    let keys: [Key] =
      KeyTable.all(on: .tree).flatMap(\.keys) + [.enter, .escape, .backspace, .delete, "é", "犬", "0", "z", " "]
    for step in 0..<2500 {
      _ = update(&state, .key(keys[next(keys.count)]))
      if step % 20 == 0 {
        state.session.size = Size(rows: next(60), columns: next(200))
        #expect(view(state).size == state.session.size)
      }
    }
    state.finder = nil
    state.screen = .tree
    for _ in 0..<5 where state.capture != nil { Self.press(&state, .escape) }
    for _ in 0..<3000 where state.tree.history!.canUndo { Self.press(&state, "u") }
    #expect(state.tree.history!.current.cut == first)
  }

  @Test(
    "At every size and on every kind of terminal, lines keep to the screen, and ASCII is ASCII",
    arguments: [Size(rows: 10, columns: 40), Size(rows: 20, columns: 60), Size(rows: 24, columns: 80), Size(rows: 40, columns: 140)])
  func looks(size: Size) throws {
    for depth in ColorDepth.allCases {
      let unicode = view(try Self.state("fashion-mnist", size, Look(glyphs: .unicode, colors: depth)))
      let ascii = view(try Self.state("fashion-mnist", size, Look(glyphs: .ascii, colors: depth)))
      #expect(unicode.text.contains("10 classes") && ascii.text.contains("10 classes"))
      #expect(ascii.text.unicodeScalars.allSatisfy { $0.isASCII })
    }
  }

  @Test("The screen at 80×24, letter by letter")
  func literal() throws {
    let lines = view(try Self.state()).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == " 1 Tree 2 Runs 3 Near 4 Sets 5 Eval 6 Study          fashion-mnist   10 classes")
    #expect(
      Array(lines[1...16]) == [
        "                                                                        1 of 15",
        "   class                                      classes   fine    images",
        "▌  ▾ … › object › whole › artifact                 10     10    60,000 ████████",
        "   ├─▾ … › consumer goods › clothing                6      6    36,000 ████▊",
        "   │ ├─▾ garment                                    5      5    30,000 ████",
        " ■ │ │ ├─▾ shirt                                    2      2    12,000 █▋",
        " ■ │ │ │ └─· jersey  “T-shirt/top”                  1      1     6,000 ▊",
        " ■ │ │ ├─· overgarment › coat                       1      1     6,000 ▊",
        " ■ │ │ ├─· sweater › pullover                       1      1     6,000 ▊",
        " ■ │ │ └─· trouser                                  1      1     6,000 ▊",
        " ■ │ └─· woman's clothing › dress                   1      1     6,000 ▊",
        "   ├─▾ covering › footwear                          3      3    18,000 ██▍",
        "   │ ├─▾ shoe                                       2      2    12,000 █▋",
        " ■ │ │ ├─· gym shoe  “Sneaker”                      1      1     6,000 ▊",
        " ■ │ │ └─· sandal                                   1      1     6,000 ▊",
        "────────────────────────────────────────────────────────────────────────────────",
      ])
  }
}
