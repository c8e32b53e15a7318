import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("A cut is folded by hand and walks level by level")
struct CutTests {
  @Test("From ImageNet's bottom-up sets, finer and coarser walk to the next and the previous one")
  func imageNetLevels() throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let fine = Partition(tree)
    var cut = Cut(tree)
    for depth in (0...17).reversed() {
      cut.coarser()
      #expect(cut.partition == (try fine.bottomUp(depth: depth)))
    }
    for depth in 1...18 {
      cut.finer()
      #expect(cut.partition == (try fine.bottomUp(depth: depth)))
    }
    #expect(cut == Cut(tree))
  }

  @Test("The same holds for every depth of random trees", arguments: 0..<60)
  func levels(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    func pure(_ depth: Int) -> Cut {
      var cut = Cut(tree)
      cut.cut(atDepth: depth)
      return cut
    }
    for depth in 0...tree.deepest {
      #expect(pure(depth).partition == (try Partition(tree).bottomUp(depth: depth)))
      var finer = pure(depth)
      finer.finer()
      if depth < tree.deepest { #expect(finer == pure(depth + 1)) } else { #expect(finer.isFinest) }
      var coarser = pure(depth)
      coarser.coarser()
      #expect(coarser == pure(max(0, depth - 1)))
      finer.coarser()
      if depth < tree.deepest { #expect(finer == pure(depth)) }
    }
  }

  @Test("Below a node, levels change what is below it, and nothing else", arguments: 0..<100)
  func below(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    for _ in 0..<20 {
      let before = Cut.random(tree, &random)
      let node = Int.random(in: tree.nodes, using: &random)
      var coarser = before
      coarser.coarser(below: node)
      var finer = before
      finer.finer(below: node)
      for (fine, place) in tree.nodeOfFine.enumerated() {
        let target = before.partition.targets[fine]
        for changed in [coarser.partition.targets[fine], finer.partition.targets[fine]] {
          if !tree.subtree(node).contains(Int(place)) || target < 0 || target < node {
            #expect(changed == target)
          } else {
            #expect(tree.subtree(node).contains(Int(changed)))
          }
        }
      }
      #expect(coarser.partition.count <= before.partition.count && finer.partition.count >= before.partition.count)
    }
    // At a root, below it is everywhere.
    if tree.roots.count == 1 {
      var (one, other) = (Cut.random(tree, &random), Cut(tree))
      other = one
      one.coarser()
      other.coarser(below: 0)
      #expect(one == other)
      one.finer()
      other.finer(below: 0)
      #expect(one == other)
    }
  }

  @Test("From any cut, coarser only merges, finer only divides, and what is left out stays so", arguments: 0..<100)
  func monotone(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, &random)
    var (coarser, finer) = (cut, cut)
    coarser.coarser()
    finer.finer()
    for fine in tree.fineClasses.indices {
      let (target, above, below) = (
        cut.partition.targets[fine], coarser.partition.targets[fine], finer.partition.targets[fine]
      )
      #expect((target < 0) == (above < 0) && (target < 0) == (below < 0))
      if target >= 0 {
        #expect(tree.subtree(Int(above)).contains(Int(target)))
        #expect(tree.subtree(Int(target)).contains(Int(below)))
      }
    }
  }

  @Test("Collapsing and expanding again gives back what was there", arguments: 0..<40)
  func toggling(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, &random)
    for node in tree.nodes {
      var other = cut
      other.toggle(node)
      #expect(other.isCollapsed(node) == (!cut.isCollapsed(node) && !tree.isLeaf(node)))
      if !tree.isLeaf(node) { #expect(other != cut) }
      other.toggle(node)
      #expect(other == cut && other.hashValue == cut.hashValue)
      var out = cut
      out.takeIn(node)
      out.leaveOut(node)
      out.takeIn(node)
      var inverted = out
      inverted.invert(below: node)
      #expect(tree.subtree(node).allSatisfy { tree.fineClass($0).map { inverted.isLeftOut(fine: $0) } ?? true })
      inverted.invert(below: node)
      #expect(inverted == out)
      #expect(tree.subtree(node).allSatisfy { tree.fineClass($0).map { !out.isLeftOut(fine: $0) } ?? true })
    }
  }

  @Test("A class is the topmost collapsed ancestor of its members", arguments: 0..<60)
  func targets(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, &random)
    for (fine, node) in tree.nodeOfFine.enumerated() {
      let topmost = tree.chain(Int(node)).last { cut.isCollapsed($0) } ?? Int(node)
      #expect(cut.partition.targets[fine] == (cut.isLeftOut(fine: fine) ? -1 : Int32(topmost)))
    }
    for node in tree.nodes {
      #expect(cut.collapsedAncestor(of: node) == tree.chain(node).dropFirst().last { cut.isCollapsed($0) })
    }
  }

  @Test("A cut becomes a label set and a cut again", arguments: 0..<100)
  func conversion(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, &random)
    guard cut.partition.count > 0 else {
      #expect(throws: Problem.self) { try LabelSet(name: "x", dataset: "d", cut: cut) }
      return
    }
    let set = try LabelSet(name: "x", dataset: "d", cut: cut)
    try set.check(fineClasses: tree.fineClasses)
    #expect(set.targets(for: tree.fineClasses).map { $0 < 0 } == cut.partition.targets.map { $0 < 0 })
    let again = try Cut(Partition(set, on: tree))
    #expect(again.partition == cut.partition)
    #expect(try LabelSet(name: "x", dataset: "d", cut: again) == set)
  }

  @Test("A label set that is no cut through the tree is refused")
  func noCut() throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    var set = try LabelSet(name: "x", dataset: "fashion-mnist", recipe: [], on: tree)
    // The coat is named after an ancestor that other classes have too.
    let coat = try #require(tree.node(wnid: "n03057021"))
    let above = try #require(tree.chain(coat).first { tree.fineClassesBelow($0) > 1 })
    let place = try #require(set.classes.firstIndex { $0.wnid == "n03057021" })
    set.classes[place].wnid = tree.wnid(above)
    let partition = try Partition(set, on: tree)
    let problem = #expect(throws: Problem.self) { try Cut(partition) }
    #expect(problem?.place == tree.wnid(above))
  }

  @Test("What the screen shows of a cut agrees with its classes", arguments: 0..<80)
  func view(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed)
    let cut = Cut.random(tree, &random)
    let view = CutView(cut)
    let classes = cut.partition.classes
    #expect(view.classCount == classes.count && view.partition == cut.partition)
    #expect(view.consequences == Consequences(targets: cut.partition.targets, imagesPerFine: nil))
    for node in tree.nodes {
      #expect(Int(view.classesBelow[node]) == classes.count { tree.subtree(node).contains($0) })
      let fines = tree.subtree(node).compactMap { tree.fineClass($0) }.filter { !cut.isLeftOut(fine: $0) }
      #expect(Int(view.finesBelow[node]) == fines.count)
      let expected: CutView.Mark =
        fines.isEmpty ? .leftOut
        : classes.contains(node) ? .isClass : cut.collapsedAncestor(of: node) != nil ? .inside : .open
      #expect(view.marks[node] == expected)
    }
  }
}
