/// Which source pixels make up each pixel along one axis, and with what weights: a triangle filter as wide as the
/// reduction (antialiased bilinear, as in Pillow's BILINEAR), linear interpolation where the image grows.
struct ResampledAxis {
  /// Of each target pixel, the first source pixel, and the weights' place in `weights`.
  private(set) var first: [Int] = []
  private(set) var taps: [Int] = []
  private(set) var weights: [Float] = []
  /// Weights are this far apart from one target pixel to the next.
  private(set) var stride = 0
  /// The taps of the target pixel that has the most.
  private var most = 0
  /// The source pixels that any target pixel needs.
  private(set) var sources = 0..<0

  /// Plans the target pixels `range` of an axis that goes from `source` to `target` pixels. Keeps its memory.
  /// - Parameter antialiases: false: linear interpolation also where the image shrinks.
  mutating func plan(source: Int, target: Int, range: Range<Int>, antialiases: Bool) {
    let scale = Double(source) / Double(target)
    let support = antialiases ? max(scale, 1) : 1
    stride = 2 * Int(support.rounded(.up)) + 1
    first.removeAll(keepingCapacity: true)
    taps.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    most = 0
    for pixel in range {
      let centre = (Double(pixel) + 0.5) * scale
      let low = max(0, Int(centre - support + 0.5))
      let high = min(source, Int(centre + support + 0.5))
      first.append(low)
      taps.append(high - low)
      most = max(most, high - low)
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
  /// Up to ``spare`` floats behind the last source pixel are read; they count nothing, but must be finite.
  func mix(
    _ mixed: UnsafeMutableBufferPointer<Float>, channels: Int, into row: UnsafeMutableBufferPointer<Float>
  ) {
    let origin = sources.lowerBound
    if channels == 1 {
      for pixel in 0..<first.count {
        var sum: Float = 0
        for tap in 0..<taps[pixel] { sum += weights[pixel * stride + tap] * mixed[first[pixel] - origin + tap] }
        row[pixel] = sum
      }
      return
    }
    // As many taps for every pixel, known when this is compiled: the weights of those that are none are zero.
    switch most {
    case ...3: mixColours(3, mixed, row)
    case 4: mixColours(4, mixed, row)
    case 5: mixColours(5, mixed, row)
    case 6: mixColours(6, mixed, row)
    default: mixColours(most, mixed, row)
    }
  }

  /// The floats behind the last source pixel that may be read.
  var spare: Int { stride * 3 + 4 }

  @inline(__always)
  private func mixColours(
    _ taps: Int, _ mixed: UnsafeMutableBufferPointer<Float>, _ row: UnsafeMutableBufferPointer<Float>
  ) {
    let values = UnsafeRawPointer(mixed.baseAddress!) - sources.lowerBound * 12
    let target = row.baseAddress!
    first.withUnsafeBufferPointer { first in
      weights.withUnsafeBufferPointer { weights in
        var weight = weights.baseAddress!
        for pixel in 0..<first.count {
          let source = values + first[pixel] * 12
          // Four lanes hold one RGB pixel and the next one's red, which is dropped.
          var sum = SIMD4<Float>.zero
          for tap in 0..<taps {
            sum += weight[tap] * source.loadUnaligned(fromByteOffset: tap * 12, as: SIMD4<Float>.self)
          }
          target[pixel * 3] = sum.x
          target[pixel * 3 + 1] = sum.y
          target[pixel * 3 + 2] = sum.z
          weight += stride
        }
      }
    }
  }
}

/// Scales a window of an image: rows are mixed first (contiguous and wide), then columns. Owned by one worker.
package struct Resampler {
  private var rows = ResampledAxis()
  private var columns = ResampledAxis()
  /// One mixed source row, and some spare floats behind it.
  private var mixed: [Float] = []

  private let antialiases: Bool

  /// - Parameter antialiases: false: two neighbours make a pixel along each axis, also where the image shrinks.
  package init(antialiases: Bool = true) { self.antialiases = antialiases }

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
    rows.plan(source: height, target: targetHeight, range: y, antialiases: antialiases)
    columns.plan(source: width, target: targetWidth, range: x, antialiases: antialiases)
    let length = columns.sources.count * channels
    let wanted = length + columns.spare
    if mixed.count < wanted { mixed = [Float](repeating: 0, count: wanted) }
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
