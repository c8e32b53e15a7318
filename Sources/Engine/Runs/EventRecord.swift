/// One event of a TensorBoard event file: values at a step, or the start of a session.
///
/// The record around it and the protocol-buffer fields inside are TensorFlow's `tfrecord`, `Event`, `Summary` and
/// `SessionLog` (tensorflow/core/util/event.proto, framework/summary.proto).
package struct EventRecord: Equatable {
  package enum Content: Equatable {
    /// The first record of a file.
    case version(String)
    case scalars([Scalar])
    /// Training (re)starts: whatever was recorded at this step or a later one is void.
    case sessionStart
    /// Something that other programs write and this one does not show.
    case other
  }

  package struct Scalar: Equatable {
    package var metric: RunMetric
    package var value: Float

    package init(metric: RunMetric, value: Float) {
      self.metric = metric
      self.value = value
    }
  }

  /// Seconds since 1970.
  package var wallTime: Double
  package var step: Int
  package var content: Content

  static let fileVersion = "brain.Event:2"
  /// Length and its checksum before the data, the data's checksum after it.
  static let headBytes = 12
  static let tailBytes = 4
  /// No event of ours is larger; a length beyond it is damage, not a reason to allocate.
  static let largest = 64 << 20

  // MARK: Writing

  /// The whole record: length, checksum, event, checksum.
  package func encoded() -> [UInt8] {
    var event: [UInt8] = []
    event.append(0x09)
    event.append(littleEndian: wallTime.bitPattern)
    event.append(0x10)
    event.append(varint: UInt64(bitPattern: Int64(step)))
    switch content {
    case .version(let text): event.append(field: 3, Array(text.utf8))
    case .scalars(let scalars):
      var summary: [UInt8] = []
      for scalar in scalars {
        var value: [UInt8] = []
        value.append(field: 1, Array(scalar.metric.rawValue.utf8))
        value.append(0x15)
        value.append(littleEndian: scalar.value.bitPattern)
        summary.append(field: 1, value)
      }
      event.append(field: 5, summary)
    case .sessionStart: event.append(field: 7, [0x08, 0x01])
    case .other: break
    }
    var record: [UInt8] = []
    record.append(littleEndian: UInt64(event.count))
    record.append(littleEndian: record.withUnsafeBytes { CRC32C($0).masked })
    record += event
    record.append(littleEndian: event.withUnsafeBytes { CRC32C($0).masked })
    return record
  }

  // MARK: Reading

  package init(wallTime: Double, step: Int, content: Content) {
    self.wallTime = wallTime
    self.step = step
    self.content = content
  }

  /// Reads the event in a record whose checksums are right; nil where its fields make no sense.
  init?(data: UnsafeRawBufferPointer) {
    self.init(wallTime: 0, step: 0, content: .other)
    var scalars: [Scalar] = []
    var fields = ProtobufFields(data)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (1, .fixed64(let bits)): wallTime = Double(bitPattern: bits)
      case (2, .varint(let value)): step = Int(truncatingIfNeeded: value)
      case (3, .bytes(let text)): content = .version(String(decoding: text, as: UTF8.self))
      case (5, .bytes(let summary)):
        guard Self.read(summary, into: &scalars) else { return nil }
        content = .scalars(scalars)
      case (7, .bytes(let log)):
        var entries = ProtobufFields(log)
        while let entry = entries.next() {
          if entry.number == 1, case .varint(1) = entry.value { content = .sessionStart }
        }
        if entries.isMalformed { return nil }
      default: break
      }
    }
    if fields.isMalformed || step < 0 { return nil }
  }

  private static func read(_ summary: UnsafeRawBufferPointer, into scalars: inout [Scalar]) -> Bool {
    var values = ProtobufFields(summary)
    while let value = values.next() {
      guard value.number == 1, case .bytes(let bytes) = value.value else { continue }
      var metric: RunMetric?
      var number: Float?
      var fields = ProtobufFields(bytes)
      while let field = fields.next() {
        switch (field.number, field.value) {
        case (1, .bytes(let tag)): metric = metrics.first { $0.tag.elementsEqual(tag) }?.metric
        case (2, .fixed32(let bits)): number = Float(bitPattern: bits)
        default: break
        }
      }
      if fields.isMalformed { return false }
      if let metric, let number { scalars.append(Scalar(metric: metric, value: number)) }
    }
    return !values.isMalformed
  }

  private static let metrics = RunMetric.allCases.map { (tag: Array($0.rawValue.utf8), metric: $0) }
}

/// Walks the fields of a protocol-buffer message (https://protobuf.dev/programming-guides/encoding).
struct ProtobufFields {
  enum Value {
    case varint(UInt64), fixed64(UInt64), fixed32(UInt32)
    case bytes(UnsafeRawBufferPointer)
  }

  private var rest: UnsafeRawBufferPointer
  private(set) var isMalformed = false

  init(_ message: UnsafeRawBufferPointer) { rest = message }

  mutating func next() -> (number: UInt64, value: Value)? {
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

extension [UInt8] {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  fileprivate mutating func append(field number: UInt64, _ bytes: [UInt8]) {
    append(varint: number << 3 | 2)
    append(varint: UInt64(bytes.count))
    self += bytes
  }
}
