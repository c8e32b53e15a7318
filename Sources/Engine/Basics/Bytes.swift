/// Bytes that stay where they are for as long as this object lives: an array's, or a mapped file's.
public final class Bytes: @unchecked Sendable {
  // Sound as Sendable: the bytes are never written after init.
  @usableFromInline let buffer: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  /// Takes over memory that nobody writes to; `release` gets it back when the last user is gone.
  public init(_ buffer: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
    self.buffer = buffer
    self.release = release
  }

  public convenience init(_ bytes: some Collection<UInt8>) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    copy.copyBytes(from: bytes)
    self.init(UnsafeRawBufferPointer(copy)) { $0.deallocate() }
  }

  deinit { release(buffer) }

  @inlinable
  package var count: Int { buffer.count }

  @inlinable
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { body(buffer) }

  /// The byte at `position`, 0 outside: no text file holds a NUL, so a parser that runs off the end fails instead of
  /// reading foreign memory.
  @inlinable
  @inline(__always)
  package subscript(position: Int) -> UInt8 {
    position >= 0 && position < buffer.count ? buffer[position] : 0
  }

  /// The first `byte` at or after `start`, else the end.
  @inlinable
  package func next(_ byte: UInt8, from start: Int) -> Int {
    var position = max(0, start)
    // Eight bytes at a time: where one of them is the byte, the lowest of these bits that is set tells which.
    let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
    while position + 8 <= buffer.count {
      let word = UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ pattern
      let found = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if found != 0 { return position + found.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < buffer.count, buffer[position] != byte { position += 1 }
    return position
  }

  /// Where `pattern` (folded, not empty) first lies within `range`, whatever the case.
  package func first(_ pattern: [UInt8], in range: Range<Int>) -> Int? {
    let range = range.clamped(to: 0..<buffer.count)
    guard range.count >= pattern.count else { return nil }
    return pattern.withUnsafeBufferPointer { pattern in
      let first = pattern[0]
      var position = range.lowerBound
      let last = range.upperBound - pattern.count
      while position <= last {
        if folded(buffer[position]) == first {
          var length = 1
          while length < pattern.count, folded(buffer[position + length]) == pattern[length] { length += 1 }
          if length == pattern.count { return position }
        }
        position += 1
      }
      return nil
    }
  }

  /// The text of a range, which is clamped to what there is; wrong UTF-8 becomes U+FFFD.
  package func text(_ range: Range<Int>, underscoresAsSpaces: Bool = false) -> String {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)])
    guard underscoresAsSpaces else { return String(decoding: bytes, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: bytes.count) { text in
      for (place, byte) in bytes.enumerated() { text[place] = byte == UInt8(ascii: "_") ? .space : byte }
      return bytes.count
    }
  }

  /// Whether `pattern` occurs in the first `limit` bytes.
  package func holds(_ pattern: StaticString, inFirst limit: Int) -> Bool {
    let wanted = UnsafeBufferPointer(start: pattern.utf8Start, count: pattern.utf8CodeUnitCount)
    let last = min(limit, count) - wanted.count
    guard last >= 0 else { return false }
    return (0...last).contains { start in
      wanted.indices.allSatisfy { self[start + $0] == wanted[$0] }
    }
  }
}

extension UInt8 {
  // Computed, so that they are constants in other modules too.
  @inlinable package static var space: UInt8 { 0x20 }
  @inlinable package static var newline: UInt8 { 0x0A }
  @inlinable package static var carriageReturn: UInt8 { 0x0D }

  /// The value of a decimal digit, nil for another byte.
  @inlinable package var digit: Int? { self &- 0x30 < 10 ? Int(self) - 0x30 : nil }

  @inlinable package var hexDigit: Int? {
    if let digit { return digit }
    let letter = lowercased &- UInt8(ascii: "a")
    return letter < 6 ? Int(letter) + 10 : nil
  }

  /// ASCII lower case; WordNet's words are ASCII.
  @inlinable
  @inline(__always)
  package var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
}

/// ASCII lower case, `_` as a space.
@inlinable
@inline(__always)
package func folded(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "_") ? .space : byte.lowercased }
