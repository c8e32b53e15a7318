import Taxonomy

/// One image of a Caffe database: the protocol-buffer message `Datum` of caffe.proto.
///
/// Fields: 1 channels, 2 height, 3 width, 4 bytes (rows of one channel after another, blue first; or an image file), 5
/// label, 6 floats (not used for images), 7 whether the bytes are an image file.
package struct Datum {
  package enum Content {
    /// An image file.
    case encoded(UnsafeRawBufferPointer)
    /// `channels · height · width` bytes, channel by channel; three channels are blue, green, red.
    case planes(UnsafeRawBufferPointer)
  }

  package let channels, height, width: Int
  package let label: Int
  package let content: Content

  /// Reads a message; its bytes are not copied. Nil where it is no image of 1 or 3 channels.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    var numbers = [UInt64](repeating: 0, count: 8)
    var data = UnsafeRawBufferPointer(start: nil, count: 0)
    var fields = ProtobufFields(bytes)
    while let field = fields.next() {
      switch (field.number, field.value) {
      case (4, .bytes(let value)): data = value
      case (1...7, .varint(let value)): numbers[Int(field.number)] = value
      default: break
      }
    }
    guard !fields.isMalformed, !data.isEmpty, numbers[5] <= UInt64(Int32.max) else { return nil }
    label = Int(numbers[5])
    let most = UInt64(PixelBuffer.longestSide)
    if numbers[7] != 0 {
      // The sides are for show: the file knows its own.
      (channels, height, width) = (3, 0, 0)
      content = .encoded(data)
      return
    }
    guard numbers[1] == 1 || numbers[1] == 3, (1...most).contains(numbers[2]), (1...most).contains(numbers[3]),
      UInt64(data.count) == numbers[1] * numbers[2] * numbers[3]
    else { return nil }
    (channels, height, width) = (Int(numbers[1]), Int(numbers[2]), Int(numbers[3]))
    content = .planes(data)
  }

  /// A message with an image file in it.
  package static func message(file: [UInt8], side: Int, label: Int) -> [UInt8] {
    var message = head(side)
    message.append(field: 4, file)
    message.append(field: 5, UInt64(label))
    message.append(field: 7, 1)
    return message
  }

  /// A message with the pixels of a square RGB picture in it, `side · side · 3` interleaved bytes.
  package static func message(pixels: UnsafeBufferPointer<UInt8>, side: Int, label: Int) -> [UInt8] {
    precondition(pixels.count == side * side * 3)
    var message = head(side)
    message.reserveCapacity(pixels.count + 32)
    message.append(varint: 4 << 3 | 2)
    message.append(varint: UInt64(pixels.count))
    for channel in [2, 1, 0] {
      for place in stride(from: channel, to: pixels.count, by: 3) { message.append(pixels[place]) }
    }
    message.append(field: 5, UInt64(label))
    return message
  }

  private static func head(_ side: Int) -> [UInt8] {
    var message: [UInt8] = []
    message.append(field: 1, 3)
    message.append(field: 2, UInt64(side))
    message.append(field: 3, UInt64(side))
    return message
  }
}
