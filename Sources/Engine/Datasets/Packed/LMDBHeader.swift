import Basics
import Kernels

/// What the two meta pages of a database say (LMDB's mdb.c, struct MDB_meta, format 1 on 64-bit little-endian machines):
///
/// ```
/// page   u64 number, u16, u16 flags, u16 end of the pointers, u16 begin of the nodes (of an overflow page: u32 pages)
/// meta   u32 magic, u32 version, u64 address, u64 size of the map, tree of free pages, main tree, u64 last page, u64 transaction
/// tree   u32 (of the first: bytes of a page), u16 flags, u16 depth, u64 branch, leaf, overflow pages, u64 entries, u64 root
/// ```
struct LMDBHeader: Equatable {
  struct Tree: Equatable {
    let flags: Int
    let depth: Int
    let branchPages, leafPages, overflowPages, entries: UInt64
    let root: UInt64
  }

  let pageSize: Int
  let lastPage: UInt64
  /// The transaction that wrote it last.
  let transaction: UInt64
  /// The numbers of pages that may be written again, by transaction.
  let free: Tree
  let main: Tree

  /// Bytes in front of what a page holds.
  static let pageHead = 16
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let length = 136
  private static let noPage = UInt64.max
  /// LMDB's own cursors take no more.
  private static let deepest = 32

  /// Reads both meta pages; the one of the later transaction counts.
  /// - Throws: a ``Problem`` where the file is no database of this format, or a meta page is damaged.
  init(_ file: LMDBFile) throws(Problem) {
    let first = try Self.meta(file, page: 0, at: 0)
    let size = first.pageSize
    guard (1024...32_768).contains(size), size & (size - 1) == 0 else {
      throw file.damaged(page: 0, expected: "pages of a power of two between 1024 and 32768 bytes", found: "\(size)")
    }
    let second = try Self.meta(file, page: 1, at: UInt64(size))
    guard second.pageSize == size else {
      throw file.damaged(page: 1, expected: "pages of \(size) bytes, as on page 0", found: "\(second.pageSize)")
    }
    // Commits write the two by turns: with another number an old state of the database would pass for the newest.
    let (even, odd) = (first.transaction, second.transaction)
    guard even % 2 == 0, odd % 2 == 1 || odd == 0, max(even, odd) - min(even, odd) <= 1 else {
      throw file.damaged(page: 0, expected: "two transactions in a row on the meta pages", found: "\(even) and \(odd)")
    }
    self = odd > even ? second : first
    let page: UInt64 = self == first ? 0 : 1
    guard lastPage >= 1 else { throw file.damaged(page: page, expected: "a last page behind the two first", found: "\(lastPage)") }
    for tree in [free, main] {
      let isEmpty = tree.root == Self.noPage
      guard isEmpty ? tree.entries == 0 : (2...max(2, lastPage)).contains(tree.root) && (1...Self.deepest).contains(tree.depth) else {
        throw file.damaged(
          page: page, expected: "a tree of 1 to \(Self.deepest) levels below one of \(lastPage + 1) pages",
          found: isEmpty ? "\(tree.entries) entries without a page" : "\(tree.depth) levels below page \(tree.root)")
      }
    }
    guard main.flags & 0x7FFF == 0 else {
      let names = [
        (0x02, "MDB_REVERSEKEY"), (0x04, "MDB_DUPSORT"), (0x08, "MDB_INTEGERKEY"), (0x10, "MDB_DUPFIXED"),
        (0x20, "MDB_INTEGERDUP"), (0x40, "MDB_REVERSEDUP"),
      ]
        .filter { main.flags & $0.0 != 0 }.map(\.1)
      throw Problem(
        "the database is not a list of images", at: file.path, expected: "one value for a key, in the order of the keys' bytes",
        found: names.isEmpty ? "unknown flags" : names.joined(separator: " "),
        advice: "write it as Caffe's convert_imageset does, without flags", kind: .data)
    }
  }

