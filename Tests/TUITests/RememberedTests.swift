import Datasets
import Files
import FoundationEssentials
import Runs
import TUI
import Taxonomy
import TestSupport
import Testing

@Suite struct RememberedTests {
  let folder = TemporaryFolder()
  var home: Home { Home(explicit: folder.path) }

  private static func opened(_ remembered: Remembered?, after key: Key? = nil) throws -> AppState {
    let classes = try TreeScreenTests.catalog.classes(of: "fashion-mnist")
    let hierarchy = try Hierarchy(fineClasses: classes.map(\.wnid), wordNet: WordNetFiles.open())
    var state = AppState(
      session: Session(dataset: "fashion-mnist", look: Look(), size: Size(rows: 24, columns: 80)))
    _ = update(&state, .started)
    if let key { TreeScreenTests.press(&state, key) }
    TreeScreenTests.finish(&state, update(&state, .tree(.opened(hierarchy, classNames: classes.map(\.name), pascal: [], remembered: remembered))))
    return state
  }

  @Test("Screen, cursor, unfolded nodes and the label set in the making come back through the file")
  func goesOn() throws {
    var state = try Self.opened(nil)
    #expect(AppState(session: state.session).remembered == nil)
    TreeScreenTests.press(&state, "-", "j", "j", "h", "j")
    let left = try #require(state.remembered)
    let text = view(state).text
    TreeScreenTests.press(&state, "3")
    try #require(state.remembered).write("fashion-mnist", home)
    let read = try #require(Remembered.read("fashion-mnist", home))
    #expect(read.screen == .neighbors)

    var again = try Self.opened(read)
    #expect(again.screen == .neighbors)
    TreeScreenTests.press(&again, "1")
    #expect(again.tree.line?.node == state.tree.line?.node)
    #expect(again.tree.history?.current.cut.partition.targets == state.tree.history?.current.cut.partition.targets)
    #expect(again.tree.history?.isEdited == true)
    #expect(again.remembered == left)
    #expect(view(again).text.split(separator: "\n")[2...13] == text.split(separator: "\n")[2...13])
    TreeScreenTests.press(&again, "u")
    #expect(TreeScreenTests.classes(again) == 10)
  }

  @Test("Who went to another screen before the tree was open stays there")
  func staysAway() throws {
    var state = try Self.opened(nil)
    TreeScreenTests.press(&state, "-", "3")
    let left = try #require(state.remembered)
    #expect(try Self.opened(left).screen == .neighbors)
    #expect(try Self.opened(left, after: "2").screen == .runs)
  }

  @Test("A saved label set comes back under its name, an untouched tree as it is")
  func saved() throws {
    var state = try Self.opened(nil)
    #expect(try #require(state.remembered).draft == nil)
    TreeScreenTests.press(&state, "-")
    _ = update(&state, .tree(.saved(name: "nine", .whole)))
    let again = try Self.opened(state.remembered)
    #expect(again.tree.history?.name == "nine" && again.tree.history?.isEdited == false)
  }

  @Test("What was done is there again to be taken back, and what was taken back to be made again")
  func history() throws {
    var state = try Self.opened(nil)
    TreeScreenTests.press(&state, "-", "/", "b", "a", "g", .enter, "x", "/", "s", "h", "o", "e", .enter, "A", "-", "u", "u")
    try #require(state.remembered).write("fashion-mnist", home)
    var again = try Self.opened(Remembered.read("fashion-mnist", home))
    func titles(_ state: AppState) -> [String] { state.tree.history?.versions.map(\.title) ?? [] }
    #expect(titles(state) == ["the dataset's fine classes", "coarser", "leave out bag", "shoe to part A", "coarser"])
    #expect(titles(again) == titles(state))
    TreeScreenTests.press(&again, "U", "U")
    TreeScreenTests.press(&state, "U", "U")
    #expect(again.tree.history?.current.cut.partition.targets == state.tree.history?.current.cut.partition.targets)
    #expect(again.tree.history?.current.parts == state.tree.history?.current.parts)
    while again.tree.history?.canUndo == true { TreeScreenTests.press(&again, "u") }
    #expect(TreeScreenTests.classes(again) == 10)
    TreeScreenTests.press(&again, "U", "U")
    #expect(TreeScreenTests.classes(again) == 8)
  }

