/// One axis of ``PillowResampler``: which source pixels make up each target pixel, and with what weights in fixed point.
private struct PillowAxis {
  /// Of each target pixel, the first source pixel and how many there are.
  private(set) var first: [Int] = []
  private(set) var taps: [Int] = []
  private(set) var weights: [Int32] = []
  /// Weights are this far apart from one target pixel to the next.
  private(set) var stride = 0
  /// The source pixels that any target pixel needs.
  private(set) var sources = 0..<0

  /// Weights and sums of weighted pixels are shares of 2²².
  static let bits: Int32 = 32 - 8 - 2
  static let half: Int32 = 1 << (bits - 1)

  /// Plans the target pixels `range` of an axis that goes from `source` to `target` pixels. Keeps its memory.
  ///
  /// An axis that keeps its length keeps its pixels: each has one source, with the weight 1. Doubles are added and
  /// divided in Pillow's order, so that the weights are its own.
  mutating func plan(source: Int, target: Int, range: Range<Int>) {
    let scale = Double(source) / Double(target)
    let support = max(scale, 1)
    let factor = 1 / support
    stride = 2 * Int(support.rounded(.up)) + 1
    first.removeAll(keepingCapacity: true)
    taps.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    for pixel in range {
      let centre = (Double(pixel) + 0.5) * scale
      let low = max(0, Int(centre - support + 0.5))
      let count = min(source, Int(centre + support + 0.5)) - low
      func triangle(_ tap: Int) -> Double { max(0, 1 - abs((Double(tap + low) - centre + 0.5) * factor)) }
      var sum = 0.0
      for tap in 0..<count { sum += triangle(tap) }
      first.append(low)
      taps.append(count)
      for tap in 0..<stride {
        weights.append(tap < count ? Int32(0.5 + triangle(tap) / sum * Double(1 << Int(Self.bits))) : 0)
      }
    }
    sources = range.isEmpty ? 0..<0 : first[0]..<first[range.count - 1] + taps[range.count - 1]
  }
}

/// Scales a window of an image exactly as Pillow's `Image.resize(…, BILINEAR)` does, and so torchvision's `Resize` of PIL images: an
/// antialiased triangle in fixed point, columns first, with pixels of 8 bits after each pass. Owned by one worker.
struct PillowResampler {
  private var rows = PillowAxis()
  private var columns = PillowAxis()
  /// The needed source rows, each as wide as the window.
  private var narrowed: [UInt8] = []
  private var sums: [Int32] = []
  /// One source row with spare bytes behind it.
  private var padded: [UInt8] = []

  /// As ``Resampler/forEachRow(of:width:height:channels:targetWidth:targetHeight:x:y:row:body:)``; values are whole numbers.
  mutating func forEachRow(
    of source: UnsafeBufferPointer<UInt8>, width: Int, height: Int, channels: Int, targetWidth: Int, targetHeight: Int,
    x: Range<Int>, y: Range<Int>, row: UnsafeMutableBufferPointer<Float>,
    body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    precondition(source.count == width * height * channels && row.count >= x.count * channels)
    rows.plan(source: height, target: targetHeight, range: y)
    columns.plan(source: width, target: targetWidth, range: x)
    let length = x.count * channels
    Self.grow(&narrowed, to: rows.sources.count * length)
    Self.grow(&sums, to: length)
    // A pixel is read as four bytes, some of which lie behind it.
    Self.grow(&padded, to: width * channels + 4)
    let keepsColumns = width == targetWidth
    narrowed.withUnsafeMutableBufferPointer { narrowed in
      sums.withUnsafeMutableBufferPointer { sums in
        var done = 0
        for line in 0..<y.count {
          let first = rows.first[line] - rows.sources.lowerBound
          while done < first + rows.taps[line] {
            let from = source.baseAddress! + (rows.sources.lowerBound + done) * width * channels
            let to = narrowed.baseAddress! + done * length
            if keepsColumns {
              to.update(from: from + x.lowerBound * channels, count: length)
            } else {
              padded.withUnsafeMutableBufferPointer { $0.baseAddress!.update(from: from, count: width * channels) }
              padded.withUnsafeBufferPointer { columns.mix($0.baseAddress!, channels: channels, into: to) }
            }
            done += 1
          }
          rows.weights.withUnsafeBufferPointer {
            Self.mix(
              narrowed.baseAddress! + first * length, taps: rows.taps[line], weights: $0.baseAddress! + line * rows.stride,
              sums: sums.baseAddress!, into: row.baseAddress!, count: length)
          }
          body(line, row)
        }
      }
    }
  }

  private static func grow<Value: FixedWidthInteger>(_ array: inout [Value], to count: Int) {
    if array.count < count { array = [Value](repeating: 0, count: count) }
  }

  /// One target row of `taps` source rows, which lie behind each other.
  private static func mix(
    _ source: UnsafePointer<UInt8>, taps: Int, weights: UnsafePointer<Int32>, sums: UnsafeMutablePointer<Int32>,
    into row: UnsafeMutablePointer<Float>, count: Int
  ) {
    for index in 0..<count { sums[index] = PillowAxis.half }
    for tap in 0..<taps {
      let weight = weights[tap]
      let line = source + tap * count
      for index in 0..<count { sums[index] &+= Int32(line[index]) &* weight }
    }
    for index in 0..<count { row[index] = Float(sums[index] &>> PillowAxis.bits) }
  }
}

extension PillowAxis {
  /// The planned target pixels of a source row. Up to three bytes behind the row are read, and count nothing.
  func mix(_ source: UnsafePointer<UInt8>, channels: Int, into target: UnsafeMutablePointer<UInt8>) {
    first.withUnsafeBufferPointer { first in
      taps.withUnsafeBufferPointer { taps in
        weights.withUnsafeBufferPointer { weights in
          if channels == 1 {
            for pixel in 0..<first.count {
              let from = source + first[pixel]
              var sum = Self.half
              for tap in 0..<taps[pixel] { sum &+= Int32(from[tap]) &* weights[pixel * stride + tap] }
              target[pixel] = UInt8(truncatingIfNeeded: sum &>> Self.bits)
            }
            return
          }
          for pixel in 0..<first.count {
            let from = UnsafeRawPointer(source + first[pixel] * 3)
            let weight = weights.baseAddress! + pixel * stride
            // Four lanes hold one RGB pixel and the next one's red, which is dropped.
            var sum = SIMD4<Int32>(repeating: Self.half)
            for tap in 0..<taps[pixel] {
              let value = from.loadUnaligned(fromByteOffset: tap * 3, as: SIMD4<UInt8>.self)
              sum &+= SIMD4<Int32>(truncatingIfNeeded: value) &* weight[tap]
            }
            let bytes = SIMD4<UInt8>(truncatingIfNeeded: sum &>> Self.bits)
            target[pixel * 3] = bytes.x
            target[pixel * 3 + 1] = bytes.y
            target[pixel * 3 + 2] = bytes.z
          }
        }
      }
    }
  }
}
