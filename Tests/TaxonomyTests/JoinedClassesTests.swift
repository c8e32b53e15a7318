import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Classes that stand apart in the tree are joined into one, and taken apart again")
struct JoinedClassesTests {
  private let coat = "n03057021", bag = "n02774152", sneaker = "n03472535"

  private func tree() throws -> Hierarchy { try RealTrees.hierarchy("fashion-mnist") }

  private func nodes(_ tree: Hierarchy, _ wnids: String...) throws -> [Int] { try wnids.map { try #require(tree.node(wnid: $0)) } }

  @Test("Joined classes are one, called by its parts, and a recipe gives them again")
  func joined() throws {
    let tree = try tree()
    var cut = Cut(tree)
    let both = try nodes(tree, coat, bag).sorted()
    cut.join(both)
    #expect(cut.partition.count == 9 && cut.groups == [both])
    let set = try LabelSet(name: "x", dataset: "fashion-mnist", cut: cut)
    let joined = try #require(set.classes.first { $0.members.count == 2 })
    #expect(joined.members == [bag, coat].sorted() && joined.name.split(separator: " + ").sorted() == ["bag", "coat"])
    #expect(try LabelSet(name: "x", dataset: "fashion-mnist", recipe: set.recipe, on: tree) == set)
  }

  @Test("What is joined to a joined class is part of it; what is taken out is a class again")
  func growsAndShrinks() throws {
    let tree = try tree()
    let all = try nodes(tree, coat, bag, sneaker)
    var cut = Cut(tree)
    cut.join(Array(all[..<2]))
    cut.join(Array(all[1...]))
    #expect(cut.groups == [all.sorted()] && cut.partition.count == 8)
    cut.separate([all[1]])
    #expect(cut.groups == [[all[0], all[2]].sorted()] && cut.partition.count == 9)
    cut.separate([all[0]])
    #expect(cut == Cut(tree))
  }

  @Test("A node with several classes below is joined whole, and one that is part of another joined node adds nothing")
  func wholeNodes() throws {
    let tree = try tree()
    let shoe = try #require(tree.nodes.first { tree.name($0) == "footwear" })
    let sneaker = try nodes(tree, sneaker)[0], bag = try nodes(tree, bag)[0]
    #expect(tree.subtree(shoe).contains(sneaker) && tree.fineClassesBelow(shoe) == 3)
    var cut = Cut(tree)
    cut.join([shoe, sneaker, bag])
    #expect(cut.groups == [[shoe, bag].sorted()] && cut.partition.count == 7)
  }

  @Test("Folding what a joined class lies in hides it, unfolding brings it back; one level finer takes it apart")
  func levels() throws {
    let tree = try tree()
    let both = try nodes(tree, coat, bag)
    var cut = Cut(tree)
    cut.join(both)
    let before = cut
    let above = try #require(tree.parent(both[0]))
    cut.collapse(above)
    #expect(cut.groups.isEmpty)
    cut.expand(above)
    #expect(cut == before)
    cut.finer()
    #expect(cut == Cut(tree))
  }

  @Test("A joined cut becomes a label set and a cut again", arguments: 0..<200)
  func conversion(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, joining: true, &random)
    let classes = cut.partition.classes
    guard !classes.isEmpty else { return }
    let set = try LabelSet(name: "x", dataset: "d", cut: cut)
    try set.check(fineClasses: tree.fineClasses)
    let partition = try Partition(set, on: tree)
    #expect(partition == cut.partition)
    let again = try Cut(partition)
    #expect(again.partition == cut.partition)
    #expect(Set(again.groups.map(Set.init)).count == cut.groups.count)
    #expect(try LabelSet(name: "x", dataset: "d", cut: again).classes == set.classes)
  }

  @Test("A group is the classes of its nodes and nothing else", arguments: 0..<200)
  func members(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, joining: true, &random)
    /// The node whose class a fine class would be without what is joined.
    func own(_ fine: Int) -> Int {
      let node = Int(tree.nodeOfFine[fine])
      return tree.chain(node).last { cut.isCollapsed($0) } ?? node
    }
    let group = Dictionary(uniqueKeysWithValues: cut.groups.enumerated().flatMap { index, nodes in nodes.map { ($0, index) } })
    let targets = cut.partition.targets
    for one in targets.indices {
      #expect((targets[one] < 0) == cut.isLeftOut(fine: one))
      for other in targets.indices where targets[one] >= 0 && targets[other] >= 0 {
        let joined = group[own(one)] != nil && group[own(one)] == group[own(other)]
        #expect((targets[one] == targets[other]) == (own(one) == own(other) || joined))
      }
    }
  }

  @Test("What the screen shows counts a joined class once below every node", arguments: 0..<200)
  func view(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, joining: true, &random)
    let view = CutView(cut)
    #expect(view.partition == cut.partition && view.groups == cut.groups)
    #expect(view.consequences == Consequences(targets: cut.partition.targets, imagesPerFine: nil))
    for node in tree.nodes {
      let below = tree.subtree(node).compactMap { tree.fineClass($0) }.map { cut.partition.targets[$0] }.filter { $0 >= 0 }
      let isInside = cut.collapsedAncestor(of: node) != nil
      #expect(Int(view.classesBelow[node]) == (isInside ? 0 : Set(below).count))
      #expect(Int(view.finesBelow[node]) == below.count)
    }
    for node in cut.groups.joined() { #expect(view.marks[node] == .isClass) }
  }

  @Test("A label set side by side with another shows a joined class once below every node", arguments: 0..<100)
  func onTree(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, joining: true, &random)
    guard let set = try? LabelSet(name: "x", dataset: "d", cut: cut) else { return }
    let parts = LabelSetOnTree(set, on: tree).parts
    for node in tree.nodes {
      let below = Set(tree.subtree(node).compactMap { tree.fineClass($0) }.map { cut.partition.targets[$0] }.filter { $0 >= 0 })
      switch parts[node] {
      case .open(let classes): #expect(classes == below.count)
      case .isClass(let place): #expect(set.classes[place].wnid == tree.wnid(node))
      case .inside: #expect(below.count == 1)
      case .leftOut: #expect(below.isEmpty)
      }
    }
  }
}
