/// Walks the fields of a protocol-buffer message (https://protobuf.dev/programming-guides/encoding).
package struct ProtobufFields {
  package enum Value {
    case varint(UInt64), fixed64(UInt64), fixed32(UInt32)
    case bytes(UnsafeRawBufferPointer)
  }

  private var rest: UnsafeRawBufferPointer
  package private(set) var isMalformed = false

  package init(_ message: UnsafeRawBufferPointer) { rest = message }

  package mutating func next() -> (number: UInt64, value: Value)? {
    guard !rest.isEmpty, !isMalformed else { return nil }
    if let key = varint(), let value = value(ofType: key & 7) { return (key >> 3, value) }
    isMalformed = true
    return nil
  }

  private mutating func value(ofType type: UInt64) -> Value? {
    switch type {
    case 0: return varint().map(Value.varint)
    case 1: return take(8).map { .fixed64(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
    case 2:
      guard let length = varint(), length <= UInt64(rest.count) else { return nil }
      return take(Int(length)).map(Value.bytes)
    case 5: return take(4).map { .fixed32(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
    default: return nil
    }
  }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count <= rest.count else { return nil }
    let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return taken
  }

  /// The numbers of a packed field; those before the first that is malformed.
  package static func varints(_ packed: UnsafeRawBufferPointer) -> [UInt64] {
    var numbers: [UInt64] = []
    var fields = ProtobufFields(packed)
    while !fields.rest.isEmpty, let number = fields.varint() { numbers.append(number) }
    return numbers
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for (index, byte) in rest.prefix(10).enumerated() {
      value |= UInt64(byte & 0x7F) << UInt64(7 * index)
      if byte < 0x80 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(index + 1))
        return value
      }
    }
    return nil
  }
}

/// Writing messages.
extension [UInt8] {
  /// A number of fixed width.
  package mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  package mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// A field that holds bytes: its key, their length, themselves.
  package mutating func append(field number: UInt64, _ bytes: some Collection<UInt8>) {
    append(varint: number << 3 | 2)
    append(varint: UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  /// A field that holds a number.
  package mutating func append(field number: UInt64, _ value: UInt64) {
    append(varint: number << 3)
    append(varint: value)
  }
}
