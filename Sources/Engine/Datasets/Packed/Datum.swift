import Basics

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

  package let head: Head
  package let content: Content

  /// Reads a message; its bytes are not copied.
  /// - Throws: a ``Problem`` without a place where it is no image of 1 or 3 channels.
  package init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    head = try Head(count: bytes.count) { place throws(Problem) in UnsafeRawBufferPointer(rebasing: bytes[place...]) }
    let data = UnsafeRawBufferPointer(rebasing: bytes[head.data])
    content = head.isEncoded ? .encoded(data) : .planes(data)
  }

  /// What a message says beside its pixels.
  package struct Head {
    /// Of an image file the sides are for show, the file knows its own.
    package let channels, height, width: Int
    package let label: Int
    package let isEncoded: Bool
    /// Where in the message the pixels, or the file, lie.
    package let data: Range<Int>

    /// - Parameters:
    ///   - count: the message's bytes.
    ///   - window: those from a place on: at least 20, or all that are left.
    /// - Throws: a ``Problem`` without a place where it is no image of 1 or 3 channels; and what `window` throws.
    package init(
      count: Int, window: (_ place: Int) throws(Problem) -> UnsafeRawBufferPointer
    ) throws(Problem) {
      var numbers = [UInt64](repeating: 0, count: 8)
      var data = 0..<0
      var place = 0
      var hasFloats = false
      // A Datum has seven fields; floats come one by one.
      var fieldsLeft = 4096
      while place < count, fieldsLeft > 0 {
        fieldsLeft -= 1
        guard let field = Field(try window(place)), field.end <= UInt64(count - place) else {
          throw Self.refusal("other bytes, or a message that was cut short")
        }
        let value = place + Int(field.valueStart)..<place + Int(field.end)
        switch (field.number, field.type) {
        case (4, 2): data = value
        case (6, _): hasFloats = true
        case (1...7, 0): numbers[Int(field.number)] = field.varint
        default: break
        }
        place = value.upperBound
      }
      guard !data.isEmpty else { throw Self.refusal(hasFloats ? "floats (features, no pixels)" : "no pixels") }
      guard numbers[5] <= UInt64(Int32.max) else { throw Self.refusal("label \(Int64(bitPattern: numbers[5]))") }
      label = Int(numbers[5])
      self.data = data
      isEncoded = numbers[7] != 0
      guard !isEncoded else {
        (channels, height, width) = (3, 0, 0)
        return
      }
      let most = UInt64(PixelBuffer.longestSide)
      guard numbers[1] == 1 || numbers[1] == 3 else { throw Self.refusal("\(numbers[1]) channels") }
      guard (1...most).contains(numbers[2]), (1...most).contains(numbers[3]) else {
        throw Self.refusal("\(numbers[3])×\(numbers[2]) pixels")
      }
      guard UInt64(data.count) == numbers[1] * numbers[2] * numbers[3] else {
        throw Self.refusal("\(data.count) bytes for \(numbers[3])×\(numbers[2]) pixels of \(numbers[1]) channels")
      }
      (channels, height, width) = (Int(numbers[1]), Int(numbers[2]), Int(numbers[3]))
    }

    private static func refusal(_ found: String) -> Problem {
      Problem("an entry is not an image", expected: "Caffe's Datum with 1 or 3 channels and a label", found: found, kind: .data)
    }
  }

  /// One field at the begin of some bytes, its value perhaps behind their end.
  private struct Field {
    let number, type, varint, valueStart, end: UInt64

    init?(_ bytes: UnsafeRawBufferPointer) {
      var place = 0
      func next() -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<10 where place < bytes.count {
          let byte = bytes[place]
          place += 1
          value |= UInt64(byte & 0x7F) << UInt64(7 * index)
          if byte < 0x80 { return value }
        }
        return nil
      }
      guard let key = next() else { return nil }
      (number, type) = (key >> 3, key & 7)
      switch type {
      case 0:
        guard let value = next() else { return nil }
        (varint, valueStart, end) = (value, UInt64(place), UInt64(place))
      case 1: (varint, valueStart, end) = (0, UInt64(place), UInt64(place) + 8)
      case 2:
        guard let length = next(), length < UInt64.max >> 1 else { return nil }
        (varint, valueStart, end) = (0, UInt64(place), UInt64(place) + length)
      case 5: (varint, valueStart, end) = (0, UInt64(place), UInt64(place) + 4)
      default: return nil
      }
    }
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
