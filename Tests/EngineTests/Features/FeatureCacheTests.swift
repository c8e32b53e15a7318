import Engine
import FoundationEssentials
import Kernels
import Taxonomy
import TestSupport
import Testing

@Suite struct FeatureCacheTests {
  private let folder = TemporaryFolder()
  private let key = FeatureCache.Key(run: "2026-01-01-x", step: 5, space: "fc7", fingerprint: "f", split: .val)
  private let matrix = FeatureMatrix(
    values: Tensor([1, 2, 3, 4], shape: [2, 2]), indices: [0, 2],
    skipped: [SkippedImage(index: 1, identifier: "val/1", reason: "no image")])

  private var cache: FeatureCache { FeatureCache(home: Home(explicit: folder.path)) }

  /// True: had to be computed.
  private func computes(_ key: FeatureCache.Key) throws -> Bool {
    var computed = false
    let made = try cache.features(for: key, rows: 3, width: 2) { (take) throws(Problem) in
      computed = true
      // In two blocks, as an extraction hands them out.
      for row in 0..<2 { try take(Tensor(storage: matrix.values.storage, offset: row * 2, shape: [1, 2])) }
      return ExtractedImages(indices: matrix.indices, skipped: matrix.skipped)
    }
    #expect(made.values.array == [1, 2, 3, 4] && made.values.shape == [2, 2])
    #expect(made.indices == [0, 2] && made.skipped == matrix.skipped)
    return computed
  }

  @Test("features are computed once and then read")
  func once() throws {
    #expect(try computes(key))
    #expect(try !computes(key))
  }

  @Test("whatever decides the numbers is part of the key")
  func keys() throws {
    #expect(try computes(key))
    var others = Array(repeating: key, count: 6)
    others[0].run = "other"
    others[1].step = 6
    others[2].space = "fc8"
    others[3].fingerprint = "g"
    others[4].split = .train
    others[5].indices = [0, 1, 2]
    for other in others { #expect(try computes(other)) }
  }

  @Test("a damaged file is computed again", arguments: [".npy", ".json"])
  func damaged(ending: String) throws {
    #expect(try computes(key))
    let features = folder.path + "/cache/features"
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: features).first { $0.hasSuffix(ending) })
    folder.write(Array(folder.bytes(of: "cache/features/" + name).dropLast(2)), to: "cache/features/" + name)
    #expect(try computes(key))
    #expect(try !computes(key))
  }

  @Test("a run's features can be forgotten, and only they")
  func remove() throws {
    var other = key
    other.run = "other"
    #expect(try computes(key) && computes(other))
    cache.remove(run: key.run)
    #expect(try computes(key))
    #expect(try !computes(other))
  }

  @Test("a home that cannot be written to costs the keeping only, and a failed computation is not kept")
  func failures() throws {
    folder.write([], to: "cache")
    #expect(try computes(key))
    #expect(try computes(key))
    let fresh = TemporaryFolder()
    let cache = FeatureCache(home: Home(explicit: fresh.path))
    #expect(throws: Problem.self) {
      try cache.features(for: key, rows: 3, width: 2) { (take) throws(Problem) in
        try take(Tensor([1, 2]))
        throw Problem("no")
      }
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: fresh.path)
    #expect(left.allSatisfy { !$0.hasSuffix(".npy") && !$0.hasSuffix(".json") && !$0.hasSuffix(".part") })
  }
}