  @Test("A file of an earlier version, which held all classes, is gone on from")
  func earlier() throws {
    var state = try Self.opened(nil)
    TreeScreenTests.press(&state, "-", "/", "b", "a", "g", .enter, "x")
    var left = try #require(state.remembered)
    left.draft = nil
    left.labelSet = try state.tree.history?.labelSet(name: "8-classes", dataset: "fashion-mnist")
    left.write("fashion-mnist", home)
    let again = try Self.opened(Remembered.read("fashion-mnist", home))
    #expect(again.tree.history?.current.cut.partition.targets == state.tree.history?.current.cut.partition.targets)
    #expect(again.tree.history?.isEdited == true)
  }

  @Test("Order and filter come back, with the cursor where it was; without the filter, what was unfolded before it")
  func orderAndFilter() throws {
    var state = try Self.opened(nil)
    TreeScreenTests.press(&state, "S", "g", "/", "s", "h", "o", "e", .enter, "f", "j")
    let left = try #require(state.remembered)
    func shown(_ state: AppState) -> [Substring] { Array(view(state).text.split(separator: "\n").dropFirst(2).prefix(5)) }
    left.write("fashion-mnist", home)

    var again = try Self.opened(Remembered.read("fashion-mnist", home))
    #expect(shown(again) == shown(state))
    #expect(view(again).text.contains("filtered   by name") && again.tree.line?.node == state.tree.line?.node)
    #expect(again.remembered == left)
    TreeScreenTests.press(&again, "f")
    #expect(view(again).text.contains("bag") && again.tree.filter == nil)
    TreeScreenTests.press(&state, "f")
    #expect(again.remembered == state.remembered)
  }

  @Test("Marks of runs come back from their file, and from one of before they were a text")
  func marks() throws {
    let path = folder.path + "/screens/.runs.json"
    var left = RememberedRuns()
    left.marks.numbers = ["20260101-000000-a b": 3, "ß ": 12, "c": 0]
    left.write(home)
    #expect(RememberedRuns.read(home) == left)
    try AtomicFile.write(
      #"{"marks": {"a": 1, "b": 2}, "overlaid": [], "order": "\#(RunOrder.newestFirst.text)", "isGrouped": false, "unit": "step"}"#, to: path)
    #expect(RememberedRuns.read(home).marks.numbers == ["a": 1, "b": 2])
    try AtomicFile.write(
      #"{"marks": "1 a/no number b/7/ 2 c/3 d", "overlaid": [], "order": "\#(RunOrder.newestFirst.text)", "isGrouped": false, "unit": "step"}"#, to: path)
    #expect(RememberedRuns.read(home).marks.numbers == ["a": 1, "d": 3])
  }

  @Test("How charts are drawn comes back through the file, and what nobody chose there is left as it is by default")
  func charts() throws {
    func opened(_ remembered: RememberedRuns) -> AppState {
      var state = AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: Size(rows: 24, columns: 100)), screen: .runs)
      _ = update(&state, .runs(.opened(RunsReader(home: Home(explicit: "/nonexistent")), remembered)))
      _ = update(&state, .runs(.looked(RunsFixtures.look)))
      return state
    }
    let fresh = opened(RememberedRuns.read(home)).runs.charts.options
    var state = opened(RememberedRuns())
    for key in ["L", "y", "s"] as [Key] { _ = update(&state, .key(key)) }
    let left = state.runs.charts.options
    #expect(left.isLogarithmic != fresh.isLogarithmic && left.ignoresOutliers != fresh.ignoresOutliers && left.smoothing != fresh.smoothing)
    try #require(state.runs.remembered).write(home)
    let again = opened(RememberedRuns.read(home)).runs.charts.options
    #expect(again.isLogarithmic == left.isLogarithmic && again.ignoresOutliers == left.ignoresOutliers && again.smoothing == left.smoothing)
    // What no version writes is not taken.
    var strange = RememberedRuns.read(home)
    strange.smoothing = 7
    #expect(opened(strange).runs.charts.options.smoothing == fresh.smoothing)
  }

