/// Which source pixels make up each pixel along one axis, and with what weights: a triangle filter as wide as the
/// reduction (antialiased bilinear, as in Pillow's BILINEAR), linear interpolation where the image grows.
struct ResampledAxis {
  /// Of each target pixel, the first source pixel, and the weights' place in `weights`.
  private(set) var first: [Int] = []
  private(set) var taps: [Int] = []
  private(set) var weights: [Float] = []
  /// Weights are this far apart from one target pixel to the next.
  private(set) var stride = 0
  /// The source pixels that any target pixel needs.
  private(set) var sources = 0..<0

  /// Plans the target pixels `range` of an axis that goes from `source` to `target` pixels. Keeps its memory.
  mutating func plan(source: Int, target: Int, range: Range<Int>) {
    let scale = Double(source) / Double(target)
    let support = max(scale, 1)
    stride = 2 * Int(support.rounded(.up)) + 1
    first.removeAll(keepingCapacity: true)
    taps.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    for pixel in range {
      let centre = (Double(pixel) + 0.5) * scale
      let low = max(0, Int(centre - support + 0.5))
      let high = min(source, Int(centre + support + 0.5))
      first.append(low)
      taps.append(high - low)
      var sum = 0.0
      for index in low..<high { sum += max(0, 1 - abs((Double(index) + 0.5 - centre) / support)) }
      for index in low..<low + stride {
        let weight = index < high ? max(0, 1 - abs((Double(index) + 0.5 - centre) / support)) : 0
        weights.append(Float(weight / sum))
      }
    }
    sources = range.isEmpty ? 0..<0 : first[0]..<first[range.count - 1] + taps[range.count - 1]
  }

  /// Makes the planned target pixels of one row out of `mixed`, the source pixels `sources`.
  ///
  /// With three channels, one float behind the last source pixel is read.
  func mix(
    _ mixed: UnsafeMutableBufferPointer<Float>, channels: Int, into row: UnsafeMutableBufferPointer<Float>
  ) {
    let origin = sources.lowerBound
    let values = UnsafeRawPointer(mixed.baseAddress!)
    weights.withUnsafeBufferPointer { weights in
      for pixel in 0..<first.count {
        let start = first[pixel] - origin
        let taps = taps[pixel]
        if channels == 1 {
          var sum: Float = 0
          for tap in 0..<taps { sum += weights[pixel * stride + tap] * mixed[start + tap] }
          row[pixel] = sum
        } else {
          // Four lanes hold one RGB pixel and the next one's red, which is dropped.
          var sum = SIMD4<Float>.zero
          for tap in 0..<taps {
            let pixelValues = values.loadUnaligned(fromByteOffset: (start + tap) * 12, as: SIMD4<Float>.self)
            sum += weights[pixel * stride + tap] * pixelValues
          }
          row[pixel * 3] = sum.x
          row[pixel * 3 + 1] = sum.y
          row[pixel * 3 + 2] = sum.z
        }
      }
    }
  }
}

/// Scales a window of an image: rows are mixed first (contiguous and wide), then columns. Owned by one worker.
package struct Resampler {
  private var rows = ResampledAxis()
  private var columns = ResampledAxis()
  /// One mixed source row. A spare float lies behind it.
  private var mixed: [Float] = []

  package init() {}

  /// Writes row after row of the window `x`, `y` of the image as it would be at `targetWidth` × `targetHeight`.
  ///
  /// `body` gets the row's number in the window and its `x.count · channels` values, 0…255.
  package mutating func forEachRow(
    of source: UnsafeBufferPointer<UInt8>, width: Int, height: Int, channels: Int, targetWidth: Int, targetHeight: Int,
    x: Range<Int>, y: Range<Int>, row: UnsafeMutableBufferPointer<Float>,
    body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    precondition(source.count == width * height * channels && row.count >= x.count * channels)
    if width == targetWidth && height == targetHeight {
      for line in y {
        let start = (line * width + x.lowerBound) * channels
        for index in 0..<x.count * channels { row[index] = Float(source[start + index]) }
        body(line - y.lowerBound, row)
      }
      return
    }
    rows.plan(source: height, target: targetHeight, range: y)
    columns.plan(source: width, target: targetWidth, range: x)
    let length = columns.sources.count * channels
    if mixed.count < length + 4 { mixed = [Float](repeating: 0, count: length + 4) }
    mixed.withUnsafeMutableBufferPointer { mixed in
      rows.weights.withUnsafeBufferPointer { weights in
        for line in 0..<y.count {
          let start = columns.sources.lowerBound * channels
          for tap in 0..<rows.taps[line] {
            let base = source.baseAddress! + (rows.first[line] + tap) * width * channels + start
            Self.accumulate(
              UnsafeBufferPointer(start: base, count: length), weights[line * rows.stride + tap], into: mixed,
              starting: tap == 0)
          }
          columns.mix(mixed, channels: channels, into: row)
          body(line, row)
        }
      }
    }
  }

  private static func accumulate(
    _ source: UnsafeBufferPointer<UInt8>, _ weight: Float, into sum: UnsafeMutableBufferPointer<Float>, starting: Bool
  ) {
    if starting {
      for index in 0..<source.count { sum[index] = weight * Float(source[index]) }
    } else {
      for index in 0..<source.count { sum[index] += weight * Float(source[index]) }
    }
  }
}
