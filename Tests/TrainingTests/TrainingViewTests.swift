import Basics
import CAllocations
import Datasets
import EngineFixtures
import Taxonomy
import Testing
import Training

@Suite struct TrainingViewTests {
  private let dataset = SyntheticDataset(classes: 4, images: 40)

  private func labelSet(_ groups: [[Int]], budget: ImageBudget? = nil) -> LabelSet {
    let held = Set(groups.joined())
    return LabelSet(
      name: "grouped", dataset: "bars", policy: .name, recipe: [],
      classes: groups.enumerated().map { index, members in
        TargetClass(wnid: "n1000000\(index)", name: "group", members: members.map { "n0000000\($0)" })
      }, leftOut: (0..<4).filter { !held.contains($0) }.map { "n0000000\($0)" }, imageBudget: budget)
  }

  @Test("images bear their target's label, and those of classes left out take no part")
  func labels() throws {
    let view = try TrainingView(dataset, labelSet([[0, 3], [1]]))
    #expect(view.classes == 2)
    #expect(view.training.count == 30 && view.validation.count == 30)
    #expect(view.training.allSatisfy { [0: 0, 1: 1, 3: 0][$0.index % 4] == $0.label })
  }

  @Test("an image budget holds for every fine class of the training images, and a smaller one lies within a larger one")
  func budgets() throws {
    func view(_ perClass: Int, seed: UInt64 = 1) throws -> TrainingView {
      try TrainingView(dataset, labelSet([[0, 3], [1]], budget: ImageBudget(perClass: perClass, seed: seed)))
    }
    let (small, large) = (try view(2), try view(5))
    #expect(small.training.count == 6 && large.training.count == 15)
    for fine in [0, 1, 3] { #expect(small.training.count { Int($0.index) % 4 == fine } == 2) }
    #expect(Set(small.training.map(\.index)).isSubset(of: Set(large.training.map(\.index))))
    #expect(try view(5, seed: 2).training != large.training)
    #expect(try view(1000).training.count == 30)
    #expect(small.validation.count == 30)
  }

  @Test("a budget draws the same images of a class, whether classes come one behind the other or mixed")
  func grouping() throws {
    // Image i of a class is the i-th of it in either order.
    func drawn(_ labels: [Int32]) throws -> [Int32: [Int]] {
      let dataset = LabelledDataset(labels: labels)
      let set = labelSet([[0, 3], [1]], budget: .init(perClass: 7, seed: 5))
      var ofClass: [Int32: [Int]] = [:]
      for sample in try TrainingView(dataset, set).training {
        let label = labels[Int(sample.index)]
        ofClass[label, default: []].append(labels[..<Int(sample.index)].count { $0 == label })
      }
      return ofClass
    }
    let mixed = (0..<100).map { Int32($0 * 7 % 4) }
    let expected = try drawn(mixed)
    #expect(expected.values.allSatisfy { $0.count == 7 } && expected.keys.sorted() == [0, 1, 3])
    #expect(try drawn(mixed.sorted()) == expected)
  }

  @Test("a label set of another dataset is refused by the names of its strange classes")
  func strangers() {
    var foreign = labelSet([[0], [1]])
    foreign.classes[0].members.append("n02084071")
    let problem = #expect(throws: Problem.self) { try TrainingView(dataset, foreign) }
    #expect(problem?.found == "n02084071")
  }

  @Test("relabelling copies no image and makes eight bytes a sample, in as many blocks for a million images as for a few")
  func cost() throws {
    #expect(MemoryLayout<Sample>.stride == 8)
    func blocks(_ images: Int, budget: ImageBudget?) throws -> Int {
      let dataset = LabelledDataset(images: images)
      let set = labelSet([[0, 3], [1]], budget: budget)
      _ = try TrainingView(dataset, set)
      let before = callocations_of_this_thread()
      let view = try TrainingView(dataset, set)
      #expect(dataset.pictures.count == 0 && view.training.count <= images)
      return callocations_of_this_thread() - before
    }
    #expect(try blocks(1_281_167, budget: nil) == blocks(1000, budget: nil))
    let (few, many) = try (blocks(1000, budget: .init(perClass: 50, seed: 1)), blocks(1_281_167, budget: .init(perClass: 50, seed: 1)))
    #expect(abs(many - few) < 40)
  }

  @Test("one class alone cannot be trained on")
  func oneClass() {
    #expect(throws: Problem.self) { try TrainingView(dataset, labelSet([[0, 1, 2, 3]])) }
  }
}

/// Labels without pictures.
private struct LabelledDataset: Dataset {
  let name = "bars"
  let summary = "labels"
  let classes = SyntheticDataset(classes: 4, images: 0).classes
  let fingerprint = "labels"
  var imageSize: (height: Int, width: Int, channels: Int)? { nil }
  /// Counts the pictures that are asked for.
  let pictures = LoadCounter()
  private let all: [Int32]

  init(images: Int) { self.init(labels: (0..<images).map { Int32($0 * 7 % 4) }) }
  init(labels: [Int32]) { all = labels }

  func labels(_ split: Split) -> [Int32] { all }
  func identifier(_ split: Split, _ index: Int) -> String { "" }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    pictures.add()
    throw Problem("there is no picture")
  }
}
