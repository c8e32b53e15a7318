import Basics
import Taxonomy
import TestSupport
import Testing

@Suite("A hierarchy of the user's own")
struct UserHierarchyTests {
  private func read(_ text: String) throws(Problem) -> UserHierarchy { try UserHierarchy(Array(text.utf8), at: "birds.tsv") }

  private func problem(_ text: String) -> Problem? {
    do throws(Problem) {
      _ = try read(text)
      return nil
    } catch { return error }
  }

  static let birds = """
    # species and where they belong
    Corvus corax\tCorvidae\traven, common raven
    Corvus_corone\tCorvidae
    Pica pica\tCorvidae
    Corvidae\tAves
    Strix\tAves\r
    Aves\t
    Vulpes\tMammalia
    pet\t
    Strix\tpet

    """

  @Test("Names are wnids, other words are shown, spaces and underscores stay apart")
  func names() throws {
    let hierarchy = try read(Self.birds)
    #expect(hierarchy.leaves == ["Corvus corax", "Corvus_corone", "Pica pica", "Strix", "Vulpes"])
    let tree = try Hierarchy(fineClasses: hierarchy.leaves, wordNet: hierarchy.wordNet())
    #expect(tree.count == 8 && tree.deepest == 2)
    let raven = try #require(tree.node(wnid: "Corvus corax"))
    #expect(tree.name(raven) == "raven" && tree.wnid(raven) == "Corvus corax")
    #expect(tree.node(wnid: "Corvus corone") == nil)
    #expect(tree.chain(raven).map { tree.wnid($0) } == ["Corvus corax", "Corvidae", "Aves"])
    #expect(tree.search(SearchQuery("common")).first?.node == raven)
    #expect(tree.search(SearchQuery("corvus cor")).count == 2)
  }

  @Test("Of several parents the policy takes the first by name or by file")
  func policies() throws {
    let wordNet = try read("x\tz\nx\ta\n").wordNet()
    for (policy, parent) in [(HypernymPolicy.name, "a"), (.file, "z")] {
      let tree = try Hierarchy(fineClasses: ["x"], wordNet: wordNet, policy: policy)
      #expect(tree.chain(tree.node(wnid: "x")!).map { tree.wnid($0) } == ["x", parent])
    }
    let tree = try Hierarchy(fineClasses: ["x"], wordNet: wordNet)
    #expect(PolicyDifference.all(in: tree).map(\.byFile) == ["z"])
  }

  @Test("Label sets are made, saved by name, and removed below as on WordNet")
  func labelSets() throws {
    let hierarchy = try read(Self.birds)
    let tree = try Hierarchy(fineClasses: hierarchy.leaves, wordNet: hierarchy.wordNet())
    let set = try LabelSet(name: "a", dataset: "birds", recipe: [.cut(collapsed: ["Corvidae"])], on: tree)
    #expect(set.classes.map(\.wnid) == ["Corvidae", "Strix", "Vulpes"])
    #expect(try Partition(set, on: tree) == Partition(tree).cut(collapsed: ["Corvidae"]))
    #expect(try Partition(tree).without(below: ["pet"]).count == 4)
  }

  @Test(
    "What is no hierarchy is refused by its line",
    arguments: [
      ("", "the hierarchy is empty"), ("a\n", "cannot read the hierarchy"), ("a\tb\tc\td\n", "cannot read the hierarchy"),
      ("\ta\n", "cannot read the hierarchy"), ("a\u{1B}[2J\tb\n", "cannot read the hierarchy"),
      ("a\tb\nb\ta\n", "the hierarchy runs in a circle"), ("a\ta\n", "the hierarchy runs in a circle"),
      ("\(String(repeating: "x", count: 256))\ta\n", "cannot read the hierarchy"),
    ])
  func wrong(text: String, what: String) {
    #expect(problem(text)?.what == what)
  }

  // MARK: Two nodes of one name

  static let wasps = "Ammophila sabulosa\tAmmophila\nAmmophila\tSphecidae\nSphecidae\tAnimalia\n"
  static let grasses = "Ammophila arenaria\tAmmophila\nAmmophila\tPoaceae\nPoaceae\tPlantae\n"

  private func check(_ text: String, severalParents: Bool = false) -> Problem? {
    do throws(Problem) {
      try read(text).check(severalParents: severalParents)
      return nil
    } catch { return error }
  }

  @Test("A name with two parents is refused with both lines, unless it is said to be one node below both")
  func homonyms() {
    let found = check(Self.wasps + Self.grasses)
    #expect(found?.place == "birds.tsv, lines 2 and 5")
    #expect(found?.found == "`Ammophila` below `Sphecidae` (line 2) and below `Poaceae` (line 5)")
    #expect(found?.advice?.contains("`Ammophila (Poaceae)<TAB>Poaceae<TAB>Ammophila`") == true)
    #expect(found?.advice?.contains("--several-parents") == true)
    #expect(check(Self.wasps + Self.grasses, severalParents: true) == nil)
    // A class by itself may be two as well, and the same line again is nothing new.
    #expect(check("a\tb\na\tc\n")?.place == "birds.tsv, lines 1 and 2")
    #expect(check(Self.wasps + Self.wasps) == nil)
  }

