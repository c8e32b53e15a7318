import Basics
import Files
import Glibc
import Training

/// One event of a TensorBoard event file: values at a step, or the start of a session.
///
/// The record around it and the protocol-buffer fields inside are TensorFlow's `tfrecord`, `Event`, `Summary` and
/// `SessionLog` (tensorflow/core/util/event.proto, framework/summary.proto).
package struct EventRecord: Equatable {
  package enum Content: Equatable {
    /// The first record of a file.
    case version(String)
    case scalars([Scalar])
    /// How large the numbers of each layer are.
    case norms([LayerNorm])
    case histograms([WeightHistogram])
    case image(Image)
    /// Training (re)starts: whatever was recorded at this step or a later one is void.
    case sessionStart
    /// Something that is for other programs, as histograms and images are when they are read.
    case other
  }

  package struct Image: Equatable {
    package var tag: String
    package var width, height: Int
    /// 1 (grey) or 3 (RGB).
    package var channels: Int
    package var png: [UInt8]

    package init(tag: String, width: Int, height: Int, channels: Int, png: [UInt8]) {
      (self.tag, self.width, self.height, self.channels, self.png) = (tag, width, height, channels, png)
    }
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
    case .scalars(let scalars): event.append(field: 5, Self.summary(scalars.map { ($0.metric.tag, $0.value) }))
    case .norms(let norms): event.append(field: 5, Self.summary(norms.map { ($0.place.tag, $0.value) }))
    case .histograms(let histograms): event.append(field: 5, histograms.flatMap(Self.summary))
    case .image(let image): event.append(field: 5, Self.summary(image))
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

  private static func summary(_ values: [(tag: String, value: Float)]) -> [UInt8] {
    var summary: [UInt8] = []
    for (tag, number) in values {
      var value: [UInt8] = []
      value.append(field: 1, Array(tag.utf8))
      value.append(0x15)
      value.append(littleEndian: number.bitPattern)
      summary.append(field: 1, value)
    }
    return summary
  }

  private static func summary(_ histogram: WeightHistogram) -> [UInt8] {
    var message: [UInt8] = []
    for (field, number) in [
      (1, histogram.low), (2, histogram.high), (3, histogram.count), (4, histogram.sum), (5, histogram.sumOfSquares),
    ] as [(UInt64, Double)] {
      message.append(varint: field << 3 | 1)
      message.append(littleEndian: number.bitPattern)
    }
    for (field, numbers) in [(6, histogram.limits), (7, histogram.counts)] as [(UInt64, [Double])] {
      var packed: [UInt8] = []
      for number in numbers { packed.append(littleEndian: number.bitPattern) }
      message.append(field: field, packed)
    }
    return summary(histogram.tag, field: 5, message)
  }

  private static func summary(_ image: Image) -> [UInt8] {
    var message: [UInt8] = []
    message.append(field: 1, UInt64(image.height))
    message.append(field: 2, UInt64(image.width))
    message.append(field: 3, UInt64(image.channels))
    message.append(field: 4, image.png)
    return summary(image.tag, field: 4, message)
  }

  private static func summary(_ tag: String, field: UInt64, _ message: [UInt8]) -> [UInt8] {
    var value: [UInt8] = []
    value.append(field: 1, Array(tag.utf8))
    value.append(field: field, message)
    var summary: [UInt8] = []
    summary.append(field: 1, value)
    return summary
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
    var norms: [LayerNorm] = []
    var fields = ProtobufFields(data)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (1, .fixed64(let bits)): wallTime = Double(bitPattern: bits)
      case (2, .varint(let value)): step = Int(truncatingIfNeeded: value)
      case (3, .bytes(let text)): content = .version(String(decoding: text, as: UTF8.self))
      case (5, .bytes(let summary)):
        guard Self.read(summary, into: &scalars, &norms) else { return nil }
        content = !norms.isEmpty ? .norms(norms) : !scalars.isEmpty ? .scalars(scalars) : .other
      case (7, .bytes(let log)):
        var entries = ProtobufFields(log)
        while let entry = entries.next() {
          if entry.number == 1, case .varint(1) = entry.value { content = .sessionStart }
        }
        if entries.isMalformed { return nil }
      default: break
      }
    }
    if fields.isMalformed || !(0...RunSeries.lastStep).contains(step) || !Moment.range.contains(wallTime) { return nil }
  }

  private static func read(
    _ summary: UnsafeRawBufferPointer, into scalars: inout [Scalar], _ norms: inout [LayerNorm]
  ) -> Bool {
    var values = ProtobufFields(summary)
    while let value = values.next() {
      guard value.number == 1, case .bytes(let bytes) = value.value else { continue }
      var metric: RunMetric?
      var place: LayerNorm.Place?
      var number: Float?
      var fields = ProtobufFields(bytes)
      while let field = fields.next() {
        switch (field.number, field.value) {
        case (1, .bytes(let tag)):
          metric = metrics.first { $0.tag.count == tag.count && memcmp($0.tag, tag.baseAddress!, tag.count) == 0 }?.metric
          if metric == nil, tag.first == UInt8(ascii: "n"), tag.count <= longestTag {
            place = LayerNorm.Place(tag: String(decoding: tag, as: UTF8.self))
          } else if metric == nil, tag.first == UInt8(ascii: "v") || tag.first == UInt8(ascii: "t"), tag.count <= RunMetric.longestTag {
            // Of a task that this version does not know.
            metric = RunMetric(tag: String(decoding: tag, as: UTF8.self))
          }
        case (2, .fixed32(let bits)): number = Float(bitPattern: bits)
        default: break
        }
      }
      if fields.isMalformed { return false }
      if let metric, let number { scalars.append(Scalar(metric: metric, value: number)) }
      if let place, let number { norms.append(LayerNorm(place, number)) }
    }
    return !values.isMalformed
  }

  /// No layer's tag is longer.
  private static let longestTag = 200
  private static let metrics = RunMetric.known.map { (tag: Array($0.tag.utf8), metric: $0) }
}
