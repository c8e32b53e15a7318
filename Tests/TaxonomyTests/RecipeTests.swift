import Basics
import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("A recipe gives the same label set each time")
struct RecipeTests {
  @Test("Any recipe that works gives a partition, and gives it again", arguments: 0..<200)
  func randomRecipes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let tree = try Hierarchy.random(seed: seed, policy: seed % 2 == 0 ? .name : .file)
    var recipe: [RecipeStep] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let number = Int.random(in: 1...max(1, tree.deepest), using: &random)
      let wnid = tree.wnid(Int.random(in: tree.nodes, using: &random))
      let drawn: [RecipeStep] = [
        .bottomUp(depth: number), .topDown(rounds: number), .cut(collapsed: [wnid]), .without(below: [wnid]),
        .leaveOut(classes: [tree.fineClasses[0]]), .minimalSplit(depth: number, target: number, part: .a),
        .randomSplit(target: number, seed: seed, part: .b), .sampleClasses(count: number, seed: seed),
        .sampleImages(perClass: number, seed: seed),
        .handSplit(a: [wnid], b: [], neither: [], part: seed % 3 == 0 ? .b : .a),
      ]
      recipe.append(drawn.randomElement(using: &random)!)
    }
    guard let set = try? LabelSet(name: "x", dataset: "d", recipe: recipe, on: tree) else { return }
    try set.check(fineClasses: tree.fineClasses)
    for target in set.classes {
      let node = try #require(tree.node(wnid: target.wnid))
      for member in target.members { #expect(tree.chain(tree.node(wnid: member)!).contains(node)) }
    }
    #expect(set.classes.map(\.wnid) == set.classes.map(\.wnid).sorted())
    let again = try LabelSet(name: "x", dataset: "d", recipe: recipe, on: tree)
    #expect(again == set && again.contentHash == set.contentHash)
  }

  @Test("Without PASCAL's classes 771 of ImageNet's stay, and clusterings build on that")
  func composition() throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let left = try LabelSet(name: "x", dataset: "imagenet-1k", recipe: [.without(below: pascal)], on: tree)
    #expect(left.classes.count == 771 && left.leftOut.count == 229)
    let both: [RecipeStep] = [.without(below: pascal), .bottomUp(depth: 9)]
    let coarse = try LabelSet(name: "x", dataset: "imagenet-1k", recipe: both, on: tree)
    #expect(coarse.leftOut == left.leftOut)
    #expect(try LabelSetDiff(left, coarse).relation == .finer)
  }

  /// The synsets of PASCAL VOC's classes that matter to ImageNet.
  private let pascal = [
    "n02691156", "n02834778", "n01503061", "n02858304", "n02876657", "n02924116", "n02958343", "n02121620",
    "n03001627", "n01887787", "n03201208", "n02084071", "n02374451", "n03769722", "n00007846", "n00017222",
    "n02411705", "n04256520", "n04468005", "n03782006",
  ]

  @Test("A step that does not fit is refused, and says why")
  func refusals() throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    func problem(_ steps: RecipeStep...) -> Problem? {
      do throws(Problem) {
        _ = try LabelSet(name: "x", dataset: "fashion-mnist", recipe: steps, on: tree)
        return nil
      } catch { return error }
    }
    #expect(problem(.cut(collapsed: ["n02084071", "x"]))?.found == "n02084071, x")
    #expect(problem(.without(below: ["n99999999"]))?.found == "n99999999")
    #expect(problem(.without(below: ["n00001740"]))?.what == "no class is left")
    #expect(problem(.leaveOut(classes: ["n02084071"]))?.found == "n02084071")
    #expect(problem(.sampleClasses(count: 11, seed: 1))?.found == "11")
    #expect(problem(.sampleClasses(count: 0, seed: 1))?.found == "0")
    #expect(problem(.sampleImages(perClass: 0, seed: 1))?.found == "0")
    #expect(problem(.bottomUp(depth: 99))?.found == "99")
  }

  @Test("Removal follows every path of hypernyms, not only the tree's")
  func everyPath() throws {
    let made = MadeUpWordNet([(["top"], []), (["zebra"], [0]), (["ant"], [0]), (["both"], [1, 2]), (["leaf"], [3])])
    let tree = try Hierarchy(fineClasses: [made.wnids[1], made.wnids[2], made.wnids[4]], wordNet: made.open())
    for parent in [1, 2] {
      let left = try Partition(tree).without(below: [made.wnids[parent]])
      #expect(left.targets[2] == -1)
      #expect(left.count == 1)
    }
  }
}
