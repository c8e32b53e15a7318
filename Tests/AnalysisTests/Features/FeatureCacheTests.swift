import Analysis
import Basics
import Datasets
import Files
import FoundationEssentials
import Kernels
import Runs
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
    let made = try cache.features(for: key, rows: 3, width: 2) { (_, _, take) throws(Problem) in
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

  @Test("any changed byte of what is kept makes it be computed again, numbers of other rows and images included")
  func changedBytes() throws {
    #expect(try computes(key))
    let features = folder.path + "/cache/features"
    for name in try FileManager.default.contentsOfDirectory(atPath: features).sorted() {
      let whole = folder.bytes(of: "cache/features/" + name)
      let isDescription = name.hasSuffix(".json")
      for place in stride(from: isDescription ? 0 : 128, to: whole.count, by: isDescription ? 7 : 1) {
        var bytes = whole
        bytes[place] ^= 1
        folder.write(bytes, to: "cache/features/" + name)
        // Not every byte of the description means something.
        _ = try computes(key)
        if !isDescription { #expect(try !computes(key), "byte \(place) of \(name)") }
      }
    }
    #expect(try !computes(key))
  }

  @Test("a description of images that there are not is thrown away, though it may have been written so", arguments: [
    [0, 3], [-1, 2], [2, 0], [0, 0], [0, Int32.max],
  ] as [[Int32]])
  func foreignImages(indices: [Int32]) throws {
    let (values, skipped) = (matrix.values, matrix.skipped)
    _ = try cache.features(for: key, rows: 3, width: 2) { (_, _, take) throws(Problem) in
      try take(values)
      return ExtractedImages(indices: indices, skipped: skipped)
    }
    #expect(try computes(key))
  }

  @Test("rows of another width, or kept before rows had checksums, are computed again")
  func otherWidth() throws {
    _ = try cache.features(for: key, rows: 3, width: 1) { (_, _, take) throws(Problem) in
      try take(Tensor([5, 6], shape: [2, 1]))
      return ExtractedImages(indices: [0, 2], skipped: [])
    }
    #expect(try computes(key))
    let name = try #require(folder.namesOfFeatures.first { $0.hasSuffix(".json") })
    var text = String(decoding: folder.bytes(of: "cache/features/" + name), as: UTF8.self)
    text.replace("\"rows\"", with: "\"rowz\"")
    folder.write(Array(text.utf8), to: "cache/features/" + name)
    #expect(try computes(key))
  }

  @Test("a lazy reader finds out about each block of rows when it looks at it")
  func blocks() throws {
    // Blocks of a megabyte are of four rows.
    let width = 1 << 16
    func features(_ isLazy: Bool) throws -> (FeatureMatrix, computed: Bool) {
      var computed = false
      let made = try cache.features(for: key, rows: 10, width: width, isLazy: isLazy) { (_, _, take) throws(Problem) in
        computed = true
        for count in [3, 7] { try take(Tensor([count, width])) }
        return ExtractedImages(indices: Array(0..<10))
      }
      return (made, computed)
    }
    #expect(try features(true).computed)
    let name = try #require(folder.namesOfFeatures.first { $0.hasSuffix(".npy") })
    var bytes = folder.bytes(of: "cache/features/" + name)
    bytes[bytes.count - 1] ^= 0x80
    folder.write(bytes, to: "cache/features/" + name)
    let (lazy, computed) = try features(true)
    #expect(!computed)
    try lazy.check(0..<8)
    #expect(throws: Problem.self) { try lazy.check([1, 9]) }
    #expect(throws: Problem.self) { try lazy.check(8..<9) }
    #expect(try features(false).computed)
    #expect(try !features(false).computed)
  }

  @Test("a run's features can be forgotten, and only they")
  func remove() throws {
    var other = key
    other.run = "other"
    #expect(try computes(key) && computes(other))
    FeatureFolder(home: Home(explicit: folder.path)).remove(run: key.run)
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
      try cache.features(for: key, rows: 3, width: 2) { (_, _, take) throws(Problem) in
        try take(Tensor([1, 2]))
        throw Problem("no")
      }
    }
    let left = try FileManager.default.subpathsOfDirectory(atPath: fresh.path)
    #expect(left.allSatisfy { !$0.hasSuffix(".npy") && !$0.hasSuffix(".json") && !$0.hasSuffix(".part") })
  }
}

extension TemporaryFolder {
  fileprivate var namesOfFeatures: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path + "/cache/features")) ?? [] }
}
