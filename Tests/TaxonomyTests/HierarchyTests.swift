import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("A dataset's classes and their ancestors make a tree")
struct HierarchyTests {
  @Test("ImageNet's classes have depths 4 to 18 under one root, entity")
  func imageNet() throws {
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    #expect(hierarchy.roots.map { hierarchy.wnid($0) } == ["n00001740"])
    let depths = hierarchy.nodeOfFine.map { hierarchy.depth(Int($0)) }
    #expect(depths.min() == 4 && depths.max() == 18 && hierarchy.deepest == 18)
    #expect(hierarchy.fineClassesBelow(0) == 1000)
    let dog = try #require(hierarchy.node(wnid: "n02084071"))
    #expect(hierarchy.name(dog) == "dog")
    #expect(hierarchy.fineClassesBelow(dog) == 118)
    #expect(hierarchy.alsoUnder(dog).map(\.description) == ["n01317541"])
    #expect(hierarchy.parent(dog).map { hierarchy.name($0) } == "canine")
  }

  @Test("A class may be the parent of a class: shirt, of Fashion-MNIST")
  func innerClass() throws {
    let hierarchy = try RealTrees.hierarchy("fashion-mnist")
    let shirt = try #require(hierarchy.node(wnid: "n04197391"))
    #expect(hierarchy.fineClass(shirt) == 6)
    #expect(!hierarchy.isLeaf(shirt))
    #expect(hierarchy.fineClassesBelow(shirt) == 2)
    #expect(hierarchy.children(shirt).map { hierarchy.name($0) } == ["jersey"])
  }

  @Test("Every relation agrees with the parents, on random trees", arguments: 0..<40)
  func relations(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    for node in tree.nodes {
      let chain = tree.chain(node)
      #expect(chain.count == tree.depth(node) + 1)
      #expect(tree.node(tree.id(node)) == node)
      #expect(tree.children(node).allSatisfy { tree.parent($0) == node })
      let below = tree.nodes.filter { tree.chain($0).contains(node) }
      #expect(Array(tree.subtree(node)) == below)
      #expect(tree.fineClassesBelow(node) == below.count { tree.fineClass($0) != nil })
      #expect(tree.isLeaf(node) == (below.count == 1))
      #expect(tree.nodes.filter { tree.isAncestor(node, of: $0) } == Array(below.dropFirst()))
      #expect(tree.ancestor(node, atDepth: 1) == chain.reversed()[min(1, chain.count - 1)])
      #expect(tree.wordNet.primaryHypernym(of: tree.id(node), policy: .name) == tree.parent(node).map { tree.id($0) })
      let counts = tree.children(node).map { tree.fineClassesBelow($0) }
      #expect(counts == counts.sorted(by: >))
    }
    for (fine, node) in tree.nodeOfFine.enumerated() {
      #expect(tree.wnid(Int(node)) == tree.fineClasses[fine])
      #expect(tree.fineClass(Int(node)) == fine)
    }
    let ones = Array(repeating: 1, count: tree.fineClasses.count)
    #expect(tree.sums(ofFine: ones) == tree.nodes.map { tree.fineClassesBelow($0) })
    #expect(tree.roots.allSatisfy { tree.parent($0) == nil })
  }

  @Test("A tree is the same again from its numbers, and other numbers are none", arguments: 0..<10)
  func packed(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    let again = try #require(Hierarchy(packed: tree.packed, wordNet: tree.wordNet, policy: tree.policy))
    #expect(again.packed == tree.packed && again.fineClasses == tree.fineClasses && again.nodeOfFine == tree.nodeOfFine)
    for node in tree.nodes {
      #expect(again.subtree(node) == tree.subtree(node) && again.depth(node) == tree.depth(node) && again.node(tree.id(node)) == node)
      #expect(again.fineClassesBelow(node) == tree.fineClassesBelow(node))
    }
    var loop = tree.packed
    loop[tree.count] = 0
    for wrong in [[], [1], loop, Array(tree.packed.dropLast()), [Int32](repeating: 0, count: tree.packed.count)] {
      #expect(Hierarchy(packed: wrong, wordNet: tree.wordNet, policy: tree.policy) == nil)
    }
  }

  @Test("All of WordNet is a tree as well")
  func everything() throws {
    let wordNet = try RealTrees.wordNet.get()
    let tree = try Hierarchy(fineClasses: wordNet.all().map(\.description), wordNet: wordNet)
    #expect(tree.count == 82_115)
    #expect(tree.depth(try #require(tree.node(wnid: "n02084071"))) == 13)
    #expect(tree.roots.map { tree.name($0) } == ["entity"], "instances lie below what they are instances of")
  }

  @Test("Classes that WordNet lacks, or that are named twice, are refused by name")
  func badClasses() throws {
    let wordNet = try RealTrees.wordNet.get()
    func problem(_ classes: [String]) -> Problem? {
      do throws(Problem) {
        _ = try Hierarchy(fineClasses: classes, wordNet: wordNet)
        return nil
      } catch { return error }
    }
    #expect(problem(["n02084071", "n02084072", "cat"])?.found == "n02084072, cat")
    #expect(problem(["n02084071", "n02121620", "n02084071"])?.found == "n02084071")
    #expect(problem([])?.found == "none")
    #expect(problem(["n02084071"]) == nil)
  }

  @Test("Hypernyms in a circle are refused")
  func circle() throws {
    let made = MadeUpWordNet([(["a"], [2]), (["b"], [0]), (["c"], [1])])
    #expect(throws: Problem.self) { try Hierarchy(fineClasses: [made.wnids[1]], wordNet: made.open()) }
  }

  @Test("The policies differ on 138 of ImageNet's classes; 38 have several hypernyms")
  func policyDifferences() throws {
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    let differences = PolicyDifference.all(in: hierarchy)
    #expect(differences.count == 138)
    #expect(hierarchy.nodeOfFine.count { hierarchy.wordNet.hypernyms(of: hierarchy.id(Int($0))).count > 1 } == 38)
    let byFile = try RealTrees.hierarchy("imagenet-1k", policy: .file)
    #expect(PolicyDifference.all(in: byFile) == differences)
    for difference in differences.prefix(20) {
      let at = try #require(hierarchy.node(wnid: difference.at))
      #expect(hierarchy.parent(at).map { hierarchy.wnid($0) } == difference.byName)
      let same = try #require(byFile.node(wnid: difference.at))
      #expect(byFile.parent(same).map { byFile.wnid($0) } == difference.byFile)
    }
  }
}
