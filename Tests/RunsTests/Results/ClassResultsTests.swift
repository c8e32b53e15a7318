import Basics
import Files
import Kernels
import Runs
import Taxonomy
import TestSupport
import Testing
import Training

@Suite struct ClassResultsTests {
  let folder = TemporaryFolder()

  private func pair(_ label: Int, _ prediction: Int) -> UInt64 {
    UInt64(label) << 32 | UInt64(UInt32(bitPattern: Int32(prediction)))
  }

  @Test("Counts are those of counting one by one, for a thousand classes and fifty thousand images")
  func counts() {
    let random = CounterRandom(seed: 1, 1)
    let images = (0..<50_000).map { index in
      let label = index / 50
      return (label, random.uniform(2 * index) < 0.6 ? label : random.below(1000, 2 * index + 1))
    }
    let results = ClassResults(step: 7, epoch: 2, classes: 1000, pairs: images.map { pair($0.0, $0.1) })
    #expect(results.images.allSatisfy { $0 == 50 } && results.unlisted == 0)
    var expected: [[Int]: Int] = [:]
    for (label, prediction) in images where label != prediction { expected[[label, prediction], default: 0] += 1 }
    let found = Dictionary(uniqueKeysWithValues: results.confusions.map { ([$0.label, $0.prediction!], $0.count) })
    #expect(found == expected)
    #expect(zip(results.confusions, results.confusions.dropFirst()).allSatisfy { $0.count >= $1.count })
    for label in [0, 500, 999] {
      let right = images.count { $0.0 == label && $0.1 == label }
      #expect(results.accuracy(of: label) == Double(right) / 50)
      #expect(results.topConfusions()[label]?.count == expected.filter { $0.key[0] == label }.values.max())
    }
  }

  @Test("However many classes are confused, no more confusions are listed than fit; the others are counted")
  func bounded() throws {
    let classes = 82_115
    let pairs = (0..<300_000).map { pair($0 % classes, ($0 * 7 + 1 + $0 / classes) % classes) } + [pair(1, 0), pair(1, 0), pair(1, 0)]
    let results = ClassResults(step: 1, epoch: 1, classes: classes, pairs: pairs)
    #expect(results.confusions.count == ClassResults.most)
    #expect(results.confusions.first == .init(label: 1, prediction: 0, count: 3))
    let wrong = pairs.count { $0 >> 32 != $0 & 0xFFFF_FFFF }
    #expect(results.confusions.reduce(0) { $0 + $1.count } + results.unlisted == wrong)
    let run = RunDirectory(folder.path)
    try run.classResults.save(results, best: nil)
    #expect(folder.bytes(of: "results/1.json").count < 4 << 20)
    #expect(try run.classResults.load(1) == results)
  }

  @Test("The last results, the best and those of checkpoints are kept; a damaged file is told, not believed")
  func kept() throws {
    let run = RunDirectory(folder.path)
    func save(_ step: Int, best: Int?) throws {
      try run.classResults.save(ClassResults(step: step, epoch: 1, classes: 2, pairs: [pair(0, 1)]), best: best)
    }
    try AtomicFile.write("", to: run.checkpoints.path(20))
    try save(10, best: 10)
    try save(20, best: 10)
    try save(30, best: 10)
    #expect(run.classResults.steps() == [10, 20, 30])
    try save(40, best: 40)
    #expect(run.classResults.steps() == [20, 40])
    let good = String(decoding: folder.bytes(of: "results/40.json"), as: UTF8.self)
    for (from, to) in [("[0,1,1]", "[0,2,1]"), ("[0,1,1]", "[0,1]"), ("[1,0]", "[1]"), ("{", "")] {
      folder.write(Array(good.replacing(from, with: to).utf8), to: "results/40.json")
      #expect(throws: Problem.self, "\(to)") { try run.classResults.load(40) }
    }
  }

  @Test("A node of the tree is right where an image was taken for any class below it")
  func nodes() throws {
    let names = ["jersey", "trouser", "sandal", "sneaker"]
    let tree = "clothing\tthing\nshoe\tthing\njersey\tclothing\ntrouser\tclothing\nsandal\tshoe\nsneaker\tshoe\n"
    let wordNet = try UserHierarchy(Array(tree.utf8), at: "tree").wordNet()
    let hierarchy = try Hierarchy(fineClasses: names, wordNet: wordNet)
    let set = LabelSet(
      name: "four", dataset: "d", policy: .name, recipe: [],
      classes: names.map { TargetClass(wnid: $0, name: $0, members: [$0]) }, leftOut: [])
    let label = Dictionary(uniqueKeysWithValues: set.classes.enumerated().map { ($1.wnid, $0) })
    func image(_ a: String, _ b: String) -> UInt64 { pair(label[a]!, label[b]!) }
    let results = ClassResults(
      step: 1, epoch: 1, classes: 4,
      pairs: [
        image("jersey", "jersey"), image("jersey", "trouser"), image("jersey", "sandal"), image("trouser", "trouser"),
        image("sandal", "sneaker"), image("sneaker", "sneaker"),
      ] + [pair(label["sneaker"]!, -1)])
    let found = Dictionary(uniqueKeysWithValues: results.nodes(of: set, in: hierarchy).map { ($0.wnid, $0) })
    func numbers(_ wnid: String) -> [Int?] { [found[wnid]?.classes, found[wnid]?.images, found[wnid]?.right] }
    #expect(numbers("jersey") == [1, 3, 1])
    #expect(numbers("clothing") == [2, 4, 3])
    #expect(numbers("shoe") == [2, 3, 2])
    // All but the image that was taken for nothing.
    #expect(numbers("thing") == [4, 7, 6])
    #expect(found["thing"]?.isFork == true && found["clothing"]?.isFork == true && found["jersey"]?.isFork == true)
  }
}
