import Analysis
import Basics
import Datasets
import EngineFixtures
import FoundationEssentials
import Kernels
import Taxonomy
import TestSupport
import Testing

@Suite struct InductionTests {
  private let backend = CPUBackend(workers: 2)

  private func vectors(_ count: Int, _ width: Int, seed: Int) -> Tensor {
    let tensor = Tensor([count, width])
    let random = CounterRandom(seed: 31, seed)
    for i in tensor.elements.indices { tensor.elements[i] = random.uniform(i) }
    return tensor
  }

  private func evaluate(
    _ induction: Induction, _ queries: Tensor, _ queryLabels: [Int32], _ gallery: Tensor, _ galleryLabels: [Int32],
    isSame: Bool = false, tested: [Int]
  ) throws -> Induction.Result {
    try induction.evaluate(
      queries: queries, queryLabels: queryLabels, gallery: gallery, galleryLabels: galleryLabels, isSame: isSame, tested: tested,
      backend: backend)
  }

  @Test("Tested are the classes that a label set merges or leaves out: the paper's numbers for ImageNet-1k", arguments: [
    ([RecipeStep.bottomUp(depth: 15)], 92), ([.bottomUp(depth: 12)], 279), ([.bottomUp(depth: 9)], 568), ([.bottomUp(depth: 6)], 954),
    ([.bottomUp(depth: 3)], 996), ([.topDown(rounds: 1)], 935), ([], 0),
  ])
  func testedClasses(recipe: [RecipeStep], count: Int) throws {
    let tree = try RealTrees.hierarchy("imagenet-1k")
    let set = try LabelSet(name: "a", dataset: "imagenet-1k", recipe: recipe, on: tree)
    let classes = tree.fineClasses.map { FineClass(wnid: $0, name: $0) }
    #expect(Induction.testedClasses(set, of: classes).count == count)
    let part = try LabelSet(name: "b", dataset: "imagenet-1k", recipe: [.leaveOut(classes: Array(tree.fineClasses.prefix(7)))], on: tree)
    #expect(Induction.testedClasses(part, of: classes) == Array(0..<7))
  }

  @Test("Hits are those that comparing every pair and counting by hand finds", arguments: Metric.allCases, [false, true])
  func agreesWithNaiveTwin(metric: Metric, isSame: Bool) throws {
    let (width, classes) = (6, 9)
    let queries = vectors(80, width, seed: 1)
    let queryLabels = (0..<80).map { Int32($0 * 7 % classes) }
    let gallery = isSame ? queries : vectors(300, width, seed: 2)
    let galleryLabels = isSame ? queryLabels : (0..<300).map { Int32($0 * 5 % classes) }
    let tested = [1, 2, 5, 8]
    let found = try evaluate(
      Induction(metric: metric, ks: [5, 1, 3]), queries, queryLabels, gallery, galleryLabels, isSame: isSame, tested: tested)
    #expect(found.ks == [1, 3, 5])
    let searched = galleryLabels.indices.filter { tested.contains(Int(galleryLabels[$0])) }
    for (index, fine) in tested.enumerated() {
      let asked = queryLabels.indices.filter { queryLabels[$0] == Int32(fine) }
      #expect(found.classes[index].fineClass == fine && found.classes[index].queries == asked.count)
      for (at, k) in found.ks.enumerated() {
        let hits = asked.count { query in
          let others = searched.filter { !isSame || $0 != query }
          let nearest = others.sorted { a, b in
            let (x, y) = (distance(queries, query, gallery, a, metric), distance(queries, query, gallery, b, metric))
            return (x, a) < (y, b)
          }.prefix(k)
          return nearest.contains { galleryLabels[$0] == Int32(fine) }
        }
        #expect(found.classes[index].hits[at] == hits)
      }
    }
    #expect(found.galleryImages == searched.count)
  }

  private func distance(_ a: Tensor, _ row: Int, _ b: Tensor, _ other: Int, _ metric: Metric) -> Double {
    let width = a.shape[1]
    let x = (0..<width).map { Double(a.elements[row * width + $0]) }, y = (0..<width).map { Double(b.elements[other * width + $0]) }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return metric == .l2
      ? zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() : 1 - dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
  }

  @Test("Of equally distant images the one of the lower index counts")
  func ties() throws {
    let gallery = Tensor([1, 1, 1, 1], shape: [4, 1])
    let query = Tensor([1], shape: [1, 1])
    for (labels, hit) in [([0, 1, 1, 1] as [Int32], 1), ([1, 0, 0, 0], 0)] {
      let found = try evaluate(Induction(ks: [1]), query, [0], gallery, labels, tested: [0, 1])
      #expect(found.classes[0].hits == [hit])
    }
  }

  @Test("One class is always right, and one image alone finds the other")
  func smallest() throws {
    let found = try evaluate(
      Induction(), vectors(3, 4, seed: 5), [2, 2, 2], vectors(1, 4, seed: 6), [2], tested: [2])
    #expect(found.accuracy.map(\.value) == [1, 1] && found.chance == 1)
    let pair = vectors(2, 4, seed: 7)
    #expect(try evaluate(Induction(ks: [1]), pair, [0, 0], pair, [0, 0], isSame: true, tested: [0]).classes[0].hits == [2])
  }

