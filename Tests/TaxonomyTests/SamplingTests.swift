import EngineFixtures
import Taxonomy
import TestSupport
import Testing

@Suite("Draws are seeded, uniform and nested")
struct SamplingTests {
  @Test("Smaller image budgets are the beginning of larger ones")
  func nestedImages() {
    func drawn(_ count: Int) -> [Int] { ImageBudget(perClass: count, seed: 7).drawn(from: 1300, ofClass: "n02084071") }
    let all = drawn(5000)
    #expect(all.sorted() == Array(0..<1300))
    for count in [0, 50, 125, 250, 500, 1300] { #expect(drawn(count) == Array(all.prefix(count))) }
    #expect(all != Array(0..<1300))
  }

  @Test("Another class or another seed draws other images")
  func independent() {
    let a = ImageBudget(perClass: 50, seed: 7).drawn(from: 1300, ofClass: "n02084071")
    #expect(a != ImageBudget(perClass: 50, seed: 7).drawn(from: 1300, ofClass: "n02084072"))
    #expect(a != ImageBudget(perClass: 50, seed: 8).drawn(from: 1300, ofClass: "n02084071"))
    #expect(ImageBudget(perClass: -3, seed: 8).drawn(from: 10, ofClass: "x").isEmpty)
    #expect(ImageBudget(perClass: 3, seed: 8).drawn(from: 0, ofClass: "x").isEmpty)
  }

  @Test("Every image is drawn about equally often")
  func uniform() {
    var hits = [Int](repeating: 0, count: 20)
    for seed in 0..<4000 {
      for image in ImageBudget(perClass: 5, seed: UInt64(seed)).drawn(from: 20, ofClass: "n02084071") { hits[image] += 1 }
    }
    // 1000 expected, standard deviation 27.4: six of them.
    #expect(hits.allSatisfy { abs($0 - 1000) < 165 })
  }

  @Test("Samples of classes nest")
  func nestedClasses() throws {
    let fine = Partition(try RealTrees.hierarchy("imagenet-1k"))
    let samples = try [125, 250, 500, 1000].map { Set(try fine.sampleClasses(count: $0, seed: 3).classes) }
    #expect(samples.map(\.count) == [125, 250, 500, 1000])
    for (smaller, larger) in zip(samples, samples.dropFirst()) { #expect(smaller.isSubset(of: larger)) }
    #expect(samples[0] != Set(try fine.sampleClasses(count: 125, seed: 4).classes))
  }
}
