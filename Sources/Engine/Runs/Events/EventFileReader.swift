import Basics
import Files
import FoundationEssentials
import Glibc

/// The event files of a folder: `events.out.tfevents.<unix seconds>.<host>`, one for each session of a run.
package enum EventFiles {
  package static let prefix = "events.out.tfevents."

  /// The names in the order in which they were made.
  package static func list(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) }
      .map { (time: time(of: $0), name: $0) }
      .sorted { ($0.time, $0.name) < ($1.time, $1.name) }
      .map(\.name)
  }

  static func time(of name: String) -> Int {
    Int(name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber }).map { min($0, 1 << 40) } ?? 0
  }

  /// `host` without what a file name cannot hold.
  static func nameable(_ host: String) -> String {
    String(host.prefix(64).map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
  }
}

/// Reads an event file from where the last call left off, while another process appends to it.
package struct EventFileReader {
  /// How the file ended at the last reading.
  package enum Ending: Equatable {
    case whole
    /// The last record is not all there: it is being written, or its writer was killed.
    case cut(at: Int)
    /// From this byte on nothing can be told apart.
    case damaged(at: Int)
  }

  package let path: String
  package private(set) var ending = Ending.whole
  /// Records whose checksum or fields were wrong, and that were passed over.
  package private(set) var badRecords = 0
  /// Up to where it was read.
  private(set) var offset = 0
  /// Bytes that the last reading left for the next.
  private(set) var unreadBytes = 0
  private static let block = 1 << 20
  private static let least = 1 << 16

  package init(_ path: String) { self.path = path }

  /// Goes on where another reader of the file stood.
  init(_ path: String, offset: Int, badRecords: Int) {
    (self.path, self.offset, self.badRecords) = (path, offset, badRecords)
  }

  /// Hands every new event to `body`, in order, or those in about the next `atMost` bytes.
  package mutating func read(atMost: Int = .max, _ body: (EventRecord) -> Void) throws(Problem) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileFailure.reading("cannot read the event file", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem("cannot read the event file", at: path, expected: "a file", found: "something else", kind: .data)
    }
    let size = Int(status.st_size)
    ending = .whole
    unreadBytes = 0
    let end = atMost < size - offset ? offset + atMost : size
    /// At least so much, whatever `atMost` says: a whole record.
    var needed = Self.least
    while offset < size {
      guard offset < end else {
        unreadBytes = size - offset
        return
      }
      let wanted = min(size - offset, max(needed, min(Self.block, end - offset)))
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: wanted, alignment: 8)
      defer { buffer.deallocate() }
      let count = pread(descriptor, buffer.baseAddress!, wanted, off_t(offset))
      guard count > 0 else { break }
      let isLast = offset + count >= size
      let parsed = parse(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)), isLast: isLast, body)
      offset += parsed.consumed
      if case .damaged = parsed.stop {
        ending = .damaged(at: offset)
        return
      }
      if case .needs(let bytes) = parsed.stop {
        if isLast {
          ending = .cut(at: offset)
          return
        }
        needed = max(Self.least, bytes)
      } else {
        needed = Self.least
      }
    }
  }

  private enum Stop { case end, needs(Int), damaged }

  private mutating func parse(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ body: (EventRecord) -> Void
  ) -> (consumed: Int, stop: Stop) {
    var position = 0
    while position < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
      guard rest.count >= EventRecord.headBytes else { return (position, .needs(EventRecord.headBytes)) }
      let length = UInt64(littleEndian: rest.loadUnaligned(as: UInt64.self))
      let lengthChecksum = UInt32(littleEndian: rest.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
      guard CRC32C(UnsafeRawBufferPointer(rebasing: rest.prefix(8))).masked == lengthChecksum,
        length <= UInt64(EventRecord.largest)
      else { return (position, .damaged) }
      let whole = EventRecord.headBytes + Int(length) + EventRecord.tailBytes
      guard rest.count >= whole else { return (position, .needs(whole)) }
      let data = UnsafeRawBufferPointer(rebasing: rest[EventRecord.headBytes..<whole - EventRecord.tailBytes])
      let checksum = UInt32(
        littleEndian: rest.loadUnaligned(fromByteOffset: whole - EventRecord.tailBytes, as: UInt32.self))
      if CRC32C(data).masked == checksum, let event = EventRecord(data: data) {
        body(event)
      } else if isLast && rest.count == whole {
        // Over a network file system the end of a growing file may show zeros for a moment.
        return (position, .needs(whole + 1))
      } else {
        badRecords += 1
      }
      position += whole
    }
    return (position, .end)
  }
}