  @Test("Nothing to search, nothing to ask and nothing to test are said in words")
  func nothing() throws {
    let (some, none) = (vectors(2, 3, seed: 1), Tensor([0, 3]))
    #expect(throws: Problem.self) { try evaluate(Induction(), some, [0, 1], none, [], tested: [0, 1]) }
    #expect(throws: Problem.self) { try evaluate(Induction(), none, [], some, [0, 1], tested: [0, 1]) }
    #expect(throws: Problem.self) { try evaluate(Induction(), some, [0, 1], some, [0, 1], tested: []) }
    #expect(throws: Problem.self) { try evaluate(Induction(), some, [0, 1], some, [0, 1], tested: [4]) }
    let one = vectors(1, 3, seed: 1)
    #expect(throws: Problem.self) { try evaluate(Induction(), one, [0], one, [0], isSame: true, tested: [0]) }
  }

  @Test("A vector that holds no numbers is wrong, and nobody's neighbour")
  func hostile() throws {
    let queries = Tensor([.nan, 0, 0.1, 0], shape: [2, 2])
    let gallery = Tensor([.infinity, 0, 0, 0, 5, 5], shape: [3, 2])
    let found = try evaluate(Induction(ks: [1, 3]), queries, [0, 1], gallery, [0, 1, 0], tested: [0, 1])
    #expect(found.classes[0].hits == [0, 0])
    #expect(found.classes[1].hits == [1, 1])
  }

  @Test("Galleries are train, val or a number, and come back from JSON as they were")
  func galleries() throws {
    #expect(try InductionGallery("train") == .train && InductionGallery("val") == .val && InductionGallery("50") == .perClass(50))
    for gallery in [InductionGallery.train, .val, .perClass(7)] {
      #expect(try JSONDecoder().decode([InductionGallery].self, from: JSONEncoder().encode([gallery])) == [gallery])
    }
    for text in ["0", "-3", "test", ""] { #expect(throws: Problem.self) { try InductionGallery(text) } }
  }
}

@Suite struct InductionResultTests {
  @Test("two label sets of one name and as many classes have a bar each, with an interval of its own")
  func sameName() throws {
    let tree = try RealTrees.hierarchy("fashion-mnist")
    let fine = tree.fineClasses
    let classes = fine.map { FineClass(wnid: $0, name: $0) }
    let rows = try [(0, 0.5), (1, 0.7)].map { leftOut, value in
      let set = try LabelSet(
        name: "one", dataset: "fashion-mnist", recipe: [.leaveOut(classes: [fine[leftOut]])], on: tree)
      let result = Induction.Result(
        ks: [1], galleryImages: 10, queries: 10, accuracy: [Estimate(value: value, low: value - 0.1, high: value + 0.1)],
        classes: [.init(fineClass: leftOut, queries: 10, hits: [5])])
      return InductionResult.Row(run: "run \(leftOut)", step: 1, set, seed: 1, classes: classes, result, baselines: [])
    }
    let bars = InductionResult(Induction(ks: [1]), space: "fc7", rows: rows, baselines: [], labels: nil).bars
    #expect(Set(bars.map { ($0.low! * 10).rounded() / 10 }) == [40, 60])
  }
}

@Suite struct BootstrapTests {
  @Test("The interval holds the value, is nothing where all are right or wrong, and draws the same for a seed")
  func interval() {
    #expect(Bootstrap.meanOverClasses(hits: [4, 9], images: [4, 9]) == Estimate(value: 1, low: 1, high: 1))
    #expect(Bootstrap.meanOverClasses(hits: [0], images: [3]) == Estimate(value: 0, low: 0, high: 0))
    let found = Bootstrap.meanOverClasses(hits: [5, 0, 30], images: [10, 0, 40])
    #expect(abs(found.value - 0.625) < 1e-12)
    #expect(found.low < found.value && found.value < found.high)
    #expect(found == Bootstrap.meanOverClasses(hits: [5, 0, 30], images: [10, 0, 40]))
    #expect(found != Bootstrap.meanOverClasses(hits: [5, 0, 30], images: [10, 0, 40], seed: 2))
  }

  @Test("Its width is that of the binomial for one class")
  func width() {
    let found = Bootstrap.meanOverClasses(hits: [200], images: [400])
    // 1.96 · √(½ · ½ / 400) = 0.049 to either side.
    #expect(abs((found.high - found.low) / 2 - 0.049) < 0.006)
  }

  @Test("Classes without images do not count, and none at all is no number")
  func empty() {
    #expect(Bootstrap.meanOverClasses(hits: [1, 0], images: [2, 0]).value == 0.5)
    #expect(Bootstrap.meanOverClasses(hits: [], images: []).value.isNaN)
    #expect(Repeats([0.5]).deviation == nil)
    #expect(abs(Repeats([1, 2, 3]).deviation! - 1) < 1e-12)
  }
}
