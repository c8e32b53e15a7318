import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("What a label set has at each node of a tree")
struct LabelSetOnTreeTests {
  private func set(_ hierarchy: Hierarchy, _ recipe: RecipeStep...) throws -> LabelSet {
    try LabelSet(name: "x", dataset: "d", recipe: recipe, on: hierarchy)
  }

  @Test("On its own tree it is what the cut says: classes, what is in them, what is above, what is out", arguments: 0..<20 as Range<UInt64>)
  func likeCut(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    var cut = Cut(hierarchy)
    for _ in 0..<40 { cut.collapse(hierarchy.nodes.randomElement(using: &random)!) }
    for _ in 0..<10 { cut.leaveOut(hierarchy.nodes.suffix(hierarchy.count * 9 / 10).randomElement(using: &random)!) }
    let view = CutView(cut)
    guard view.classCount > 0 else { return }
    let set = try LabelSet(name: "x", dataset: "d", cut: cut)
    let parts = LabelSetOnTree(set, on: hierarchy).parts
    for node in hierarchy.nodes {
      switch view.marks[node] {
      case .open: #expect(parts[node] == .open(classes: Int(view.classesBelow[node])))
      case .leftOut: #expect(parts[node] == .leftOut)
      case .isClass:
        guard case .isClass(let index) = parts[node] else { Issue.record("\(hierarchy.wnid(node))"); continue }
        #expect(set.classes[index].wnid == hierarchy.wnid(node))
      case .inside:
        guard case .inside = parts[node] else { Issue.record("\(hierarchy.wnid(node)): \(parts[node])"); continue }
      }
    }
  }

  @Test("Equal sets have no difference; a fold is one, at the node that was folded")
  func differences() throws {
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    let fine = LabelSetOnTree(try set(hierarchy), on: hierarchy)
    #expect(LabelSetOnTree.differences(fine, fine, on: hierarchy).isEmpty)
    let folded = LabelSetOnTree(try set(hierarchy, .cut(collapsed: ["n02084071", "n02121808"])), on: hierarchy)
    let found = LabelSetOnTree.differences(fine, folded, on: hierarchy)
    #expect(Set(found.map { hierarchy.wnid($0) }) == ["n02084071", "n02121808"] && found == found.sorted())
    #expect(LabelSetOnTree.differences(folded, fine, on: hierarchy) == found)
    let without = LabelSetOnTree(try set(hierarchy, .without(below: ["n02084071"])), on: hierarchy)
    #expect(LabelSetOnTree.differences(fine, without, on: hierarchy).map { hierarchy.wnid($0) } == ["n02084071"])
  }

  @Test("A set that was made on another tree is told by its members alone")
  func otherTree() throws {
    let (byName, byFile) = (try RealTrees.hierarchy("imagenet-1k"), try RealTrees.hierarchy("imagenet-1k", policy: .file))
    let set = try set(byFile, .bottomUp(depth: 6))
    let places = LabelSetOnTree(set, on: byName)
    for root in byName.roots {
      guard case .open(let count) = places.parts[root] else { Issue.record("a root is a class"); continue }
      #expect(count == set.classes.count)
    }
    let fine = LabelSetOnTree(try self.set(byName), on: byName)
    #expect(!LabelSetOnTree.differences(fine, places, on: byName).isEmpty)
  }

  @Test("The lowest common ancestor is at or above both, and no child of it is")
  func ancestors() throws {
    var random = SeededGenerator(seed: 3)
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    for _ in 0..<500 {
      let (a, b) = (hierarchy.nodes.randomElement(using: &random)!, hierarchy.nodes.randomElement(using: &random)!)
      let above = Set(hierarchy.chain(a)).intersection(hierarchy.chain(b))
      #expect(hierarchy.lowestCommonAncestor(a, b) == above.max())
    }
  }

  @Test("The same fine classes are the same class, whatever each set calls it")
  func names() throws {
    let hierarchy = try RealTrees.hierarchy("fashion-mnist")
    let fine = try LabelSet(name: "fine", dataset: "fashion-mnist", recipe: [], on: hierarchy)
    // A node with one child that is a fine class makes a class of the same members under another name.
    let leaf = try #require(hierarchy.nodes.first { hierarchy.fineClass($0) != nil && hierarchy.parent($0).map { hierarchy.fineClassesBelow($0) == 1 } == true })
    let parent = try #require(hierarchy.parent(leaf))
    let named = try LabelSet(name: "named", dataset: "fashion-mnist", recipe: [.cut(collapsed: [hierarchy.wnid(parent)])], on: hierarchy)
    try #require(named.classes.map(\.wnid) != fine.classes.map(\.wnid))
    let places = [fine, named].map { LabelSetOnTree($0, on: hierarchy) }
    #expect(LabelSetOnTree.differences(places[0], places[1], on: hierarchy).isEmpty)
    #expect(LabelSetOnTree.differences(places[1], places[0], on: hierarchy).isEmpty)
    let diff = try LabelSetDiff(fine, named)
    #expect(diff.equalClasses == 10 && diff.renamedClasses == 1 && diff.moved.isEmpty && diff.onlyInA.isEmpty && diff.onlyInB.isEmpty)
  }
}
