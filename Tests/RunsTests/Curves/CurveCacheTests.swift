import Files
import FoundationEssentials
import Glibc
import Runs
import TestSupport
import Testing
import Training


@Suite struct CurveCacheTests {
  let folder = TemporaryFolder()
  let run = "20260101-000000-long"
  var home: Home { Home(explicit: folder.path) }
  var cache: CurveCache { CurveCache(home: home) }
  var place: String { "\(home.runs)/\(run)" }
  var file: String { "cache/curves/\(run).curves" }

  /// Writes a session's event file.
  private func record(_ steps: ClosedRange<Int>, host: String = "here", now: Double = 1000) throws {
    try AtomicFile.makeFolder(place)
    let writer = try EventFileWriter(folder: place, host: host, firstStep: steps.lowerBound, now: now)
    for step in steps {
      try writer.append([.trainLoss: 1 / Float(step), .learningRate: 0.1], step: step, now: now + Double(step))
      if step % 50 == 0 {
        try writer.append([LayerNorm(.init(.gradient, "conv1.weight"), Float(step))], step: step, now: now + Double(step))
      }
      if step % 1000 == 0 { try writer.append([.top1: 0.5], step: step, now: now + Double(step)) }
    }
  }

  private func parsed() throws -> RunCurves {
    var curves = RunCurves(folder: place)
    try curves.refresh()
    return curves
  }

  private func expectEqual(_ curves: RunCurves, _ expected: RunCurves) {
    #expect(curves.series == expected.series)
    #expect(curves.norms == expected.norms)
    #expect(curves.readBytes == expected.readBytes)
  }

  @Test("Curves come back from the cache as they were read, and go on from there")
  func comesBack() throws {
    try record(1...9000)
    try cache.keep(parsed(), run: run)
    var kept = try #require(cache.open(run: run, in: home.runs))
    expectEqual(kept, try parsed())
    #expect(kept[.trainLoss].span(0..<9000)?.low == 1 / Float(9000))
    #expect(try !kept.refresh())
    // A session that does steps again, also such as lie in mapped blocks.
    try record(5000...5100, now: 20_000)
    #expect(try kept.refresh())
    expectEqual(kept, try parsed())
    #expect(kept[.trainLoss].count == 5100 && kept[.top1].count == 5)
    try cache.keep(kept, run: run)
    expectEqual(try #require(cache.open(run: run, in: home.runs)), try parsed())
  }

  @Test("A cache of other event files is not used, even where they have the same names and lengths")
  func otherFiles() throws {
    try record(1...5000)
    try cache.keep(parsed(), run: run)
    let name = try #require(EventFiles.list(in: place).first)
    try FileManager.default.removeItem(atPath: "\(place)/\(name)")
    #expect(cache.open(run: run, in: home.runs) == nil)
    try record(1...5000, now: 1000.5)
    #expect(EventFiles.list(in: place).first == name)
    #expect(cache.open(run: run, in: home.runs) == nil)
    // Shorter than what was read of it.
    try cache.keep(parsed(), run: run)
    let bytes = folder.bytes(of: "runs/\(run)/\(name)")
    folder.write(Array(bytes.dropLast(100)), to: "runs/\(run)/\(name)")
    #expect(cache.open(run: run, in: home.runs) == nil)
  }

  @Test("A cache that is damaged in its head or cut anywhere is not used")
  func damaged() throws {
    try record(1...5000)
    try cache.keep(parsed(), run: run)
    let whole = folder.bytes(of: file)
    for place in stride(from: 0, to: 2000, by: 97) {
      var bytes = whole
      bytes[place] ^= 0x40
      folder.write(bytes, to: file)
      #expect(cache.open(run: run, in: home.runs) == nil, "byte \(place)")
    }
    for count in [0, 7, 31, 32, 100, 4096, whole.count / 2, whole.count - 1] {
      folder.write(Array(whole[..<count]), to: file)
      #expect(cache.open(run: run, in: home.runs) == nil, "\(count) bytes")
    }
    folder.write(whole, to: file)
    #expect(cache.open(run: run, in: home.runs) != nil)
    cache.remove(run: run)
    #expect(cache.open(run: run, in: home.runs) == nil)
  }

  @Test("A byte of a block that is damaged is never shown: the curves are read again, and the cache with it is gone")
  func damagedBlocks() throws {
    try record(1...9000)
    let expected = try parsed()
    try cache.keep(expected, run: run)
    let whole = folder.bytes(of: file)
    let block = 4096 * 12 + 64 * 32
    // The blocks stand at the end: two of each of the loss and the rate. In steps, times, values and spans of each of them.
    let start = whole.count - 4 * block
    func look(_ reader: RunsReader) throws -> (spans: String, wasDamaged: Bool) {
      var looks = 0
      let spans = try reader.curves(of: run, smoothing: 0.9) { curves in
        looks += 1
        let drawn = [curves[.trainLoss], curves.smoothed(.trainLoss), curves[.learningRate]].flatMap { curve in
          [SeriesAxis.step, .seconds(since: 1000)].map { curve.spans(in: 500...8500, on: $0, columns: 100) }
        }
        return "\(drawn)"
      }
      return (spans, looks > 1)
    }
    let right = try look(RunsReader(home: home))
    #expect(!right.wasDamaged)
    var seen = 0
    for place in (0..<4).flatMap({ number in [0, 9000, 16_383, 20_000, 32_767, 33_000, 49_151, 49_152, 51_199].map { start + number * block + $0 } }) {
      var bytes = whole
      bytes[place] ^= 0x41
      folder.write(bytes, to: file)
      let found = try look(RunsReader(home: home))
      #expect(found.spans == right.spans, "byte \(place)")
      if found.wasDamaged { seen += 1 }
      // Whatever the charts needed of it.
      folder.write(bytes, to: file)
      expectEqual(try RunsReader(home: home).checkedCurves(of: run), expected)
      #expect(cache.open(run: run, in: home.runs) == nil)
    }
    #expect(seen > 20)
  }

  @Test("Long files are read in pieces: what is there is whole, what is left is told, a later session waits for the earlier")
  func pieces() throws {
    try record(1...12_000)
    try record(9000...9100, now: 50_000)
    var curves = RunCurves(folder: place)
    var counts: [Int] = []
    repeat {
      try curves.refresh(atMost: 100_000)
      counts.append(curves[.trainLoss].count)
    } while curves.unreadBytes > 0 && counts.count < 100
    #expect(counts.count > 5 && counts.dropLast().allSatisfy { $0 < 12_001 })
    expectEqual(curves, try parsed())
    #expect(curves[.trainLoss].count == 9100)
  }

  @Test("What took long to parse is kept, and opened the next time; short runs leave no cache")
  func opened() throws {
    try record(1...100)
    func look(_ opened: OpenedCurves) throws -> RunCurves {
      try opened.refresh(run, smoothing: 0.9, of: [.trainLoss], atMost: .max)
    }
    #expect(try look(OpenedCurves(home: home))[.trainLoss].count == 100)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/cache"))
    try record(101...9000, now: 5000)
    let opened = OpenedCurves(home: home, worthKeeping: 100_000)
    let curves = try look(opened)
    #expect(curves[.trainLoss].count == 9000)
    for _ in 0..<6000 where cache.open(run: run, in: home.runs) == nil { usleep(10_000) }
    expectEqual(try #require(cache.open(run: run, in: home.runs)), curves)
    let again = try look(opened)
    expectEqual(again, curves)
    #expect(again.smoothed(.trainLoss) == curves.smoothed(.trainLoss))
    #expect(again.smoothed(.trainLoss) != again[.trainLoss])
  }
}
