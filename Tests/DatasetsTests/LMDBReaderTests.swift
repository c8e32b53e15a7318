import Basics
import Datasets
import Glibc
import Kernels
import TestSupport
import Testing

/// A database is a file from outside: whatever its bytes are, reading ends in values or in one ``Problem``.
@Suite struct LMDBReaderTests {
  let folder = TemporaryFolder()
  var file: String { folder.path + "/db/data.mdb" }

  /// 300 entries on three levels, each tenth with pages for itself.
  private static let entries: [(key: [UInt8], value: [UInt8])] = (0..<300).map { number in
    let key = Array("0000\(1000 + number)_\(String(repeating: "folder/", count: 20))\(number).png".utf8)
    return (key, (0..<(number % 10 == 0 ? 5000 + number : 20)).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) })
  }

  private func fill() throws -> [UInt8] {
    try LMDBWriter(folder: folder.path + "/db", mapSize: 16 << 20).append(Self.entries)
    return folder.bytes(of: "db/data.mdb")
  }

  /// All that can be read: by going over it, and by key.
  private func readAll() throws(Problem) -> [(key: [UInt8], value: [UInt8])] {
    let reader = try LMDBReader(folder: folder.path + "/db")
    var found: [(key: [UInt8], value: [UInt8])] = []
    for entry in Self.entries { _ = try? value(of: entry.key, in: reader) }
    try reader.forEach { key, value throws(Problem) in found.append((Array(key), try value.all())) }
    return found
  }

  private func value(of key: [UInt8], in reader: LMDBReader) throws -> [UInt8] {
    var found: [UInt8] = []
    let name = UnsafeMutableRawBufferPointer.allocate(byteCount: key.count, alignment: 1)
    defer { name.deallocate() }
    name.copyBytes(from: key)
    try reader.withValue(of: UnsafeRawBufferPointer(name)) { found = Array($0) }
    return found
  }

  private func refusal() -> Problem? { #expect(throws: Problem.self) { try readAll() } }

  /// Writes `bytes` over those of the file.
  private func put(_ bytes: [UInt8], at place: Int) {
    let descriptor = open(file, O_WRONLY)
    #expect(bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, place) } == bytes.count)
    close(descriptor)
  }

  private func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

  @Test("What LMDB wrote is read: over branches, from leaves and from pages of its own, without a lock file")
  func reads() throws {
    _ = try fill()
    unlink(folder.path + "/db/lock.mdb")
    let found = try readAll()
    #expect(found.map(\.key) == Self.entries.map(\.key) && found.map(\.value) == Self.entries.map(\.value))
    let reader = try LMDBReader(folder: folder.path + "/db")
    #expect(reader.count == 300)
    for entry in Self.entries.reversed() { #expect(try value(of: entry.key, in: reader) == entry.value) }
    #expect(#expect(throws: Problem.self) { try value(of: Array("0000".utf8), in: reader) }?.what == "the database has no such entry")
    #expect(access(folder.path + "/db/lock.mdb", F_OK) != 0)
  }

  @Test("Any byte changed in a page's structure ends in a Problem or in the same keys")
  func changedBytes() throws {
    let whole = try fill()
    // All of the meta pages, and of every other page its head, its pointers and some of its nodes.
    var places = Array(16..<160) + Array(4096 + 8..<4096 + 160)
    for page in 2..<whole.count / 4096 {
      places += (0..<20).map { page * 4096 + $0 }
      places += stride(from: page * 4096 + 20, to: (page + 1) * 4096, by: 211 + page)
    }
    var refused = 0
    for (number, place) in places.enumerated() {
      let byte = whole[place]
      put([[byte ^ 0xFF, byte ^ 1, 0, byte &+ 1, byte ^ 0x80][number % 5]], at: place)
      do {
        #expect(try readAll().count == 300, "byte \(place)")
      } catch {
        refused += 1
        #expect(error.place?.contains("data.mdb") == true, "byte \(place): \(error)")
      }
      put([byte], at: place)
    }
    #expect(refused > places.count / 10)
    #expect(try readAll().count == 300)
  }

  @Test("A tree that leads in a circle, shares pages, or is deeper or larger than it says is damaged")
  func circles() throws {
    let whole = try fill()
    let meta = whole[144] > whole[4096 + 144] ? 0 : 4096
    let root = Int(whole[meta + 128]) | Int(whole[meta + 129]) << 8
    func node(_ page: Int, _ index: Int) -> Int { page * 4096 + Int(whole[page * 4096 + 16 + 2 * index]) + Int(whole[page * 4096 + 17 + 2 * index]) << 8 }
    #expect(whole[root * 4096 + 10] == 1, "the root is a branch")
    // Its second child is itself, then its first child, then no page of the file.
    let first = Array(whole[node(root, 0)..<node(root, 0) + 4])
    for child in [little(UInt32(root)), first, little(UInt32.max), little(UInt32(1))] {
      put(child, at: node(root, 1))
      #expect(refusal()?.what == "the database is damaged")
      put(Array(whole[node(root, 1)..<node(root, 1) + 4]), at: node(root, 1))
    }
    for (place, bytes) in [
      (94, little(UInt16(40))), (94, little(UInt16(1))), (120, little(UInt64(299))), (120, little(UInt64.max)),
      (128, little(UInt64.max - 1)), (40, little(UInt32(5000))), (40, little(UInt32(0))), (136, little(UInt64(2))),
    ] {
      put(bytes, at: meta + place)
      #expect(refusal() != nil, "\(place)")
      put(Array(whole[meta + place..<meta + place + bytes.count]), at: meta + place)
    }
    #expect(try readAll().count == 300)
  }

  @Test("Values that share their pages are damaged, so that no small file is read for hours")
  func sharedRuns() throws {
    let whole = try fill()
    // Every value is the first one, and that one is said to have 40 pages.
    var first: [UInt8]?
    for entry in Self.entries where entry.value.count > 1000 {
      let key = whole.firstRange(of: entry.key)!
      first = first ?? Array(whole[key.upperBound..<key.upperBound + 8])
      put(first!, at: key.upperBound)
      put(little(UInt32(160_000)), at: key.lowerBound - 8)
    }
    put(little(UInt32(40)), at: (Int(first![0]) + Int(first![1]) << 8) * 4096 + 12)
    #expect(refusal()?.found == "more pages of values than that")
  }

  @Test("Foreign, empty and unfinished files are told apart", arguments: [
    (16, [0xBE, 0xEF, 0xC0, 0xDE], "big-endian"), (12, [0xDE, 0xC0, 0xEF, 0xBE, 1, 0, 0, 0], "32-bit"),
    (12, [0xBE, 0xEF, 0xC0, 0xDE], "big-endian"), (24, [0xDE, 0xC0, 0xEF, 0xBE, 2, 0, 0, 0], "format 2"),
    (16, [0xDE, 0xC0, 0xEF, 0xBE, 231, 3, 0, 0], "format 999"), (0, [], "zeros"), (0, Array("SQLite format 3".utf8), "other bytes"),
  ] as [(Int, [UInt8], String)])
  func foreign(place: Int, bytes: [UInt8], words: String) throws {
    var head = [UInt8](repeating: 0, count: 8192)
    head.replaceSubrange(place..<place + bytes.count, with: bytes)
    try folder.write(head, at: "db/data.mdb")
    let problem = refusal()
    #expect(problem?.found?.contains(words) == true && problem?.place == file, "\(problem.map(String.init(describing:)) ?? "")")
  }

  @Test("An empty file, one cut short and one with a hole are copies that did not end")
  func unfinished() throws {
    let whole = try fill()
    try folder.write([], at: "db/data.mdb")
    #expect(refusal()?.found == "an empty file")
    for length in stride(from: 1, to: whole.count, by: 9973) {
      folder.write(Array(whole.prefix(length)), to: "db/data.mdb")
      let problem = refusal()
      #expect(problem?.what == "the database was cut short" || length < 24, "\(length): \(problem?.description ?? "")")
    }
    for hole in stride(from: 2 * 4096, to: whole.count - 4096, by: 5 * 4096) {
      var holed = whole
      holed.replaceSubrange(hole..<hole + 2 * 4096, with: [UInt8](repeating: 0, count: 2 * 4096))
      folder.write(holed, to: "db/data.mdb")
      // Of two pages one at least says what it is: no value here has more than two.
      #expect(refusal()?.what == "the database is damaged", "\(hole)")
    }
  }

  @Test("Last pages that were freed before they were written are not missing")
  func freedTail() throws {
    let whole = try fill()
    for meta in [0, 4096] { put(little(UInt64(whole.count / 4096 + 7)), at: meta + 136) }
    #expect(try readAll().count == 300)
  }

  @Test("Named databases and several values for a key are no images", arguments: [(0x04, "MDB_DUPSORT"), (0x0A, "MDB_REVERSEKEY MDB_INTEGERKEY")])
  func otherKinds(flags: UInt8, words: String) throws {
    let whole = try fill()
    for meta in [0, 4096] { put([flags], at: meta + 92) }
    #expect(refusal()?.found == words)
    for meta in [0, 4096] { put([0], at: meta + 92) }
    let node = whole.firstRange(of: Self.entries[1].key)!.lowerBound - 8
    put([2], at: node + 4)
    #expect(refusal()?.found == "named databases in it")
    put([4], at: node + 4)
    #expect(refusal()?.found == "keys with several values")
  }

  @Test("Pages of 16 KiB, as other machines write them, are read")
  func largePages() throws {
    let size = 16_384
    var bytes = [UInt8](repeating: 0, count: 3 * size)
    func set(_ part: [UInt8], _ place: Int) { bytes.replaceSubrange(place..<place + part.count, with: part) }
    for page in 0..<2 {
      let at = page * size
      set(little(UInt64(page)) + little(UInt16(0)) + little(UInt16(8)), at)
      set(little(UInt32(0xBEEF_C0DE)) + little(UInt32(1)), at + 16)
      set(little(UInt32(size)) + little(UInt16(8)) + little(UInt16(0)), at + 40)
      set(little(UInt64.max), at + 80)
      set(little(UInt16(0)) + little(UInt16(1)) + [0, 1].flatMap { little(UInt64($0)) } + little(UInt64(0)) + little(UInt64(1)) + little(UInt64(2)), at + 92)
      set(little(UInt64(2)) + little(UInt64(page)), at + 136)
    }
    set(little(UInt64(2)) + little(UInt16(0)) + little(UInt16(2)) + little(UInt16(18)) + little(UInt16(size - 14)), 2 * size)
    set(little(UInt16(size - 14)), 2 * size + 16)
    set(little(UInt32(3)) + little(UInt16(0)) + little(UInt16(3)) + Array("keyabc".utf8), 3 * size - 14)
    try folder.write(bytes, at: "db/data.mdb")
    let reader = try LMDBReader(folder: folder.path + "/db")
    #expect(try value(of: Array("key".utf8), in: reader) == Array("abc".utf8))
    try reader.check()
  }

  @Test("A file that is cut, or written to, while it is open is an error and no signal")
  func changesUnderneath() throws {
    let whole = try fill()
    let reader = try LMDBReader(folder: folder.path + "/db")
    truncate(file, 3 * 4096)
    for entry in Self.entries where entry.value.count > 1000 {
      #expect(#expect(throws: Problem.self) { try value(of: entry.key, in: reader) }?.what == "the database was cut short")
    }
    folder.write(whole, to: "db/data.mdb")
    let other = try LMDBReader(folder: folder.path + "/db")
    let writer = try LMDBWriter(folder: folder.path + "/db", mapSize: 16 << 20)
    for number in 0..<20 { try writer.append([(Array("1\(100 + number)".utf8), [1, 2, 3])]) }
    for entry in Self.entries {
      do {
        #expect(try value(of: entry.key, in: other) == entry.value)
      } catch let problem as Problem {
        #expect(problem.what == "the database was written to while it was read")
      }
    }
  }

  @Test("Packing does not go on in a damaged database")
  func damagedPack() throws {
    let whole = try fill()
    put([0xFF, 0xFF], at: (whole[144] > whole[4096 + 144] ? 0 : 4096) + 94)
    #expect(#expect(throws: Problem.self) { try LMDBWriter(folder: folder.path + "/db", mapSize: 16 << 20) }?.what == "the database is damaged")
  }

  @Test("What is no image of Caffe's is refused with the reason", arguments: [
    ([1 << 3, 4], "4 channels"), ([2 << 3, 0], "4×0 pixels"), ([3 << 3, 0x80, 0x80, 0x80, 0x80, 1], "268435456×4 pixels"),
    ([4 << 3 | 2, 3, 1, 2, 3], "3 bytes for 4×4 pixels of 3 channels"), ([4 << 3 | 2, 0], "no pixels"),
    ([5 << 3] + [UInt8](repeating: 0xFF, count: 9) + [1], "label -1"),
    ([4 << 3 | 2] + [UInt8](repeating: 0xFF, count: 9) + [1], "other bytes, or a message that was cut short"),
    ([6 << 3 | 5, 0, 0, 0, 0, 4 << 3 | 2, 0], "floats (features, no pixels)"),
  ] as [([UInt8], String)])
  func noImage(added: [UInt8], words: String) {
    let pixels = [UInt8](repeating: 1, count: 48)
    let message = pixels.withUnsafeBufferPointer { Datum.message(pixels: $0, side: 4, label: 7) } + added
    #expect(refusal(of: message)?.found == words)
  }

  private func refusal(of message: [UInt8]) -> Problem? {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: message.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: message)
    do throws(Problem) {
      _ = try Datum(UnsafeRawBufferPointer(bytes))
      return nil
    } catch {
      return error
    }
  }
}
