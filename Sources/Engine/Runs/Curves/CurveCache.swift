import Basics
import Files
import FoundationEssentials
import Glibc

/// What was read of long event files, a file a run under the home's `cache/curves`, so that ten million steps open at once:
/// the file is mapped, and of its blocks only those are read that are looked at.
///
/// It says how far each event file was read, with checksums of the file's beginning and of its last bytes before that
/// place, so that it is never taken for what another file held. What is missing, damaged or of something else is read
/// again from the event files. Layout: header (magic, lengths, checksum), table (JSON), for every curve the times, spans and
/// checksums of its blocks and its tail, and from a page's beginning on the blocks (``SeriesBlock/bytes``), little-endian. The header's
/// checksum covers all but the blocks, whose own are compared when a block is first looked at.
package struct CurveCache: Sendable {
  private let folder: String

  package init(home: Home) { folder = home.cache + "/curves" }

  private func path(_ run: String) -> String { "\(folder)/\(run).curves" }

  package func remove(run: String) { unlink(path(run)) }

  private static let magic: UInt64 = 0x3230_7376_7275_6369  // "icurvs02"
  private static let headerBytes = 32
  private static let page = 4096

  private struct Table: Codable {
    struct File: Codable {
      var name: String
      @Bounded<ByteCount> var offset: Int
      @Bounded<Count> var badRecords: Int
      var check: UInt32
    }
    struct Curve: Codable {
      /// As in the event files.
      var tag: String
      @Bounded<Blocks> var blocks: Int
      @Bounded<Values> var tail: Int

      /// Per block its time, span and checksums; per value of the tail its time, step and value.
      var indexBytes: Int { blocks * (24 + MemoryLayout<SeriesSpan>.stride) + tail * 16 }
    }
    /// More would not fit into a file whose table has its length.
    enum Blocks: Limits { static let range = 0...1 << 24 }
    enum Values: Limits { static let range = 0...SeriesBlock.count }
    var files: [File]
    var curves: [Curve]
    var clock: RunClock
  }

  // MARK: Keeping

  /// - Throws: a ``Problem`` where it cannot be written, which costs only time.
  package func keep(_ curves: RunCurves, run: String) throws(Problem) {
    // What was left out has to be told again.
    guard curves.unkeptNorms == 0, curves.unkeptMetrics == 0 else { return }
    var files: [Table.File] = []
    for reader in curves.readers {
      guard let check = Self.check(reader.path, upTo: reader.offset) else { return }
      let name = reader.path.split(separator: "/").last.map(String.init) ?? reader.path
      files.append(.init(name: name, offset: reader.offset, badRecords: reader.badRecords, check: check))
    }
    let all = curves.series.map { ($0.key.tag, $0.value) } + curves.norms.map { ($0.key.tag, $0.value) }
    let table = Table(
      files: files,
      curves: all.map { .init(tag: $0.0, blocks: $0.1.blocks.count, tail: $0.1.tail.values.count) }, clock: curves.clock)
    guard var head = try? Array(JSONEncoder().encode(table)) else { return }
    head += [UInt8](repeating: UInt8(ascii: " "), count: (8 - head.count % 8) % 8)
    let tableBytes = head.count
    for (_, series) in all { Self.append(series, to: &head) }
    var header: [UInt8] = []
    header.append(littleEndian: Self.magic)
    header.append(littleEndian: UInt64(tableBytes))
    header.append(littleEndian: UInt64(head.count - tableBytes))
    header.append(littleEndian: UInt64(head.withUnsafeBytes { CRC32C($0).value }))
    let start = header + head
    let padding = [UInt8](repeating: 0, count: (Self.page - start.count % Self.page) % Self.page)
    try AtomicFile.write(to: path(run)) { (file) throws(Problem) in
      func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        let code = AtomicFile.append(bytes, to: file)
        if code != 0 { throw AtomicFile.failure("cannot write", path(run), code: code) }
      }
      let code = (start + padding).withUnsafeBytes { AtomicFile.append($0, to: file) }
      if code != 0 { throw AtomicFile.failure("cannot write", path(run), code: code) }
      for (_, series) in all {
        for block in series.blocks { try write(block.content) }
      }
    }
  }

  private static func append(_ series: RunSeries, to bytes: inout [UInt8]) {
    for block in series.blocks { bytes.append(littleEndian: block.time.bitPattern) }
    for block in series.blocks { withUnsafeBytes(of: block.span) { bytes.append(contentsOf: $0) } }
    for block in series.blocks { withUnsafeBytes(of: block.checksums) { bytes.append(contentsOf: $0) } }
    for time in series.tail.times { bytes.append(littleEndian: time.bitPattern) }
    for step in series.tail.steps { bytes.append(littleEndian: step) }
    for value in series.tail.values { bytes.append(littleEndian: value.bitPattern) }
  }

  // MARK: Opening

  /// The curves of a run as they were kept; nil where there are none that fit its event files.
  package func open(run: String, in runs: String) -> RunCurves? {
    guard let file = try? CurveFile(path: path(run)), file.bytes.count >= Self.headerBytes else { return nil }
    func number(_ place: Int) -> UInt64 { file.bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self) }
    guard number(0) == Self.magic, number(1) <= UInt64(file.bytes.count), number(2) <= UInt64(file.bytes.count) else {
      return nil
    }
    let (tableBytes, indexBytes) = (Int(number(1)), Int(number(2)))
    let headEnd = Self.headerBytes + tableBytes + indexBytes
    guard headEnd <= file.bytes.count else { return nil }
    let head = UnsafeRawBufferPointer(rebasing: file.bytes[Self.headerBytes..<headEnd])
    guard UInt64(CRC32C(head).value) == number(3),
      let table = try? JSONDecoder().decode(Table.self, from: Data(head.prefix(tableBytes)))
    else { return nil }
    // What the checksum covers was written by this program; only the blocks may be short, or other ones.
    let blocksStart = (headEnd + Self.page - 1) / Self.page * Self.page
    let blocks = table.curves.reduce(0) { $0 + $1.blocks }
    guard table.curves.reduce(0, { $0 + $1.indexBytes }) == indexBytes,
      file.bytes.count == blocksStart + blocks * SeriesBlock.bytes
    else { return nil }
    let folder = "\(runs)/\(run)"
    for entry in table.files {
      guard Self.check("\(folder)/\(entry.name)", upTo: entry.offset) == entry.check else { return nil }
    }
    var index = Self.headerBytes + tableBytes
    var block = blocksStart
    var series: [(tag: String, series: RunSeries)] = []
    for curve in table.curves {
      series.append((curve.tag, Self.series(curve, in: file, index: index, blocks: block)))
      index += curve.indexBytes
      block += curve.blocks * SeriesBlock.bytes
    }
    let readers = table.files.map {
      EventFileReader("\(folder)/\($0.name)", offset: $0.offset, badRecords: $0.badRecords)
    }
    return RunCurves(folder: folder, readers: readers, clock: table.clock, series, in: file)
  }

  private static func series(_ curve: Table.Curve, in file: CurveFile, index: Int, blocks: Int) -> RunSeries {
    let start = file.bytes.baseAddress!
    let times = start + index
    let spans = times + curve.blocks * 8
    let checksums = spans + curve.blocks * MemoryLayout<SeriesSpan>.stride
    var series = RunSeries()
    for number in 0..<curve.blocks {
      series.append(
        SeriesBlock(
          at: start + blocks + number * SeriesBlock.bytes, in: file,
          time: times.loadUnaligned(fromByteOffset: number * 8, as: Double.self),
          span: spans.loadUnaligned(fromByteOffset: number * MemoryLayout<SeriesSpan>.stride, as: SeriesSpan.self),
          checksums: checksums.loadUnaligned(fromByteOffset: number * 16, as: SIMD4<UInt32>.self)))
    }
    let tail = checksums + curve.blocks * 16
    func numbers<Number: BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> [Number] {
      (0..<curve.tail).map {
        tail.loadUnaligned(fromByteOffset: offset + $0 * MemoryLayout<Number>.stride, as: Number.self)
      }
    }
    series.replaceTail(
      .init(
        steps: numbers(UInt32.self, at: curve.tail * 8), times: numbers(Double.self, at: 0),
        values: numbers(Float.self, at: curve.tail * 12)))
    return series
  }

  /// A checksum of a file's first bytes and of the last ones before `offset`: records hold the time to the microsecond, so
  /// that no two files share it. Nil where the file is shorter.
  private static func check(_ path: String, upTo offset: Int) -> UInt32? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var checksum = CRC32C()
    var bytes = [UInt8](repeating: 0, count: min(page, max(0, offset)))
    for place in [0, offset - bytes.count] {
      let count = bytes.count
      guard pread(descriptor, &bytes, count, off_t(place)) == count else { return nil }
      bytes.withUnsafeBytes { checksum.update($0) }
    }
    return checksum.value
  }
}
