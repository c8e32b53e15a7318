import Basics
import Datasets
import TUI
import Taxonomy
import Testing

/// Names from datasets and files reach the screen as visible escapes: nothing in them steers the terminal.
@Suite struct HostileTextTests {
  private static let hostile = "evil\u{1B}]0;x\u{7}\u{9B}31m\u{202E}\u{2028}犬e\u{301}"
  private static let shown = "evil\\u{1b}]0;x\\u{7}\\u{9b}31m\\u{202e}\\u{2028}犬e\u{301}"

  private func expectHarmless(_ state: AppState, shows text: String?) {
    let canvas = view(state)
    for scalar in canvas.text.unicodeScalars where scalar != "\n" {
      #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value), "U+\(String(scalar.value, radix: 16))")
      #expect(![0x202E, 0x2028].contains(scalar.value))
    }
    if let text { #expect(canvas.text.contains(text)) }
  }

  @Test("A dataset's class names in the tree and in its search")
  func tree() throws {
    var classes = try TreeScreenTests.catalog.classes(of: "fashion-mnist")
    for index in classes.indices { classes[index].name = Self.hostile }
    let hierarchy = try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: WordNetFiles.open())
    var state = AppState(
      session: Session(dataset: Self.hostile, look: Look(), size: Size(rows: 40, columns: 240)))
    _ = update(&state, .tree(.opened(hierarchy, classNames: classes.map(\.name), pascal: [])))
    expectHarmless(state, shows: Self.shown)
    for key in ["/", "b", "a", "g", .enter, "c", "H", .escape, "s", "?"] as [Key] {
      TreeScreenTests.press(&state, key)
      expectHarmless(state, shows: nil)
    }
  }

  @Test("A file's name as the query of neighbours, small and zoomed")
  func neighbors() {
    var state = NeighborsFixtures.opened(rows: 50, columns: 200)
    let path = "/tmp/\(Self.hostile)"
    let picture = Thumbnail(Picture(width: 1, height: 1, channels: 1, pixels: [9]))
    _ = update(&state, .neighbors(.file(path: path, picture)))
    NeighborsFixtures.answer(&state)
    expectHarmless(state, shows: Self.shown)
    _ = update(&state, .key("z"))
    expectHarmless(state, shows: "/tmp/\(Self.shown)")
  }

  @Test("Names of runs, label sets and classes in everything that the evaluation and the neighbours show")
  func evaluation() throws {
    let fixtures = try EvaluationFixtures { "\($0)\(Self.hostile)" }
    var state = try fixtures.opened(Size(rows: 50, columns: 240))
    expectHarmless(state, shows: Self.shown)
    for key in [.enter, .escape, "m", "a", "s", .escape, "R", .escape, "o", .escape, "i", "B", .escape, "p", "L", "E", .escape] as [Key] {
      try fixtures.press(&state, key)
      expectHarmless(state, shows: nil)
    }
    _ = update(&state, .perform(.show(.neighbors)))
    _ = update(&state, .neighbors(.opened(fixtures.context)))
    for key in ["R", .end, " ", .enter, "c", .escape, "z", .escape, "E", .escape] as [Key] {
      _ = update(&state, .key(key))
      NeighborsFixtures.answerOne(&state, fixtures.found)
      expectHarmless(state, shows: nil)
    }
    _ = update(&state, .neighbors(.surprising(.found([.init(image: 3, label: 3, fine: 0, coarse: 5, isCoarseRight: true)]))))
    _ = update(&state, .key("s"))
    expectHarmless(state, shows: Self.shown)
  }

  @Test("Tags, groups and notes of runs, in the list, in full and in the dialog")
  func runNotes() {
    var run = RunsFixtures.all[0]
    (run.tags, run.note, run.group) = ([Self.hostile], Self.hostile, Self.hostile)
    var state = RunsFixtures.state(rows: 40, columns: 200)
    _ = update(&state, .runs(.looked(RunsLook(runs: [run]))))
    expectHarmless(state, shows: Self.shown)
    for key in [.enter, "e", .escape, .escape, "b", .enter, "E", .escape, "z"] as [Key] {
      _ = update(&state, .key(key))
      expectHarmless(state, shows: nil)
    }
  }

  @Test("Problems and notices")
  func notices() {
    var state = UpdateTests.state(Size(rows: 24, columns: 120))
    _ = update(&state, .problem(Problem("cannot read", at: Self.hostile)))
    expectHarmless(state, shows: Self.shown)
    _ = update(&state, .notice(Notice(.done, Self.hostile)))
    expectHarmless(state, shows: nil)
  }

