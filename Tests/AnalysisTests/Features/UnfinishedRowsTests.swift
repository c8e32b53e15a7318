import Analysis
import Basics
import Datasets
import Files
import FoundationEssentials
import Glibc
import Kernels
import TestSupport
import Testing


@Suite struct UnfinishedRowsTests {
  private let folder = TemporaryFolder()
  private let key = FeatureCache.Key(run: "2026-01-01-x", step: 5, space: "fc7", fingerprint: "f", split: .val)
  private var cache: FeatureCache { FeatureCache(home: Home(explicit: folder.path)) }

  /// Ten images of which the fourth cannot be decoded, in batches of two; `until`: cancelled after so many.
  private func compute(_ key: FeatureCache.Key, until: Int = 10) throws -> (matrix: FeatureMatrix, begun: Int) {
    var begun = -1
    let matrix = try cache.features(for: key, rows: 10, width: 3) { (done, keep, take) throws(Problem) in
      begun = done.images
      var skipped = done.skipped
      for start in stride(from: done.images, to: 10, by: 2) {
        if start >= until { throw .cancelled }
        let images = (start..<start + 2).filter { $0 != 3 }
        if images.count < 2 { skipped.append(SkippedImage(index: 3, identifier: "val/3", reason: "noise")) }
        try take(Tensor(images.flatMap { image in (0..<3).map { Float(image * 10 + $0) } }, shape: [images.count, 3]))
        keep(ExtractedPart(images: start + 2, skipped: skipped))
      }
      return ExtractedImages(indices: (0..<10).filter { $0 != 3 }, skipped: skipped)
    }
    return (matrix, begun)
  }

  private func expectWhole(_ matrix: FeatureMatrix) throws {
    let images = (0..<10).filter { $0 != 3 }
    #expect(matrix.values.array == images.flatMap { image in (0..<3).map { Float(image * 10 + $0) } })
    #expect(matrix.indices == images.map(Int32.init) && matrix.skipped.map(\.identifier) == ["val/3"])
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/features")
    #expect(left.count == 2 && left.allSatisfy { !$0.contains("unfinished") })
  }

  private func file(_ ending: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/features")
    return "cache/features/" + (try #require(names.first { $0.hasSuffix(ending) }))
  }

  @Test("What was computed before it was cancelled is not computed again", arguments: [2, 4, 8])
  func goesOn(until: Int) throws {
    #expect(throws: Problem.self) { try self.compute(self.key, until: until) }
    let (matrix, begun) = try compute(key)
    #expect(begun == until)
    try expectWhole(matrix)
    #expect(try compute(key).begun == -1)
  }

  @Test("Cancelled before the first batch, nothing is left; another key knows nothing of it")
  func nothing() throws {
    #expect(throws: Problem.self) { try self.compute(self.key, until: 0) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache/features").isEmpty)
    #expect(throws: Problem.self) { try self.compute(self.key, until: 4) }
    var other = key
    other.step = 6
    #expect(try compute(other).begun == 0)
  }

  @Test("Damaged or foreign parts are thrown away", arguments: ["a changed float", "cut short", "no note", "a note of nonsense", "another width"])
  func damaged(how: String) throws {
    #expect(throws: Problem.self) { try self.compute(self.key, until: 6) }
    let (rows, note) = (try file(".unfinished"), try file(".unfinished.json"))
    var bytes = folder.bytes(of: rows)
    var text = String(decoding: folder.bytes(of: note), as: UTF8.self)
    switch how {
    case "a changed float": bytes[140] ^= 1
    case "cut short": bytes.removeLast(9)
    case "no note": text = ""
    case "a note of nonsense": text = text.replacing(try Regex("\"images\" *: *[0-9]+"), with: "\"images\" : 9223372036854775807")
    default: text = text.replacing(try Regex("\"width\" *: *[0-9]+"), with: "\"width\" : 4611686018427387904")
    }
    folder.write(bytes, to: rows)
    folder.write(Array(text.utf8), to: note)
    let (matrix, begun) = try compute(key)
    #expect(begun == 0)
    try expectWhole(matrix)
  }

  @Test("Rows behind the last note, which a kill leaves, are computed again")
  func killed() throws {
    #expect(throws: Problem.self) { try self.compute(self.key, until: 4) }
    let rows = try file(".unfinished")
    folder.write(folder.bytes(of: rows) + [1, 2, 3, 4, 5], to: rows)
    let (matrix, begun) = try compute(key)
    #expect(begun == 4)
    try expectWhole(matrix)
  }

  @Test("While another process is at it, the features are computed beside it")
  func locked() throws {
    #expect(throws: Problem.self) { try self.compute(self.key, until: 4) }
    let descriptor = open(folder.path + "/" + (try file(".unfinished")), O_RDWR)
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(try compute(key).begun == 0)
    close(descriptor)
  }
}