  @Test("What the advice says tells them apart: two nodes of one shown name, each with its own species")
  func apart() throws {
    let text = (Self.wasps + Self.grasses).replacing("arenaria\tAmmophila", with: "arenaria\tAmmophila (Poaceae)")
      .replacing("Ammophila\tPoaceae", with: "Ammophila (Poaceae)\tPoaceae\tAmmophila")
    #expect(check(text) == nil)
    try expectApart(try read(text), grass: "Ammophila (Poaceae)", wasp: "Ammophila")
  }

  @Test("In lineages a node is its path; what repeats is called with what is above it")
  func lineages() throws {
    let text = "\u{FEFF}# life\r\nAnimalia/Sphecidae/Ammophila/Ammophila sabulosa\r\nPlantae/Poaceae/Ammophila/Ammophila arenaria \r\nPlantae/Poaceae\r\n"
    #expect(check(text) == nil)
    try expectApart(try read(text), grass: "Poaceae/Ammophila", wasp: "Sphecidae/Ammophila")
    #expect(try read("x/a\na/b\na/c\n").names == ["a", "b", "c", "x", "x/a"])
    #expect(problem("a/b\nc\td\n")?.place == "birds.tsv, line 2")
    #expect(problem("a//b\n")?.what == "cannot read the hierarchy")
  }

  private func expectApart(_ hierarchy: UserHierarchy, grass: String, wasp: String) throws {
    let tree = try Hierarchy(fineClasses: hierarchy.leaves, wordNet: hierarchy.wordNet())
    func above(_ name: String) throws -> [String] { tree.chain(try #require(tree.node(wnid: name))).map { tree.wnid($0) } }
    #expect(try above("Ammophila arenaria") == ["Ammophila arenaria", grass, "Poaceae", "Plantae"])
    #expect(try above("Ammophila sabulosa") == ["Ammophila sabulosa", wasp, "Sphecidae", "Animalia"])
    for name in [grass, wasp] { #expect(tree.name(try #require(tree.node(wnid: name))) == "Ammophila") }
  }

  @Test("A parent that is written in two ways is refused with both lines; names that are children may differ in case alone")
  func spelling() {
    #expect(check("Strix\tAves\naves\tlife\n")?.place == "birds.tsv, lines 1 and 2")
    #expect(check("Strix\tAves\nPica\taves\n")?.found == "`aves` and `Aves`")
    #expect(check("gorilla\tGorilla\nGorilla\tHominidae\n") == nil)
    #expect(check("Strix\tAves\nPica\taves\nAves\t\naves\t\n") == nil)
  }

  @Test("Blanks around names, lone CR and a byte order mark are no part of them; accents are one or two characters alike")
  func looseText() throws {
    #expect(try read("\u{FEFF}a \t b\t\t\rc\tb  \r").names == ["a", "b", "c"])
    let wordNet = try read("cafe\u{301}\troot\ncaf\u{E9}\troot\nx\ty\n").wordNet()
    #expect(wordNet.ownCount == 4)
    #expect(wordNet.id(ofWnid: "caf\u{E9}") != nil && wordNet.id(ofWnid: "caf\u{E9}") == wordNet.id(ofWnid: "cafe\u{301}"))
  }

  @Test("A circle is told by its own names and lines, not by what lies below it")
  func circles() {
    let found = problem("Aa\tb\nb\tc\nc\td\nd\tb\n")
    #expect(found?.place == "birds.tsv, lines 2, 3 and 4")
    #expect(found?.found == "`b` below `c` below `d` below `b`")
  }

  @Test("The longest name of a folder is a name")
  func longNames() throws { #expect(try read("\(String(repeating: "x", count: 255))\ta\n").names.count == 2) }

  @Test("What is above is never below: random trees come out as they were written", arguments: 0..<20)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 2...200, using: &random)
    let names = (0..<count).map { "node \($0 * 7919 % 1000)-\($0)" }
    let parents = (1..<count).map { Int.random(in: 0..<$0, using: &random) }
    let lines = zip(names.dropFirst(), parents).map { "\($0)\t\(names[$1])\n" }.shuffled(using: &random)
    let hierarchy = try read(lines.joined())
    let tree = try Hierarchy(fineClasses: names.shuffled(using: &random), wordNet: hierarchy.wordNet())
    #expect(tree.count == count)
    for (child, parent) in zip(names.dropFirst(), parents) {
      let node = try #require(tree.node(wnid: child))
      #expect(tree.parent(node).map { tree.wnid($0) } == names[parent])
    }
  }

  @Test("Bytes from anywhere never crash the reader", arguments: 0..<300)
  func hostile(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var bytes = Array(Self.birds.utf8)
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    guard let hierarchy = try? UserHierarchy(bytes, at: "x"), let wordNet = try? hierarchy.wordNet() else { return }
    let tree = try Hierarchy(fineClasses: hierarchy.names, wordNet: wordNet)
    #expect(tree.count == hierarchy.names.count)
    for node in tree.nodes { #expect(tree.node(wnid: tree.wnid(node)) == node) }
  }
}