  /// The same screen with a name of other letters that take as many cells: everything else stays where it is.
  /// - Parameter line: what stands above it may have room for a part of the name only.
  private func expectStraight(
    _ plain: AppState, _ wide: AppState, _ name: (plain: String, wide: String), from line: Int = 0
  ) throws {
    try #require(displayWidth(name.plain) == displayWidth(name.wide))
    func text(_ state: AppState) -> String {
      view(state).text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(line).joined(separator: "\n")
    }
    let (one, other) = (text(plain), text(wide))
    #expect(other.contains(name.wide))
    #expect(other.replacing(name.wide, with: name.plain) == one)
  }

  private static let names = (plain: "abcdefg", wide: "犬猫e\u{301}u\u{308}x")

  @Test("Wide and combining letters leave every column where it is, in all lists", arguments: [Size(rows: 40, columns: 140), Size(rows: 24, columns: 80)])
  func straight(size: Size) throws {
    let names = Self.names
    func tree(_ name: String) throws -> AppState {
      var classes = try TreeScreenTests.catalog.classes(of: "fashion-mnist")
      for index in classes.indices { classes[index].name = name }
      let hierarchy = try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: WordNetFiles.open())
      var state = AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: size))
      _ = update(&state, .tree(.opened(hierarchy, classNames: classes.map(\.name), pascal: [])))
      return state
    }
    func runs(_ name: String) -> AppState {
      var state = RunsFixtures.state(rows: size.rows, columns: size.columns)
      var runs = RunsFixtures.all
      runs[1].name = name
      _ = update(&state, .runs(.looked(RunsLook(runs: runs))))
      return state
    }
    func library(_ name: String) -> AppState {
      var entries = LibraryFixtures.entries
      entries[2].summary.recipe = "collapse \(name)"
      return LibraryFixtures.state(rows: size.rows, columns: size.columns, entries: entries)
    }
    try expectStraight(tree(names.plain), tree(names.wide), names)
    try expectStraight(runs(names.plain), runs(names.wide), names)
    try expectStraight(library(names.plain), library(names.wide), names)
  }

  @Test("The same beside pictures: a dataset's classes, and the name of a file", arguments: [Size(rows: 40, columns: 140), Size(rows: 24, columns: 80)])
  func straightNeighbors(size: Size) throws {
    func found(_ name: String) -> AppState {
      var dataset = TinyDataset()
      dataset.classNames = [name, "coat", name, "boot"]
      return NeighborsFixtures.opened(rows: size.rows, columns: size.columns, runs: 2, dataset: dataset)
    }
    func ofFile(_ name: String) -> AppState {
      var state = found("shirt")
      let picture = Thumbnail(Picture(width: 1, height: 1, channels: 1, pixels: [9]))
      _ = update(&state, .neighbors(.file(path: "/tmp/\(name).png", picture)))
      NeighborsFixtures.answer(&state)
      return state
    }
    let names = Self.names
    try expectStraight(found(names.plain), found(names.wide), names, from: size.columns > 100 ? 0 : 1)
    // A narrow header has no room for the whole path.
    if size.columns > 100 { try expectStraight(ofFile(names.plain), ofFile(names.wide), names) }
  }

  @Test("The same where two label sets of the user's own hierarchy are compared", arguments: [Size(rows: 40, columns: 140), Size(rows: 24, columns: 80)])
  func straightComparison(size: Size) throws {
    func compared(_ name: String, keys: [Key]) throws -> AppState {
      let text = "x\t\(name)\ny\t\(name)\n\(name)\troot\nz\troot\n"
      let tree = try Hierarchy(fineClasses: ["x", "y", "z"], wordNet: UserHierarchy(Array(text.utf8), at: "test").wordNet())
      let fine = try LabelSet(name: "fine", dataset: "own", recipe: [], on: tree)
      let coarse = try LabelSet(name: "coarse", dataset: "own", recipe: [.cut(collapsed: [name])], on: tree)
      var state = AppState(session: Session(dataset: "own", look: Look(), size: size), screen: .comparison)
      _ = update(&state, .comparison(.opened(try Comparison(fine, coarse, isSaved: (true, true), on: tree))))
      for key in keys { _ = update(&state, .key(key)) }
      return state
    }
    let names = Self.names
    for keys in [[], [.right, .down], ["d"]] as [[Key]] {
      try expectStraight(compared(names.plain, keys: keys), compared(names.wide, keys: keys), names)
    }
  }
}
