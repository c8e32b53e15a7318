import Basics
import FoundationEssentials
import Taxonomy
import TestSupport
import Testing

@Suite struct MergingTests {
  @Test("Groups become classes wherever they stand, others stay, and every class has a name of its own", arguments: 0..<30 as Range<UInt64>)
  func partition(seed: UInt64) throws {
    let tree = try Hierarchy.random(seed: seed)
    var random = SeededGenerator(seed: seed &+ 3)
    let shuffled = tree.fineClasses.shuffled(using: &random)
    guard shuffled.count >= 4 else { return }
    let groups = [Array(shuffled[0..<2]), Array(shuffled[2..<4])]
    let set = try LabelSet(name: "m", dataset: "d", recipe: [.merge(groups: groups)], on: tree)
    try set.check(fineClasses: tree.fineClasses)
    #expect(set.classes.count == shuffled.count - 2)
    let held = Set(set.classes.map(\.members))
    for group in groups { #expect(held.contains(group.sorted())) }
  }

  @Test("What cannot be merged is refused", arguments: [[["a", "b"]], [[]]])
  func refused(groups: [[String]]) throws {
    let tree = try Hierarchy.random(seed: 4)
    #expect(throws: Problem.self) { try Partition(tree).merging(groups) }
    let fine = tree.fineClasses
    #expect(throws: Problem.self) { try Partition(tree).merging([[fine[0]]]) }
    if fine.count > 2 {
      #expect(throws: Problem.self) { try Partition(tree).merging([[fine[0], fine[1]], [fine[1], fine[2]]]) }
      let out = try Partition(tree).applying(.leaveOut(classes: [fine[0]]))
      #expect(throws: Problem.self) { try out.merging([[fine[0], fine[1]]]) }
    }
  }

  @Test("The step comes back from JSON as it was")
  func codable() throws {
    let step = RecipeStep.merge(groups: [["n00000001", "n00000002"], ["n00000003", "n00000004"]])
    #expect(try JSONDecoder().decode(RecipeStep.self, from: JSONEncoder().encode(step)) == step)
    #expect("\(step)" == "merge n00000001+n00000002, n00000003+n00000004")
  }
}
