import EngineFixtures
import Files
import TUI
import Taxonomy
import TestSupport
import Testing

/// The split by hand, bookmarks, jumps and the hypernym policy.
@Suite struct TreePartsTests {
  private static func search(_ text: String, _ state: inout AppState) {
    TreeScreenTests.press(&state, "/")
    for character in text { TreeScreenTests.press(&state, .character(character)) }
    TreeScreenTests.press(&state, .enter)
  }

  private static func parts(_ state: AppState) -> [Int] { state.tree.partConsequences.map(\.classes) }

  @Test("A and B put subtrees into parts, all marked ones too; lines and counts say so; ~ swaps, C clears, u takes back")
  func byHand() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 30, columns: 120))
    Self.search("clothing", &state)
    TreeScreenTests.press(&state, "A")
    #expect(Self.parts(state) == [6, 0])
    Self.search("footwear", &state)
    TreeScreenTests.press(&state, "v")
    Self.search("dress", &state)
    TreeScreenTests.press(&state, "v", "B")
    #expect(Self.parts(state) == [5, 4])
    let lines = view(state).text.split(separator: "\n").map(String.init)
    func letter(_ name: String) -> Character? {
      lines.first { $0.contains(name) && $0.contains("─") }.flatMap { $0.dropFirst(3).first }
    }
    #expect(letter("garment") == "A" && letter("clothing") == "/" && letter("footwear") == "B" && letter("bag") == " ")
    #expect(lines.contains { $0.contains("A 5 B 4") })
    TreeScreenTests.press(&state, "~")
    #expect(Self.parts(state) == [4, 5])
    TreeScreenTests.press(&state, "~", .escape)
    Self.search("trouser", &state)
    TreeScreenTests.press(&state, "A")
    #expect(Self.parts(state) == [4, 4], "out of part A again")
    TreeScreenTests.press(&state, "C")
    #expect(Self.parts(state).isEmpty)
    TreeScreenTests.press(&state, "u")
    #expect(Self.parts(state) == [4, 4])
    while state.tree.history?.canUndo == true { TreeScreenTests.press(&state, "u") }
    #expect(Self.parts(state).isEmpty && state.tree.history?.isEdited == false)
  }

  @Test("Both parts are saved with a recipe that gives the same hash again; an empty part is refused")
  func save() throws {
    var state = try TreeScreenTests.state()
    Self.search("clothing", &state)
    TreeScreenTests.press(&state, "[", "A", "W")
    guard case .tree(.save(let half, .parts, mayReplace: false))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is saved")
      return
    }
    #expect { try half.parts() } throws: { "\($0)".contains("part B has no class") }
    Self.search("artifact", &state)
    TreeScreenTests.press(&state, "B")
    Self.search("shoe", &state)
    TreeScreenTests.press(&state, "A", "W")
    #expect(view(state).text.contains("Save parts A and B"))
    guard case .tree(.save(let draft, .parts, mayReplace: false))? = update(&state, .key(.enter)).first else {
      Issue.record("nothing is saved")
      return
    }
    let sets = try draft.parts()
    #expect(sets.map { $0.name.suffix(2) } == ["-A", "-B"])
    let tree = try #require(state.tree.hierarchy)
    for set in sets {
      let again = try LabelSet(name: "again", dataset: "fashion-mnist", recipe: set.recipe, on: tree)
      #expect(again.contentHash == set.contentHash)
      try set.check(fineClasses: tree.fineClasses)
    }
    #expect(Set(sets[0].classes.flatMap(\.members)).isDisjoint(with: sets[1].classes.flatMap(\.members)))
    _ = update(&state, .tree(.exists(name: "x", .parts)))
    #expect(view(state).text.contains("x-A or -B"))
    TreeScreenTests.press(&state, "y")
    _ = update(&state, .tree(.saved(name: "x", .parts)))
    #expect(view(state).text.contains("Saved as x-A and x-B"))
  }

  @Test("Parts and bookmarks survive in the draft; a file of an earlier version has none")
  func draft() throws {
    let folder = TemporaryFolder()
    let home = Home(explicit: folder.path)
    var state = try TreeScreenTests.state()
    Self.search("shoe", &state)
    TreeScreenTests.press(&state, "b", "B", "k", "A")
    let left = try #require(state.remembered)
    left.write("fashion-mnist", home)
    let read = try #require(Remembered.read("fashion-mnist", home))
    #expect(read == left)
    var again = AppState(session: state.session)
    _ = update(&again, .started)
    let classes = try TreeScreenTests.catalog.classes(of: "fashion-mnist")
    _ = update(&again, .tree(.opened(try #require(state.tree.hierarchy), classNames: classes.map(\.name), pascal: [], remembered: read)))
    #expect(again.tree.history?.current.parts == state.tree.history?.current.parts)
    #expect(again.tree.bookmarks == ["n04199027"] && view(again).text.contains("◆"))
    let path = folder.path + "/screens/fashion-mnist.json"
    try AtomicFile.makeFolder(folder.path + "/screens")
    try AtomicFile.write(
      #"{"screen": "tree", "policy": "name", "selected": "n04199027", "unfolded": [], "isSaved": false}"#, to: path)
    #expect(try #require(Remembered.read("fashion-mnist", home)).bookmarks == nil)
  }

  @Test("Bookmarks are set, listed, gone to and removed; ^O goes back to where a jump began")
  func bookmarks() throws {
    var state = try TreeScreenTests.state("imagenet-1k", Size(rows: 30, columns: 100))
    let start = state.tree.line?.node
    Self.search("golden retriever", &state)
    let dog = state.tree.line?.node
    TreeScreenTests.press(&state, "b", "g")
    Self.search("n03670208", &state)
    TreeScreenTests.press(&state, "b", "'")
    #expect(view(state).text.contains("◆ golden retriever") && view(state).text.contains("◆ limousine"))
    TreeScreenTests.press(&state, "k", .enter)
    #expect(state.tree.line?.node == dog && state.tree.mode == nil)
    TreeScreenTests.press(&state, .control("o"), .control("o"), .control("o"))
    #expect(state.tree.line?.node == start)
    TreeScreenTests.press(&state, "'", "d", "d")
    #expect(state.tree.bookmarks.isEmpty && state.tree.mode == nil)
    TreeScreenTests.press(&state, "'")
    #expect(view(state).text.contains("No bookmark is set"))
  }

  @Test("A class with another parent goes there, or lists its parents, and comes back")
  func alsoUnder() throws {
    var state = try TreeScreenTests.state("imagenet-1k", Size(rows: 30, columns: 100))
    let tree = try #require(state.tree.hierarchy)
    let several = try #require(tree.nodes.first { tree.alsoUnder($0).count == 1 && tree.node(tree.alsoUnder($0)[0]) != nil })
    _ = update(&state, .tree(.show(wnid: tree.wnid(several))))
    let here = state.tree.line?.node
    TreeScreenTests.press(&state, "a")
    if state.tree.mode != nil { TreeScreenTests.press(&state, .enter) }
    #expect(state.tree.line?.node != here)
    TreeScreenTests.press(&state, .control("o"))
    #expect(state.tree.line?.node == here)
  }

  @Test("The other policy lists the classes it moves and what becomes of the set, is switched to, and taken back")
  func policy() throws {
    var state = try TreeScreenTests.state("imagenet-1k", Size(rows: 40, columns: 140))
    let tree = try #require(state.tree.hierarchy)
    let moves = PolicyDifference.all(in: tree)
    Self.search("n02084071", &state)
    TreeScreenTests.press(&state, "c", "M")
    #expect(view(state).text.contains("\(moves.count) fine classes get another parent"))
    TreeScreenTests.press(&state, "s")
    #expect(state.tree.mode != nil, "nothing is known of what it does")
    let other = try RealTrees.hierarchy("imagenet-1k", policy: .file)
    let version = try #require(state.tree.history?.current)
    let outlook = try PolicyMenu.Outlook(version, on: other)
    #expect(outlook.same + outlook.changed + outlook.gone == 883)
    _ = update(&state, .tree(.outlook(.success(outlook), of: version)))
    #expect(view(state).text.contains("stay as they are"))
    let name = tree.wordNet.name(of: try #require(tree.wordNet.id(ofWnid: moves[0].wnid)))
    #expect(view(state).text.contains(name))
    TreeScreenTests.press(&state, "s")
    #expect(state.tree.hierarchy?.policy == .file && TreeScreenTests.classes(state) == outlook.version.cut.partition.count)
    #expect(state.tree.line.map { other.wnid($0.node) } == "n02084071")
    TreeScreenTests.press(&state, "u")
    #expect(state.tree.hierarchy === tree && TreeScreenTests.classes(state) == 883)
    TreeScreenTests.press(&state, "M", .enter)
    #expect(state.tree.line?.chain.contains(try #require(tree.node(wnid: moves[0].wnid))) == true)
  }

  @Test("X leaves out what is in and takes in what is out, of all below")
  func invert() throws {
    var state = try TreeScreenTests.state()
    Self.search("bag", &state)
    TreeScreenTests.press(&state, "x")
    Self.search("artifact", &state)
    TreeScreenTests.press(&state, "X")
    #expect(TreeScreenTests.classes(state) == 1 && state.tree.consequences?.leftOut == 9)
    TreeScreenTests.press(&state, "u")
    #expect(TreeScreenTests.classes(state) == 9)
  }
}
