import EngineFixtures
import Glibc
import Taxonomy
import TestSupport
import Testing

@Suite("Two label sets are a distance apart, and differ class by class")
struct LabelSetDiffTests {
  private func set(_ classes: [(String, [String])], out: [String] = []) -> LabelSet {
    LabelSet(
      name: "x", dataset: "d", policy: .name, recipe: [],
      classes: classes.map { TargetClass(wnid: $0.0, name: "the \($0.0)", members: $0.1) }, leftOut: out)
  }

  private func distance(_ a: LabelSet, _ b: LabelSet) throws -> PartitionDistance {
    try #require(try LabelSetDiff(a, b).distance)
  }

  // MARK: Distance

  @Test("Four classes folded into two are one bit apart, into one two bits")
  func folded() throws {
    let four = set([("a", ["a"]), ("b", ["b"]), ("c", ["c"]), ("d", ["d"])])
    let two = set([("x", ["a", "b"]), ("y", ["c", "d"])])
    let one = set([("z", ["a", "b", "c", "d"])])
    let first = try distance(four, two)
    #expect(first.variationOfInformation == 1 && first.onlyInA == 1 && first.onlyInB == 0)
    #expect(first.classesOfA == 4 && first.classesOfB == 2 && first.commonRefinement == 4 && first.fineClasses == 4)
    #expect(try distance(four, one).variationOfInformation == 2)
    #expect(try distance(one, two).onlyInB == 1)
    #expect(try distance(two, two).variationOfInformation == 0)
  }

  @Test("Two that share nothing are apart by all that both tell")
  func independent() throws {
    let rows = set([("x", ["a", "b"]), ("y", ["c", "d"])])
    let columns = set([("x", ["a", "c"]), ("y", ["b", "d"])])
    #expect(try distance(rows, columns).variationOfInformation == 2)
    #expect(try distance(rows, columns).commonRefinement == 4)
  }

  @Test("Only what both hold counts; where that is nothing there is no distance")
  func leftOut() throws {
    let all = set([("x", ["a", "b"]), ("y", ["c", "d"])])
    let part = set([("a", ["a"]), ("b", ["b"])], out: ["c", "d"])
    let found = try distance(all, part)
    #expect(found.fineClasses == 2 && found.classesOfA == 1 && found.variationOfInformation == 1)
    #expect(try LabelSetDiff(part, set([("y", ["c", "d"])], out: ["a", "b"])).distance == nil)
  }

  @Test("It is a metric, and the same both ways, on random groupings", arguments: 0..<50)
  func metric(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fine = (0..<Int.random(in: 2...40, using: &random)).map { "f\($0)" }
    let groups = (0..<3).map { _ in
      let count = Int.random(in: 1...fine.count, using: &random)
      let targets = fine.map { _ in Int.random(in: 0..<count, using: &random) }
      return set(
        Set(targets).sorted().map { target in ("c\(target)", fine.indices.filter { targets[$0] == target }.map { fine[$0] }) })
    }
    func far(_ a: Int, _ b: Int) throws -> Double { try distance(groups[a], groups[b]).variationOfInformation }
    #expect(try far(0, 2) <= far(0, 1) + far(1, 2) + 1e-9)
    #expect(try abs(far(0, 1) - far(1, 0)) < 1e-12)
    let diff = try LabelSetDiff(groups[0], groups[1])
    #expect((diff.relation == .equal) == (diff.distance?.variationOfInformation == 0))
    #expect((diff.relation == .finer || diff.relation == .equal) == (diff.distance?.onlyInB == 0))
  }

  @Test("A round of top-down clustering on ImageNet loses what its classes do not tell of the fine ones")
  func imageNet() throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let fine = try LabelSet(name: "fine", dataset: "imagenet-1k", recipe: [], on: tree)
    let coarse = try LabelSet(name: "coarse", dataset: "imagenet-1k", recipe: [.topDown(rounds: 1)], on: tree)
    let found = try distance(fine, coarse)
    let lost = coarse.classes.reduce(0) { $0 + Double($1.members.count) / 1000 * log2(Double($1.members.count)) }
    #expect(found.classesOfB == 127 && found.onlyInB == 0)
    #expect(abs(found.onlyInA - lost) < 1e-9)
  }

  // MARK: Branches

  @Test("A class that was folded is one branch with what it was made of; equal classes are none")
  func foldedBranch() {
    let fine = set([("a", ["a"]), ("b", ["b"]), ("c", ["c"])])
    let coarse = set([("x", ["a", "b"]), ("c", ["c"])])
    let parts = [
      LabelSetBranches.Part(wnid: "a", name: "the a", fineClasses: 1), .init(wnid: "b", name: "the b", fineClasses: 1),
    ]
    let expected = LabelSetBranches.Branch(side: .b, wnid: "x", name: "the x", fineClasses: 2, parts: parts)
    #expect(LabelSetBranches(fine, coarse).branches == [expected])
    var reverse = expected
    reverse.side = .a
    #expect(LabelSetBranches(coarse, fine).branches == [reverse])
    #expect(LabelSetBranches(fine, fine).branches.isEmpty)
  }

  @Test("What is left out is the last part of a branch, or all of it")
  func leftOutBranch() {
    let all = set([("x", ["a", "b", "c"]), ("y", ["d"])])
    let some = set([("x", ["a"])], out: ["b", "c", "d"])
    let branches = LabelSetBranches(all, some).branches
    #expect(branches.map(\.wnid) == ["x", "y"])
    #expect(branches[0].parts.map(\.wnid) == ["x", nil] && branches[0].parts.map(\.fineClasses) == [1, 2])
    #expect(branches[1].parts.map(\.wnid) == [nil])
  }

  @Test("A class of another name is told once; classes that cross are told from both sides")
  func renamedAndCrossing() {
    let one = set([("x", ["a", "b"]), ("c", ["c"])]), other = set([("y", ["a", "b"]), ("c", ["c"])])
    #expect(LabelSetBranches(one, other).branches.map(\.wnid) == ["x"])
    let rows = set([("x", ["a", "b"]), ("y", ["c", "d"])]), columns = set([("x", ["a", "c"]), ("y", ["b", "d"])])
    let branches = LabelSetBranches(rows, columns).branches
    #expect(branches.map(\.wnid) == ["x", "x", "y", "y"] && branches.map(\.side) == [.a, .b, .a, .b])
  }

  @Test("Every fine class that is not in an equal class is in a branch", arguments: 0..<50)
  func complete(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    func made() throws -> LabelSet {
      let step: RecipeStep =
        Bool.random(using: &random)
        ? .bottomUp(depth: Int.random(in: 0...tree.deepest, using: &random))
        : .cut(collapsed: [tree.wnid(Int.random(in: tree.nodes, using: &random))])
      return try LabelSet(name: "x", dataset: "d", recipe: [step], on: tree)
    }
    let (a, b) = (try made(), try made())
    let branches = LabelSetBranches(a, b).branches
    for (set, side) in [(a, LabelSetBranches.Side.a), (b, .b)] {
      let other = side == .a ? b : a
      let told = Set(branches.filter { $0.side == side }.map(\.wnid))
        .union(branches.filter { $0.side != side }.flatMap { $0.parts.compactMap(\.wnid) })
      let equal = Set(set.classes.filter(other.classes.contains).map(\.wnid))
      #expect(told.isDisjoint(with: equal) && told.union(equal) == Set(set.classes.map(\.wnid)))
    }
  }
}
