import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Clustering gives the paper's label sets")
struct ClusteringTests {
  @Test("ImageNet bottom-up has 18 sets with the known numbers of classes")
  func imageNetBottomUp() throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    let expected = [999, 977, 918, 877, 820, 753, 694, 596, 486, 345, 206, 79, 36, 17, 9, 5, 2, 1]
    #expect(fine.bottomUpCounts.map(\.classes) == [1000] + expected)
    #expect(fine.bottomUpCounts.map(\.depth) == (0...18).reversed())
    for (depth, count) in zip((0...17).reversed(), expected) {
      let partition = try fine.bottomUp(depth: depth)
      #expect(partition.count == count)
      #expect(partition.classes.count == count)
    }
  }

  @Test("ImageNet top-down has 127, 10 and 2 classes")
  func imageNetTopDown() throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    #expect(fine.topDownCounts.map(\.classes).prefix(3) == [127, 10, 2])
    for (rounds, count) in [(1, 127), (2, 10), (3, 2)] {
      #expect(try fine.topDown(rounds: rounds).count == count)
    }
  }

  @Test("Of the 127 groups, 26 have five members or more")
  func largeGroups() throws {
    let hierarchy = try RealTrees.hierarchy("imagenet-1k")
    let set = try LabelSet(name: "x", dataset: "imagenet-1k", recipe: [.topDown(rounds: 1)], on: hierarchy)
    let large = set.classes.filter { $0.members.count >= 5 }.sorted { $0.members.count > $1.members.count }
    #expect(large.count == 26)
    let named = [
      ("mammal", 218), ("device", 124), ("container", 92), ("bird", 59), ("structure", 57), ("arthropod", 47),
      ("covering", 43), ("garment", 25), ("furniture", 21), ("snake", 17), ("fruit", 16),
    ]
    #expect(large.prefix(named.count).map(\.name) == named.map(\.0))
    #expect(large.prefix(named.count).map(\.members.count) == named.map(\.1))
    #expect(large.contains { $0.name == "stick" && $0.members.count == 5 })
  }

  @Test(
    "Fine classes that are no class of their own, for the induction measure",
    arguments: [(918, 92), (753, 279), (486, 568), (79, 954), (9, 996)])
  func inductionBottomUp(classes: Int, merged: Int) throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    let partition = try fine.bottomUp(depth: fine.bottomUpDepth(classes: classes))
    #expect(mergedClasses(partition) == merged)
  }

  @Test("935 fine classes are merged in the 127-class set")
  func inductionTopDown() throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    #expect(mergedClasses(try fine.topDown(rounds: 1)) == 935)
  }

  private func mergedClasses(_ partition: Partition) -> Int {
    var members: [Int32: Int] = [:]
    for target in partition.targets { members[target, default: 0] += 1 }
    return partition.targets.count { members[$0]! > 1 }
  }

  @Test("Fashion-MNIST bottom-up has 10, 9, 6, 4 and 3 classes")
  func fashionBottomUp() throws {
    let counts = Partition(try RealTrees.hierarchy("fashion-mnist")).bottomUpCounts.map(\.classes)
    var distinct: [Int] = []
    for count in counts where count != distinct.last { distinct.append(count) }
    #expect(distinct == [10, 9, 6, 4, 3, 1], "the last is the root alone")
  }

  @Test("A number of classes that no depth gives is refused with those that there are")
  func unavailableCount() throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    let problem = #expect(throws: Problem.self) { try fine.bottomUpDepth(classes: 127) }
    #expect(problem?.expected == "one of 1000 999 977 918 877 820 753 694 596 486 345 206 79 36 17 9 5 2 1")
    #expect(problem?.found == "127")
    #expect(throws: Problem.self) { try fine.topDownRounds(classes: 3) }
    #expect(throws: Problem.self) { try fine.bottomUp(depth: -1) }
    #expect(throws: Problem.self) { try fine.bottomUp(depth: .max) }
    #expect(throws: Problem.self) { try fine.topDown(rounds: 0) }
  }
}