  @Test("A file that is not ours, or of classes that are gone, is passed over", arguments: ["", "{}", "[1]", "\u{0}"])
  func damaged(text: String) throws {
    try AtomicFile.makeFolder(folder.path + "/screens")
    try AtomicFile.write(text, to: folder.path + "/screens/fashion-mnist.json")
    #expect(Remembered.read("fashion-mnist", home) == nil)
    var strange = try #require(Self.opened(nil).remembered)
    strange.selected = "n99999999"
    strange.unfolded = ["no wnid", "n00001740"]
    strange.labelSet = LabelSet(
      name: "x", dataset: "fashion-mnist", policy: .name, recipe: [],
      classes: [TargetClass(wnid: "n1", name: "?", members: ["n2"])], leftOut: [])
    let state = try Self.opened(strange)
    #expect(TreeScreenTests.classes(state) == 10 && view(state).text.contains("10 classes"))
  }
}

/// The screens beside the tree.
@Suite struct PlacesTests {
  @Test("The least number of members of a coarse class comes back, with its label set, within what keys can make it")
  func members() throws {
    let fixtures = try EvaluationFixtures()
    // The one that is suggested is none of the saved ones.
    var context = fixtures.context
    let suggested = context.suggestedCoarse?.name
    context.coarseSets.removeAll { $0.name == suggested }
    func opened(_ place: EvaluationScreen.Place?) -> AppState {
      var state = AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: Size(rows: 24, columns: 100)), screen: .evaluation)
      if let place { _ = update(&state, .recall(Places(evaluation: place))) }
      _ = update(&state, .evaluation(.opened(context)))
      return state
    }
    var state = opened(nil)
    for key in ["+", "+", "+"] as [Key] { _ = update(&state, .key(key)) }
    let left = try #require(state.evaluation.place)
    #expect(left.minMembers == opened(nil).evaluation.coarseFine.minMembers + 3)
    let read = try JSONDecoder().decode(EvaluationScreen.Place.self, from: JSONEncoder().encode(left))
    #expect(opened(read).evaluation.coarseFine.minMembers == left.minMembers)
    #expect(opened(read).evaluation.place == left)
    var strange = left
    strange.minMembers = .max
    #expect(opened(strange).evaluation.coarseFine.minMembers == opened(nil).evaluation.coarseFine.minMembers)
  }

  @Test("Selection, filter, order, runs and query come back; what is gone is passed over")
  func goesOn() throws {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    for key in ["S", "/", "f", "a", "s", "h", .enter, "j"] as [Key] { _ = update(&state, .key(key)) }
    _ = update(&state, .runs(.looked(RunsFixtures.look)))
    for key in ["2", "j", "j"] as [Key] { _ = update(&state, .key(key)) }
    let neighbors = NeighborsFixtures.opened(runs: 2)
    let places = Places(library: state.library.place, neighbors: neighbors.neighbors.place)
    let runs = try #require(state.runs.remembered)

    var again = LibraryFixtures.state(rows: 24, columns: 80)
    _ = update(&again, .recall(places))
    #expect(again.library.rows == state.library.rows && again.library.selected == state.library.selected)
    _ = update(&again, .runs(.opened(RunsReader(home: Home(explicit: "/none")), runs)))
    _ = update(&again, .runs(.looked(RunsFixtures.look)))
    #expect(again.runs.selected?.id == state.runs.selected?.id && again.runs.selected?.name == "diverged")
    var other = AppState(session: neighbors.session, screen: .neighbors)
    _ = update(&other, .recall(places))
    let context = FeatureContext(
      dataset: TinyDataset(), runs: NeighborsFixtures.runs, coarseSets: [NeighborsFixtures.coarse, NeighborsFixtures.fine])
    _ = update(&other, .neighbors(.opened(context)))
    #expect(other.neighbors.rows.map(\.run.id) == neighbors.neighbors.rows.map(\.run.id))
    #expect(other.neighbors.query == neighbors.neighbors.query)

    var empty = LibraryFixtures.state(rows: 24, columns: 80, entries: [])
    _ = update(&empty, .recall(places))
    _ = update(&empty, .runs(.looked(RunsLook(runs: []))))
    #expect(!view(empty).text.isEmpty && empty.library.selected == nil && empty.runs.selected == nil)
  }
}
