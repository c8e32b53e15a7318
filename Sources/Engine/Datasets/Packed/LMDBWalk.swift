import Basics

/// Going over all of a database, in the order of its keys.
///
/// Keys that rise from each to the next cannot come twice, and every leaf has some: so no page is seen twice, whatever the pages say, and
/// the time is bounded by the size of the file.
extension LMDBReader {
  /// Calls `body` with every key and its value.
  /// - Throws: a ``Problem`` where the file is damaged; and what `body` throws.
  package func forEach(
    _ body: (_ key: UnsafeRawBufferPointer, _ value: LMDBValue) throws(Problem) -> Void
  ) throws(Problem) {
    try explained { () throws(Problem) in
      var walk = Walk(reader: self, tree: header.main, order: LMDBPage.order)
      try walk.run(body)
    }
  }

  /// Looks at all pages but those of the values.
  /// - Throws: a ``Problem`` where the file is damaged.
  package func check() throws(Problem) { try forEach { _, _ in } }

  /// Looks at all that LMDB's library follows when it writes: the list of free pages too.
  func checkForWriting() throws(Problem) {
    try check()
    guard header.free.flags == 0x08 else {
      throw file.damaged(page: 0, expected: "a list of free pages", found: "flags \(header.free.flags)")
    }
    func isSound(_ value: LMDBValue) throws(Problem) -> Bool {
      let pages = LMDBBytes(try value.bytes(from: 0)).u64(0)
      guard pages < UInt64(value.count / 8) else { return false }
      for place in stride(from: 8, through: 8 * Int(pages), by: 8) {
        guard (2...header.lastPage).contains(LMDBBytes(try value.bytes(from: place)).u64(0)) else { return false }
      }
      return true
    }
    var walk = Walk(reader: self, tree: header.free) { one, other in
      let (one, other) = (LMDBBytes(one).u64(0), LMDBBytes(other).u64(0))
      return one < other ? -1 : one == other ? 0 : 1
    }
    try walk.run { key, value throws(Problem) in
      guard key.count == 8, try isSound(value) else {
        throw file.damaged(page: header.free.root, expected: "lists of the numbers of free pages")
      }
    }
  }

  private struct Walk {
    let reader: LMDBReader
    let tree: LMDBHeader.Tree
    let order: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Int
    private var branches: UInt64 = 0, leaves: UInt64 = 0, runs: UInt64 = 0, entries: UInt64 = 0
    /// The last key: of an entry, or of a branch, which those of its entries may equal.
    private var last: [UInt8] = []
    private var lastIsOfBranch = true
    private let value: LMDBValue
    private var file: LMDBFile { reader.file }

    init(
      reader: LMDBReader, tree: LMDBHeader.Tree, order: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Int
    ) {
      (self.reader, self.tree, self.order) = (reader, tree, order)
      value = LMDBValue(reader)
    }

    mutating func run(_ body: (UnsafeRawBufferPointer, LMDBValue) throws(Problem) -> Void) throws(Problem) {
      if tree.entries > 0 { try descend(tree.root, level: 1, body) }
      for (what, stated, found) in [
        ("entries", tree.entries, entries), ("leaves", tree.leafPages, leaves), ("branches", tree.branchPages, branches),
      ] where stated != found {
        throw file.damaged(page: tree.root, expected: "\(stated) \(what) below it", found: "\(found)")
      }
    }

    private mutating func descend(
      _ number: UInt64, level: Int, _ body: (UnsafeRawBufferPointer, LMDBValue) throws(Problem) -> Void
    ) throws(Problem) {
      let isLeaf = level == tree.depth
      let page = try reader.page(number, isLeaf: isLeaf)
      defer { withExtendedLifetime(page) {} }
      if isLeaf { leaves += 1 } else { branches += 1 }
      for index in 0..<page.count {
        // The first key of a branch says nothing.
        if isLeaf || index > 0 { try rise(to: page.key(index), isLeaf: isLeaf, page) }
        guard isLeaf else {
          try descend(page.child(index), level: level + 1, body)
          continue
        }
        entries += 1
        guard entries <= tree.entries else {
          throw file.damaged(page: number, expected: "\(tree.entries) entries in all", found: "more")
        }
        try value.show(page.value(index))
        runs += value.pages
        // Entries that share the pages of their values would make much of little. A value that became shorter may leave some unused.
        guard runs <= min(tree.overflowPages, value.pagesOfFile) else {
          throw file.damaged(
            page: number, expected: "values on \(tree.overflowPages) pages of their own", found: "more pages of values than that")
        }
        try body(page.key(index), value)
      }
    }

