import Basics
import Synchronization

/// A finished LMDB database, read by many threads.
///
/// LMDB's own library trusts its file: a changed byte ends the process, or never ends. So reading is done here. Every page is checked when
/// it is read, nothing is mapped, and neither a lock file nor the right to write is needed.
package final class LMDBReader: Sendable {
  /// The number of entries.
  package let count: Int
  let file: LMDBFile
  let header: LMDBHeader
  /// Pages that were read before. Those of a small database, and the branches of any, are soon all here.
  private let known = Mutex<[UInt64: LMDBPage]>([:])
  /// Memory for values, at rest.
  private let resting = Mutex<[ValueRoom]>([])

  /// No value is longer: no picture is.
  private static let longestValue = 256 << 20
  private static let mostLeaves = 2048
  private static let mostBranches = 16_384

  private final class ValueRoom: @unchecked Sendable {
    var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
      if bytes.count < count {
        bytes.deallocate()
        bytes = .allocate(byteCount: count + count / 4, alignment: 16)
      }
      return UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(count))
    }

    deinit { bytes.deallocate() }
  }

  /// - Throws: a ``Problem`` where the folder holds no LMDB database, or one that was cut short.
  package init(folder: String) throws(Problem) {
    file = try LMDBFile(path: folder + "/data.mdb")
    header = try LMDBHeader(file)
    count = Int(clamping: header.main.entries)
    let wanted = (header.lastPage + 1).multipliedReportingOverflow(by: UInt64(header.pageSize))
    if wanted.overflow || file.size < wanted.partialValue {
      // The last pages may be free ones that were never written.
      try check()
    } else if count > 0 {
      _ = try page(header.main.root, isLeaf: header.main.depth == 1)
    }
  }

  /// Calls `body` with the value of a key.
  /// - Throws: a ``Problem`` where there is none, or the file is damaged there; and what `body` throws.
  package func withValue(
    of key: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    let (leaf, index) = try explained { () throws(Problem) in try find(key) }
    switch leaf.value(index) {
    case .here(let bytes):
      try body(bytes)
      withExtendedLifetime(leaf) {}
    case .run(let first, let count):
      let room = resting.withLock { $0.popLast() } ?? ValueRoom()
      defer { resting.withLock { $0.append(room) } }
      let bytes = try explained { () throws(Problem) in try run(first, count: count, into: room) }
      try body(bytes)
    }
  }

  private func find(_ key: UnsafeRawBufferPointer) throws(Problem) -> (LMDBPage, Int) {
    var number = header.main.root
    for level in 1...max(1, header.main.depth) where count > 0 {
      let isLeaf = level == header.main.depth
      let page = try page(number, isLeaf: isLeaf)
      guard let index = page.find(key) else { break }
      if isLeaf { return (page, index) }
      number = page.child(index)
    }
    throw Problem(
      "the database has no such entry", at: file.path, expected: printable(String(decoding: key, as: UTF8.self)),
      advice: "add the dataset again", kind: .data)
  }

  /// A value that has pages for itself.
  private func run(_ first: UInt64, count: Int, into room: ValueRoom) throws(Problem) -> UnsafeRawBufferPointer {
    try checkRun(first, count: count)
    let bytes = room.take(LMDBHeader.pageHead + count)
    try file.read(bytes, at: first * UInt64(header.pageSize))
    try checkHead(UnsafeRawBufferPointer(bytes), first, count: count)
    return UnsafeRawBufferPointer(rebasing: bytes.dropFirst(LMDBHeader.pageHead))
  }

  /// - Throws: a ``Problem`` unless the pages for such a value lie in the file.
  func checkRun(_ first: UInt64, count: Int) throws(Problem) {
    guard count <= Self.longestValue else {
      throw Problem(
        "an entry of the database is too long", at: file.path, expected: "images of at most \(Self.longestValue >> 20) MiB",
        found: "\(count) bytes", kind: .data)
    }
    guard first >= 2, first <= header.lastPage else {
      throw file.damaged(page: first, expected: "values on the pages 2 to \(header.lastPage)")
    }
  }

  /// - Throws: a ``Problem`` unless the bytes begin a run of pages for such a value.
  func checkHead(_ head: UnsafeRawBufferPointer, _ first: UInt64, count: Int) throws(Problem) {
    guard LMDBPage.beginsRun(head, first, count: count, pageSize: header.pageSize, lastPage: header.lastPage) else {
      throw file.damaged(
        page: first, expected: "a value of \(count) bytes",
        found: LMDBBytes(UnsafeRawBufferPointer(rebasing: head.prefix(16))).isZero ? "zeros" : "another page")
    }
  }

  func page(_ number: UInt64, isLeaf: Bool) throws(Problem) -> LMDBPage {
    guard number >= 2, number <= header.lastPage else {
      throw file.damaged(page: number, expected: "pages 2 to \(header.lastPage)")
    }
    if let page = known.withLock({ $0[number] }), page.isLeaf == isLeaf { return page }
    let page = try LMDBPage(number, isLeaf: isLeaf, of: file, pageSize: header.pageSize)
    known.withLock { if $0.count < (isLeaf ? Self.mostLeaves : Self.mostBranches) { $0[number] = page } }
    return page
  }

  /// What is wrong with the file may be that somebody writes to it.
  func explained<Result>(_ body: () throws(Problem) -> Result) throws(Problem) -> Result {
    do throws(Problem) {
      return try body()
    } catch {
      guard let now = try? LMDBHeader(file), now.transaction != header.transaction else { throw error }
      throw Problem(
        "the database was written to while it was read", at: file.path, found: "\(error.what)",
        advice: "wait until its writer has ended, then add the dataset again", kind: .temporary)
    }
  }
}