  private init(
    pageSize: Int, lastPage: UInt64, transaction: UInt64, free: Tree, main: Tree
  ) {
    (self.pageSize, self.lastPage, self.transaction, self.free, self.main) = (pageSize, lastPage, transaction, free, main)
  }

  private static func meta(_ file: LMDBFile, page: UInt64, at place: UInt64) throws(Problem) -> LMDBHeader {
    guard file.size > 0 else {
      throw Problem(
        "cannot open the database", at: file.path, expected: "an LMDB database", found: "an empty file",
        advice: "copy or pack it again", kind: .data)
    }
    return try withBytes(pageHead + length) { bytes throws(Problem) in
      // A file that is shorter may be a foreign one.
      let there = Int(min(UInt64(bytes.count), file.size > place ? file.size - place : 0))
      try file.read(UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(there)), at: place)
      let view = LMDBBytes(UnsafeRawBufferPointer(bytes))
      guard view.u32(16) == magic, view.u32(20) == 1, view.u16(10) & 0x08 != 0 else {
        throw page == 0 ? stranger(view, file) : file.damaged(
          page: page, expected: "a second meta page", found: bytes.allSatisfy { $0 == 0 } ? "zeros" : "other bytes")
      }
      guard there == bytes.count else { throw file.cutShort(wanted: place + UInt64(bytes.count)) }
      func tree(_ at: Int) -> Tree {
        Tree(
          flags: view.u16(at + 4), depth: view.u16(at + 6), branchPages: view.u64(at + 8), leafPages: view.u64(at + 16),
          overflowPages: view.u64(at + 24), entries: view.u64(at + 32), root: view.u64(at + 40))
      }
      return LMDBHeader(
        pageSize: Int(view.u32(40)), lastPage: min(view.u64(136), UInt64.max >> 16), transaction: view.u64(144), free: tree(40),
        main: tree(88))
    }
  }

  /// What a file is that has no meta page of this format at its begin.
  private static func stranger(_ view: LMDBBytes, _ file: LMDBFile) -> Problem {
    let dump = "rewrite it with the `mdb_dump` of the machine that wrote it and the `mdb_load` of this one"
    func problem(_ found: String, _ advice: String) -> Problem {
      Problem("cannot open the database", at: file.path, expected: "an LMDB database", found: found, advice: advice, kind: .data)
    }
    if view.u32(16) == magic {
      return view.u32(20) == 1
        ? file.damaged(page: 0, expected: "a meta page", found: "another page")
        : problem("one of format \(view.u32(20)), where LMDB 0.9 has format 1", dump)
    }
    if view.u32(24) == magic { return problem("one of format \(view.u32(28)), which LMDB 1.0 writes and 0.9 does not read", dump) }
    if view.u32(12) == magic { return problem("one that a 32-bit machine wrote", dump) }
    if [12, 16, 24].contains(where: { view.u32($0) == magic.byteSwapped }) {
      return problem("one that a big-endian machine wrote", dump)
    }
    return view.isZero
      ? problem("zeros: a copy that is not finished", "copy it again, when nothing writes to it")
      : problem("other bytes", "copy or pack it again")
  }
}

/// Numbers in bytes that somebody else wrote; where there are none any more they are 0.
struct LMDBBytes {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  @inline(__always) private func number<Number: FixedWidthInteger>(_ place: Int) -> Number {
    guard place >= 0, place <= bytes.count - MemoryLayout<Number>.size else { return 0 }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }

  @inline(__always) func u16(_ place: Int) -> Int { Int(number(place) as UInt16) }
  func u32(_ place: Int) -> UInt32 { number(place) }
  func u64(_ place: Int) -> UInt64 { number(place) }
  var isZero: Bool { bytes.allSatisfy { $0 == 0 } }
}

/// Calls `body` with bytes of its own, all 0.
private func withBytes<Result>(
  _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Problem) -> Result
) throws(Problem) -> Result {
  let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
  defer { bytes.deallocate() }
  bytes.initializeMemory(as: UInt8.self, repeating: 0)
  return try body(bytes)
}