    private mutating func rise(to key: UnsafeRawBufferPointer, isLeaf: Bool, _ page: LMDBPage) throws(Problem) {
      let step = last.withUnsafeBytes { order($0, key) }
      guard step < 0 || step == 0 && lastIsOfBranch && isLeaf || entries == 0 && last.isEmpty else {
        throw file.damaged(page: page.number, expected: "keys that rise", found: "a key that does not")
      }
      last.replaceSubrange(last.indices, with: key)
      lastIsOfBranch = !isLeaf
    }
  }
}

/// A value while a database is gone over. What nobody asks for is not read.
package final class LMDBValue {
  /// Its bytes.
  package private(set) var count = 0
  /// The pages that it has for itself.
  fileprivate var pages: UInt64 = 0
  private let reader: LMDBReader
  private let fileSize: UInt64
  private var here = UnsafeRawBufferPointer(start: nil, count: 0)
  private var first: UInt64?
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: LMDBValue.piece, alignment: 16)
  private var inRoom = 0..<0

  private static let piece = 4096

  fileprivate var pagesOfFile: UInt64 { fileSize / UInt64(reader.header.pageSize) + 1 }

  fileprivate init(_ reader: LMDBReader) {
    self.reader = reader
    fileSize = reader.file.size
  }

  deinit { room.deallocate() }

  fileprivate func show(_ value: LMDBPage.Value) throws(Problem) {
    inRoom = 0..<0
    switch value {
    case .here(let bytes): (here, first, count, pages) = (bytes, nil, bytes.count, 0)
    case .run(let first, let count):
      try reader.checkRun(first, count: count)
      (self.first, self.count, pages) = (first, count, LMDBPage.pages(of: count, reader.header.pageSize))
      let end = first * UInt64(reader.header.pageSize) + UInt64(LMDBHeader.pageHead + count)
      guard fileSize >= end else { throw reader.file.cutShort(wanted: end) }
    }
  }

  /// Bytes from `place` on, as far as they are at hand: at least 32, or all that are left.
  package func bytes(from place: Int) throws(Problem) -> UnsafeRawBufferPointer {
    guard let first else { return UnsafeRawBufferPointer(rebasing: here[min(place, count)...]) }
    if place < inRoom.lowerBound || min(place + 32, count) > inRoom.upperBound {
      // Much at the begin, where the head of the pages has to be seen anyhow; little elsewhere.
      let head = LMDBHeader.pageHead
      let start = first * UInt64(reader.header.pageSize)
      if place == 0 {
        let target = UnsafeMutableRawBufferPointer(rebasing: room.prefix(min(Self.piece, head + count)))
        try reader.file.read(target, at: start)
        try reader.checkHead(UnsafeRawBufferPointer(target), first, count: count)
        inRoom = 0..<target.count - head
      } else {
        let length = min(512, max(0, count - place))
        try reader.file.read(UnsafeMutableRawBufferPointer(rebasing: room[head..<head + length]), at: start + UInt64(head + place))
        inRoom = place..<place + length
      }
    }
    let begin = LMDBHeader.pageHead + min(place, count) - inRoom.lowerBound
    return UnsafeRawBufferPointer(rebasing: room[begin..<LMDBHeader.pageHead + inRoom.count])
  }

  /// All of it.
  package func all() throws(Problem) -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count { all += try bytes(from: all.count) }
    return all
  }
}
