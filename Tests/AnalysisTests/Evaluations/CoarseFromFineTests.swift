import Analysis
import Basics
import Datasets
import Kernels
import Taxonomy
import TestSupport
import Testing

@Suite struct CoarseFromFineTests {
  /// A net's classes as they are, each one fine class.
  private func fine(_ wnids: [String]) -> LabelSet {
    LabelSet(
      name: "fine", dataset: "d", policy: .name, recipe: [],
      classes: wnids.map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
  }

  private func coarse(_ groups: [(String, [String])], leftOut: [String] = []) -> LabelSet {
    LabelSet(
      name: "coarse", dataset: "d", policy: .name, recipe: [],
      classes: groups.map { TargetClass(wnid: $0.0, name: $0.0, members: $0.1) }, leftOut: leftOut)
  }

  private let wnids = ["a", "b", "c", "d"]

  @Test("The difference is what falls among the members less what falls on the right one, counted by hand")
  func byHand() throws {
    // a: 2 images, one right, one taken for b. b: 4 images, two right, one c, one nothing. c and d right.
    let predictions = RunPredictions(
      labelSet: fine(wnids), truths: [0, 0, 1, 1, 1, 1, 2, 3], predictions: [0, 1, 1, 1, 2, -1, 2, 3])
    let found = try CoarseFromFine(predictions, coarse: coarse([("x", ["a", "b"]), ("y", ["c", "d"])]), minMembers: 2)
    #expect(found.rows.map(\.wnid) == ["x", "y"])
    #expect(found.rows[0].images == 6 && found.rows[0].members == 2)
    #expect(abs(found.rows[0].coarse - (1 + 0.5) / 2) < 1e-12 && abs(found.rows[0].fine - (0.5 + 0.5) / 2) < 1e-12)
    #expect(abs(found.rows[0].difference - 25) < 1e-9 && found.rows[1].difference == 0)
    let behind = CoarseFromFine.confusions(of: "x", predictions, coarse: coarse([("x", ["a", "b"]), ("y", ["c", "d"])]), limit: 5)
    #expect(behind.map(\.truth.wnid) == ["a", "b"] && behind.map(\.prediction.wnid) == ["b", "c"])
  }

  @Test("Small classes are left out, and a net on groups is refused")
  func refusals() throws {
    let predictions = RunPredictions(labelSet: fine(wnids), truths: [0, 1, 2, 3], predictions: [0, 1, 2, 3])
    let found = try CoarseFromFine(predictions, coarse: coarse([("x", ["a", "b", "c"]), ("y", ["d"])]), minMembers: 3)
    #expect(found.rows.count == 1 && found.small == 1)
    let groups = RunPredictions(labelSet: coarse([("x", ["a", "b"]), ("y", ["c", "d"])]), truths: [0], predictions: [0])
    #expect(throws: Problem.self) { try CoarseFromFine(groups, coarse: coarse([("x", ["a"])])) }
  }

  @Test("No difference is below zero, on random trees, cuts and predictions", arguments: 0..<20 as Range<UInt64>)
  func neverNegative(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    var random = SeededGenerator(seed: seed)
    let set = try LabelSet(name: "c", dataset: "d", recipe: [.bottomUp(depth: Int.random(in: 0...tree.deepest, using: &random))], on: tree)
    let count = tree.fineClasses.count
    let truths = (0..<200).map { _ in Int32.random(in: 0..<Int32(count), using: &random) }
    let predictions = truths.map { Bool.random(using: &random) ? $0 : Int32.random(in: -1..<Int32(count), using: &random) }
    let found = try CoarseFromFine(
      RunPredictions(labelSet: fine(tree.fineClasses.sorted()), truths: truths, predictions: predictions), coarse: set, minMembers: 1)
    #expect(found.rows.allSatisfy { $0.difference >= -1e-9 && $0.coarse <= 1 })
    #expect(found.rows.map(\.difference) == found.rows.map(\.difference).sorted(by: >))
  }

  @Test("Errors are weighed by the height of the lowest common ancestor, as looking at whole chains finds it", arguments: 0..<20 as Range<UInt64>)
  func hierarchical(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    var random = SeededGenerator(seed: seed &+ 100)
    let labels = fine(tree.fineClasses.sorted())
    let count = labels.classes.count
    let truths = (0..<100).map { _ in Int32.random(in: 0..<Int32(count), using: &random) }
    let predictions = truths.map { Bool.random(using: &random) ? $0 : Int32.random(in: 0..<Int32(count), using: &random) }
    let found = try HierarchicalError(RunPredictions(labelSet: labels, truths: truths, predictions: predictions), on: tree)
    func height(_ node: Int) -> Int { tree.subtree(node).map { tree.depth($0) - tree.depth(node) }.max()! }
    var heights: [Int] = []
    for (truth, prediction) in zip(truths, predictions) where truth != prediction {
      let up = tree.chain(tree.node(wnid: labels.classes[Int(truth)].wnid)!)
      let other = tree.chain(tree.node(wnid: labels.classes[Int(prediction)].wnid)!)
      heights.append(up.first { other.contains($0) }.map(height) ?? tree.deepest + 1)
    }
    #expect(found.errors == heights.count)
    if !heights.isEmpty { #expect(abs(found.meanHeightOfErrors! - Double(heights.reduce(0, +)) / Double(heights.count)) < 1e-12) }
    #expect(found.levels.map(\.accuracy) == found.levels.map(\.accuracy).sorted(by: >))
    #expect(abs(found.levels.last!.accuracy - Double(100 - heights.count) / 100) < 1e-12)
  }
}

/// Verdicts against the tree itself.
@Suite struct VerdictPropertyTests {
  @Test("A neighbour is coarsely right just where a folded node stands above both classes", arguments: 0..<30 as Range<UInt64>)
  func againstTheTree(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    var random = SeededGenerator(seed: seed &+ 7)
    var cut = Cut(tree)
    for _ in 0..<Int.random(in: 0...6, using: &random) { cut.collapse(Int.random(in: tree.nodes, using: &random)) }
    let set = try LabelSet(name: "cut", dataset: "d", cut: cut)
    let judge = Judge(set, classes: tree.fineClasses.map { FineClass(wnid: $0, name: $0) })
    for a in tree.fineClasses.indices {
      for b in tree.fineClasses.indices {
        let (nodeA, nodeB) = (Int(tree.nodeOfFine[a]), Int(tree.nodeOfFine[b]))
        let isJoined = tree.nodes.contains { cut.isCollapsed($0) && tree.subtree($0).contains(nodeA) && tree.subtree($0).contains(nodeB) }
        let expected: Verdict = a == b ? .fine : isJoined ? .coarse : .wrong
        #expect(judge.verdict(query: Int32(a), neighbor: Int32(b)) == expected)
      }
    }
  }
}

@Suite struct MergeSuggestionTests {
  private let classes = ["n1", "n2", "n3", "n4"].map { FineClass(wnid: $0, name: $0) }

  private func square(_ pairs: [(Int, Int, Double)]) -> [Double] {
    var alike = [Double](repeating: 0, count: 16)
    for (a, b, value) in pairs { (alike[a * 4 + b], alike[b * 4 + a]) = (value, value) }
    return alike
  }

  @Test("The most alike are joined first, groups by their average, until none is alike enough")
  func groups() {
    let alike = square([(0, 2, 0.5), (0, 3, 0.4), (2, 3, 0.1), (1, 3, 0.05)])
    func found(_ least: Double, leaving: Int = 1) -> [[String]] {
      MergeSuggestion(.confusion, classes: classes, alike: alike, leaving: leaving, least: least).groups.map(\.wnids)
    }
    #expect(found(0.3) == [["n1", "n3"]])
    #expect(found(0.2) == [["n1", "n3", "n4"]])
    #expect(found(0) == [["n1", "n2", "n3", "n4"]])
    #expect(found(0, leaving: 3) == [["n1", "n3"]])
    #expect(found(0.6).isEmpty)
  }

  @Test("Confusion counts both directions as shares of the classes' own images")
  func confusion() {
    let alike = MergeSuggestion.confusion(
      Confusion(truths: [0, 0, 1, 1, 1, 1], predictions: [1, 0, 0, 1, 1, 1], classes: 3))
    #expect(abs(alike[1] - (0.5 + 0.25) / 2) < 1e-12 && alike[1] == alike[3] && alike[2] == 0)
  }

  @Test("Features that lie close are alike, and a class without images is alike to none")
  func features() {
    let alike = MergeSuggestion.features(Tensor([0, 0, 0, 2, 10, 0], shape: [3, 2]), labels: [0, 1, 2], classes: 4)
    #expect(alike[1] > alike[2] && alike[1] == alike[4] && alike[3] == -.infinity)
  }

  @Test("Along the tree only whole nodes are joined, and the set is a cut that opens", arguments: 0..<20 as Range<UInt64>)
  func alongTree(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    let classes = tree.fineClasses.map { FineClass(wnid: $0, name: $0) }
    let random = CounterRandom(seed: seed, 3)
    var alike = [Double](repeating: 0, count: classes.count * classes.count)
    for a in classes.indices {
      for b in 0..<a {
        let value = Double(random.uniform(a * classes.count + b))
        (alike[a * classes.count + b], alike[b * classes.count + a]) = (value, value)
      }
    }
    let found = MergeSuggestion(.confusion, classes: classes, alike: alike, alongTree: tree, least: 0.55)
    guard !found.groups.isEmpty else { return }
    let set = try LabelSet(name: "m", dataset: "d", recipe: [.cut(collapsed: found.nodes(tree))], on: tree)
    _ = try Cut(Partition(set, on: tree))
    #expect(Set(set.classes.filter { $0.members.count > 1 }.map(\.members)) == Set(found.groups.map(\.wnids)))
  }
}
