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
      ("\(String(repeating: "x", count: 200))\ta\n", "cannot read the hierarchy"),
    ])
  func wrong(text: String, what: String) {
    #expect(problem(text)?.what == what)
  }

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
