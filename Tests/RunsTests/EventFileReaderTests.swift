import Basics
import Files
import Runs
import TestSupport
import Testing

@Suite struct EventFileReaderTests {
  let folder = TemporaryFolder()
  let name = "events.out.tfevents.1000.host"
  var path: String { folder.path + "/" + name }

  func record(step: Int, _ value: Float = 1, _ metric: RunMetric = .trainLoss) -> [UInt8] {
    EventRecord(wallTime: 5, step: step, content: .scalars([.init(metric: metric, value: value)])).encoded()
  }

  func steps(_ reader: inout EventFileReader) throws -> [Int] {
    var steps: [Int] = []
    try reader.read { steps.append($0.step) }
    return steps
  }

  @Test("CRC-32C gives the values of RFC 3720, appendix B.4")
  func checksum() {
    func crc(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C($0).value } }
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc(Array(0..<32)) == 0x46DD_794E)
    #expect(crc(Array((0..<32).reversed())) == 0x113F_DB5C)
    #expect(crc(Array("123456789".utf8)) == 0xE306_9283)
  }

  @Test("What was appended since the last reading comes once, in order")
  func follows() throws {
    folder.write(record(step: 1) + record(step: 2), to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader) == [1, 2])
    #expect(try steps(&reader) == [])
    folder.write(folder.bytes(of: name) + record(step: 3), to: name)
    #expect(try steps(&reader) == [3])
    #expect(reader.ending == .whole && reader.badRecords == 0)
  }

  @Test("A file cut at any byte is read up to there, and on from there when the rest arrives")
  func cutAnywhere() throws {
    let parts = (1...3).map { record(step: $0) }
    let whole = parts.flatMap { $0 }
    for count in 0...whole.count {
      folder.write(Array(whole[..<count]), to: name)
      var reader = EventFileReader(path)
      let complete = count / parts[0].count
      #expect(try steps(&reader) == Array([1, 2, 3][..<complete]))
      #expect(reader.ending == (count % parts[0].count == 0 ? .whole : .cut(at: complete * parts[0].count)))
      folder.write(whole, to: name)
      #expect(try steps(&reader) == Array([1, 2, 3][complete...]))
      #expect(reader.ending == .whole)
    }
  }

  @Test("A record with a wrong checksum is passed over and counted")
  func badData() throws {
    var bad = record(step: 2)
    bad[15] ^= 1
    folder.write(record(step: 1) + bad + record(step: 3), to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader) == [1, 3])
    #expect(reader.badRecords == 1)
  }

  @Test("A damaged length ends the reading at its byte")
  func badLength() throws {
    var bad = record(step: 2)
    bad[2] ^= 0x40
    folder.write(record(step: 1) + bad + record(step: 3), to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader) == [1])
    #expect(reader.ending == .damaged(at: record(step: 1).count))
  }

  @Test("A length that is signed rightly but absurd is damage, not memory", arguments: [UInt64.max, 1 << 40, 1 << 27])
  func absurdLength(length: UInt64) throws {
    let head = withUnsafeBytes(of: length.littleEndian, Array.init)
    let sign = withUnsafeBytes(of: head.withUnsafeBytes { CRC32C($0).masked }.littleEndian, Array.init)
    folder.write(record(step: 1) + head + sign + [1, 2, 3], to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader) == [1])
    #expect(reader.ending == .damaged(at: record(step: 1).count))
  }

  @Test("A file of random bytes gives nothing and no crash")
  func randomBytes() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<50 {
      folder.write((0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) }, to: name)
      var reader = EventFileReader(path)
      #expect(try steps(&reader) == [])
    }
  }

  @Test("An event whose fields make no sense is passed over, whatever its bytes are")
  func hostileEvents() throws {
    var generator = SystemRandomNumberGenerator()
    func framed(_ data: [UInt8]) -> [UInt8] {
      let head = withUnsafeBytes(of: UInt64(data.count).littleEndian, Array.init)
      func sign(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: bytes.withUnsafeBytes { CRC32C($0).masked }.littleEndian, Array.init)
      }
      return head + sign(head) + data + sign(data)
    }
    let endless = framed([0x10] + [UInt8](repeating: 0xFF, count: 30))
    let beyond = framed([0x2A, 0x7F, 0x0A])
    let negative = framed([0x10] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
    let random = (0..<200).map { _ in
      framed([0x2A, 20, 0x0A, 18] + (0..<18).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    folder.write(endless + beyond + negative + random.flatMap { $0 } + record(step: 9), to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader).last == 9)
    #expect(reader.badRecords >= 3)
    #expect(reader.ending == .whole)
  }

  @Test("A file of many megabytes is read whole, in pieces")
  func long() throws {
    let one = record(step: 7)
    let count = 3 * (1 << 20) / one.count
    folder.write(Array(repeatElement(one, count: count).joined()), to: name)
    var reader = EventFileReader(path)
    #expect(try steps(&reader).count == count)
  }
}
