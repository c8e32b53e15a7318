import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Splits divide the classes in two")
struct SplitsTests {
  @Test("ImageNet splits at depth 4 into artifact with 522 classes and the other 478")
  func paperCase() throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let fine = Partition(tree)
    #expect(fine.defaultSplitTarget == 522 && fine.defaultSplitDepth == 4)
    let a = try fine.minimalSplit(depth: 4, target: 522, part: .a)
    let b = try fine.minimalSplit(depth: 4, target: 522, part: .b)
    #expect(a.count == 522 && b.count == 478)
    let artifact = try #require(tree.node(wnid: "n00021939"))
    #expect(a.classes.allSatisfy { tree.subtree(artifact).contains($0) })
    #expect(!b.classes.contains { tree.subtree(artifact).contains($0) })
    #expect(try fine.randomSplit(target: 522, seed: 1, part: .a).count == 522)
    #expect(try fine.randomSplit(target: 522, seed: 1, part: .b).count == 478)
  }

  @Test("Fashion-MNIST has a sensible split without being told a depth")
  func defaults() throws {
    let fine = Partition(try RealTrees.hierarchy("fashion-mnist"))
    let (depth, target) = (fine.defaultSplitDepth, fine.defaultSplitTarget)
    #expect(depth > 4 && target == 5)
    let a = try fine.minimalSplit(depth: depth, target: target, part: .a)
    #expect((1...9).contains(a.count))
  }

  @Test("A minimal split shares no synset down to its depth, on random trees", arguments: 0..<150)
  func disjoint(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let fine = Partition(tree)
    for depth in 0...tree.deepest {
      let subtrees = Set(fine.classes.map { tree.ancestor($0, atDepth: depth) })
      guard subtrees.count > 1 else {
        #expect(throws: Problem.self) { try fine.minimalSplit(depth: depth, target: 1, part: .a) }
        continue
      }
      let target = Int.random(in: 1..<fine.count, using: &random)
      let a = try fine.minimalSplit(depth: depth, target: target, part: .a)
      let b = try fine.minimalSplit(depth: depth, target: target, part: .b)
      #expect(a.count > 0 && b.count > 0 && a.count + b.count == fine.count)
      #expect(zip(a.targets, b.targets).allSatisfy { ($0 < 0) != ($1 < 0) })
      func deepNodes(_ part: Partition) -> Set<Int> {
        Set(part.classes.flatMap { tree.chain($0) }.filter { tree.depth($0) >= depth })
      }
      #expect(deepNodes(a).isDisjoint(with: deepNodes(b)))

      // Nearest, by trying every choice of subtrees where there are few.
      guard subtrees.count <= 12 else { continue }
      let sizes = subtrees.map { subtree in fine.classes.count { tree.ancestor($0, atDepth: depth) == subtree } }
      let sums = (1..<(1 << sizes.count) - 1).map { choice in
        sizes.indices.filter { choice >> $0 & 1 == 1 }.reduce(0) { $0 + sizes[$1] }
      }
      let nearest = sums.min { (abs($0 - target), $0) < (abs($1 - target), $1) }
      #expect(a.count == nearest)
    }
  }

  @Test("A random split depends on its seed alone, and its parts are a partition", arguments: [0, 1, .max] as [UInt64])
  func random(seed: UInt64) throws {
    let fine = Partition(try RealTrees.hierarchy("fashion-mnist"))
    let a = try fine.randomSplit(target: 5, seed: seed, part: .a)
    #expect(a == (try fine.randomSplit(target: 5, seed: seed, part: .a)))
    let b = try fine.randomSplit(target: 5, seed: seed, part: .b)
    #expect(zip(a.targets, b.targets).allSatisfy { ($0 < 0) != ($1 < 0) })
    #expect(a != (try fine.randomSplit(target: 5, seed: seed &+ 7, part: .a)))
  }

  @Test("A target that leaves a part empty is refused", arguments: [-1, 0, 10, 11, .max])
  func badTarget(target: Int) throws {
    let fine = Partition(try RealTrees.hierarchy("fashion-mnist"))
    let problem = #expect(throws: Problem.self) { try fine.minimalSplit(depth: 6, target: target, part: .a) }
    #expect(problem?.expected == "a target in 1…9")
    #expect(throws: Problem.self) { try fine.randomSplit(target: target, seed: 1, part: .a) }
  }
}
