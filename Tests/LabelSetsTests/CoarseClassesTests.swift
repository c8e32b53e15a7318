import Datasets
import Files
import Taxonomy
import Testing

@Suite struct CoarseClassesTests {
  static let catalog = DatasetCatalog(home: Home(explicit: "/nonexistent"))

  static func set(_ name: String, _ members: [[String]]) -> LabelSet {
    LabelSet(
      name: name, dataset: "d", policy: .name, recipe: [],
      classes: members.map { TargetClass(wnid: $0[0], name: $0[0], members: $0) }, leftOut: [])
  }

  @Test("Of what runs were taught, the coarsest set decides; one that only leaves classes out is not coarse")
  func taught() {
    let few = Self.set("few", [["a"], ["b"]])
    let pairs = Self.set("pairs", [["a", "b"], ["c", "d"], ["e"]])
    let halves = Self.set("halves", [["a", "b", "c"], ["d", "e"]])
    #expect(LabelSet.coarseClasses(taught: [few, pairs, halves])?.name == "halves")
    #expect(LabelSet.coarseClasses(taught: [few, pairs])?.name == "pairs")
    #expect(LabelSet.coarseClasses(taught: [few]) == nil)
    #expect(LabelSet.coarseClasses(taught: []) == nil)
  }

  @Test(
    "The tree suggests the paper's 127 classes for ImageNet, and four for Fashion-MNIST",
    arguments: [("imagenet-1k", "top-down-127"), ("fashion-mnist", "top-down-4")])
  func suggested(dataset: String, name: String) throws {
    let set = try LabelSet.suggestedCoarseClasses(dataset: dataset, on: Self.catalog.hierarchy(of: dataset))
    #expect(set?.name == name)
  }
}
