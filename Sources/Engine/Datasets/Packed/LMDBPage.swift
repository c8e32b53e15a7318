import Basics
import Glibc

/// A branch or a leaf page of a database. What it says of itself was checked when it was read: every node lies in it.
///
/// Behind the head (``LMDBHeader``) come pointers, u16 each, to nodes: u32 size of the value (of a branch: the lower bits of the child's
/// number), u16 flags (of a branch: its upper bits), u16 bytes of the key, the key, the value.
final class LMDBPage: @unchecked Sendable {
  enum Value {
    /// Bytes of this page.
    case here(UnsafeRawBufferPointer)
    /// Alone on pages of its own, of which this is the first.
    case run(first: UInt64, count: Int)
  }

  let number: UInt64
  /// The number of nodes.
  let count: Int
  let isLeaf: Bool
  private let storage: UnsafeMutableRawBufferPointer
  private var view: LMDBBytes { LMDBBytes(UnsafeRawBufferPointer(storage)) }

  /// Keys are no longer than this.
  private static let longestKey = 511
  private static let nodeHead = 8
  private static let (branch, leaf, overflow) = (0x01, 0x02, 0x04)
  /// The flags that tell the kinds of pages apart.
  private static let kinds = 0x6F
  private static let (isRun, isTree, isList) = (0x01, 0x02, 0x04)

  /// - Throws: a ``Problem`` where the file ends before, or the page is none of this kind, or a node does not lie in it.
  init(_ number: UInt64, isLeaf: Bool, of file: LMDBFile, pageSize: Int) throws(Problem) {
    storage = .allocate(byteCount: pageSize, alignment: 8)
    self.number = number
    self.isLeaf = isLeaf
    let head = LMDBHeader.pageHead
    let view = LMDBBytes(UnsafeRawBufferPointer(storage))
    var fault: Problem?
    do throws(Problem) {
      try file.read(storage, at: number * UInt64(pageSize))
    } catch {
      fault = error
    }
    if fault == nil, view.u64(0) != number || view.u16(10) & Self.kinds != (isLeaf ? Self.leaf : Self.branch) {
      fault = file.damaged(
        page: number, expected: isLeaf ? "a leaf" : "a branch", found: view.isZero ? "zeros" : "another page")
    }
    let (end, begin) = (view.u16(12), view.u16(14))
    if fault == nil, end <= head || end & 1 != 0 || end > begin || begin > pageSize {
      fault = file.damaged(page: number, expected: "at least one entry within \(pageSize) bytes", found: "bounds \(end) and \(begin)")
    }
    count = (end - head) / 2
    guard fault == nil else { throw fault! }
    for index in 0..<count {
      let place = view.u16(head + 2 * index)
      let key = view.u16(place + 6)
      let (flags, size) = (view.u16(place + 4), Int(view.u32(place)))
      var isSound = place >= begin && place + Self.nodeHead + key <= pageSize && key <= Self.longestKey
      if isLeaf {
        guard !isSound || flags & (Self.isTree | Self.isList) == 0 else {
          throw Problem(
            "the database is not a list of images", at: file.path, expected: "images in its main database",
            found: flags & Self.isTree != 0 ? "named databases in it" : "keys with several values",
            advice: "write it as Caffe's convert_imageset does, without names of databases", kind: .data)
        }
        let room = flags & Self.isRun != 0 ? 8 : size
        isSound = isSound && key > 0 && flags & ~Self.isRun == 0 && place + Self.nodeHead + key + room <= pageSize
      }
      guard isSound else {
        throw file.damaged(
          page: number, expected: "entries within the page, with keys of 1 to \(Self.longestKey) bytes",
          found: "entry \(index + 1) of \(count) beyond it")
      }
    }
  }

  deinit { storage.deallocate() }

  private func node(_ index: Int) -> Int { view.u16(LMDBHeader.pageHead + 2 * index) }

  func key(_ index: Int) -> UnsafeRawBufferPointer {
    let place = node(index)
    return UnsafeRawBufferPointer(rebasing: storage[place + Self.nodeHead..<place + Self.nodeHead + view.u16(place + 6)])
  }

  /// The page below a node of a branch.
  func child(_ index: Int) -> UInt64 {
    let place = node(index)
    return UInt64(view.u32(place)) | UInt64(view.u16(place + 4)) << 32
  }

  /// The value of a node of a leaf.
  func value(_ index: Int) -> Value {
    let place = node(index)
    let (begin, size) = (place + Self.nodeHead + view.u16(place + 6), Int(view.u32(place)))
    return view.u16(place + 4) & Self.isRun != 0
      ? .run(first: view.u64(begin), count: size) : .here(UnsafeRawBufferPointer(rebasing: storage[begin..<begin + size]))
  }

  /// The node of a leaf that has this key; of a branch the one above it: the last whose key is not greater, or the first, whose key says
  /// nothing.
  func find(_ key: UnsafeRawBufferPointer) -> Int? {
    var (low, high) = (isLeaf ? 0 : 1, count)
    while low < high {
      let middle = (low + high) / 2
      let order = Self.order(self.key(middle), key)
      if order == 0 && isLeaf { return middle }
      if order <= 0 { low = middle + 1 } else { high = middle }
    }
    return isLeaf ? nil : low - 1
  }

  /// Below, at or above 0: LMDB's order of keys, by bytes, a beginning before the whole.
  static func order(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
    let common = min(one.count, other.count)
    let order = common == 0 ? 0 : Int(memcmp(one.baseAddress!, other.baseAddress!, common))
    return order == 0 ? one.count - other.count : order
  }

  /// Whether `head` begins a run of pages that a value of `count` bytes has for itself.
  static func beginsRun(_ head: UnsafeRawBufferPointer, _ first: UInt64, count: Int, pageSize: Int, lastPage: UInt64) -> Bool {
    let view = LMDBBytes(head)
    let own = UInt64(view.u32(12))
    return view.u64(0) == first && view.u16(10) & kinds == overflow && own >= pages(of: count, pageSize)
      && own <= lastPage && first <= lastPage + 1 - own
  }

  /// The pages that a value of `count` bytes needs for itself.
  static func pages(of count: Int, _ pageSize: Int) -> UInt64 {
    UInt64((LMDBHeader.pageHead + count + pageSize - 1) / pageSize)
  }
}
