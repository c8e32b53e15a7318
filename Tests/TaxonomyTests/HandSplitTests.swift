import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Splits by hand")
struct HandSplitTests {
  @Test("The step of a part takes exactly what was put into it, on random trees, whatever is left out", arguments: 0..<200)
  func steps(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    var cut = Cut(tree)
    if seed % 2 == 0 { cut.leaveOut(Int.random(in: tree.nodes, using: &random)) }
    var split = HandSplit(tree)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      split.assign(Int.random(in: tree.nodes, using: &random), of: tree, to: [.a, .b, nil].randomElement(using: &random)!)
    }
    if seed % 3 == 0 { split.swap() }
    let partition = cut.partition
    for part in SplitPart.allCases {
      guard case .handSplit(let a, let b, let neither, part) = split.step(part, of: partition) else {
        Issue.record("not by hand")
        continue
      }
      let taken = try partition.handSplit(a: a, b: b, neither: neither, part: part)
      for fine in partition.targets.indices {
        #expect(taken.targets[fine] == (split[fine] == part ? partition.targets[fine] : -1))
      }
    }
    // The steps alone are enough to have it back, as far as nothing is left out.
    let again = try HandSplit(split.handStep(.a, of: partition), of: partition)
    for fine in partition.targets.indices where partition.targets[fine] >= 0 { #expect(again[fine] == split[fine]) }
    let view = SplitView(split, of: partition)
    for node in tree.nodes {
      let fines = tree.subtree(node).compactMap { tree.fineClass($0) }.filter { partition.targets[$0] >= 0 }
      #expect(view.places[node].contains(.inA) == fines.contains { split[$0] == .a })
      #expect(view.places[node].contains(.inNeither) == fines.contains { split[$0] == nil })
    }
  }

  @Test("A minimal split is kept as such until somebody changes it", arguments: SplitPart.allCases)
  func made(part: SplitPart) throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let partition = Partition(tree)
    let step = RecipeStep.minimalSplit(depth: 4, target: 522, part: .a)
    var split = try HandSplit(step, of: partition)
    #expect(split.step(part, of: partition) == .minimalSplit(depth: 4, target: 522, part: part))
    let artifact = try #require(tree.node(wnid: "n00021939"))
    #expect(SplitView(split, of: partition).places[artifact] == .inA)
    let whole = try LabelSet(name: "x", dataset: "imagenet-1k", recipe: [split.step(part, of: partition)], on: tree)
    split.assign(artifact, of: tree, to: .a)
    guard case .handSplit = split.step(part, of: partition) else {
      Issue.record("still a minimal split")
      return
    }
    let byHand = try LabelSet(name: "y", dataset: "imagenet-1k", recipe: [split.step(part, of: partition)], on: tree)
    #expect(byHand.contentHash == whole.contentHash)
  }

  @Test("What is not in the tree, or listed twice, is refused in words")
  func refused() throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    let fine = Partition(tree)
    let wnid = tree.wnid(0)
    #expect(throws: Problem.self) { try fine.handSplit(a: ["n99999999"], b: [], neither: [], part: .a) }
    #expect(throws: Problem.self) { try fine.handSplit(a: [wnid], b: [wnid], neither: [], part: .a) }
    #expect(throws: Problem.self) { try fine.applying(.handSplit(a: [wnid], b: [], neither: [], part: .b)) }
  }
}
