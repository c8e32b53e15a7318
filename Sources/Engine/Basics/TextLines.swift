/// The lines of a text from outside, without their ends: LF, CR LF or CR alone, as every editor leaves them. A byte order mark in front
/// of a line is no part of it (files that were joined have some within), and no empty line follows the last end. Bytes, because names of files need not be UTF-8.
package struct TextLines: Sequence, IteratorProtocol {
  private var rest: ArraySlice<UInt8>
  private var number = 0

  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  package init(_ text: [UInt8]) {
    rest = text.starts(with: Self.byteOrderMark) ? text.dropFirst(Self.byteOrderMark.count) : text[...]
  }

  /// A line and its number, from 1.
  package mutating func next() -> (number: Int, bytes: ArraySlice<UInt8>)? {
    guard !rest.isEmpty else { return nil }
    number += 1
    let (start, count) = (rest.startIndex, rest.count)
    let length = rest.withUnsafeBufferPointer { rest in rest.firstIndex { $0 == .newline || $0 == .carriageReturn } ?? rest.count }
    let line = rest[start..<start + length]
    let isPair = length + 1 < count && rest[start + length] == .carriageReturn && rest[start + length + 1] == .newline
    rest = rest[(start + Swift.min(count, length + (isPair ? 2 : 1)))...]
    return (number, line.starts(with: Self.byteOrderMark) ? line.dropFirst(Self.byteOrderMark.count) : line)
  }
}

extension ArraySlice<UInt8> {
  /// Without the blanks and tabs around it.
  package var trimmed: ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == .space || byte == UInt8(ascii: "\t") }
    var text = drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
