import Basics
import CImageCodecs
import Files
import FoundationEssentials

/// A photograph with transparency, cut to what can be seen of it, in several sizes: each has half the sides of the one before.
package struct Cutout: Sendable {
  /// Red, green and blue times alpha, and alpha, each 0…1.
  package struct Level: Sendable {
    package var width, height: Int
    var pixels: [SIMD4<Float>]

    /// Between the four nearest pixels; nothing beyond the border. `x`, `y` from 0 to the sides.
    @inline(__always)
    package func sample(_ x: Float, _ y: Float) -> SIMD4<Float> {
      let (left, top) = ((x - 0.5).rounded(.down), (y - 0.5).rounded(.down))
      let (u, v) = (x - 0.5 - left, y - 0.5 - top)
      let (column, row) = (Int(left), Int(top))
      let upper = at(column, row) * (1 - u) + at(column + 1, row) * u
      let lower = at(column, row + 1) * (1 - u) + at(column + 1, row + 1) * u
      return upper * (1 - v) + lower * v
    }

    @inline(__always)
    private func at(_ x: Int, _ y: Int) -> SIMD4<Float> {
      x >= 0 && y >= 0 && x < width && y < height ? pixels[y * width + x] : .zero
    }

    /// Sides of half the length, rounded up; every pixel the mean of four.
    package var halved: Level {
      let (w, h) = ((width + 1) / 2, (height + 1) / 2)
      var half = Level(width: w, height: h, pixels: [])
      half.pixels.reserveCapacity(w * h)
      for y in 0..<h {
        for x in 0..<w {
          half.pixels.append(
            (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) * 0.25)
        }
      }
      return half
    }
  }

  /// The largest first.
  package let levels: [Level]
  /// Tells photographs apart.
  let digest: UInt64
  package var width: Int { levels[0].width }
  package var height: Int { levels[0].height }

  /// - Throws: a ``Problem`` where the file is no PNG or shows nothing.
  package init(file path: String) throws(Problem) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileFailure.reading("cannot read the photograph", path)
    }
    var image = codec_image()
    defer { codec_release(&image) }
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CODEC_MESSAGE_SIZE))
    defer { message.deallocate() }
    let status = data.withUnsafeBytes {
      codec_decode_cutout($0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &image, message)
    }
    guard status == CODEC_OK.rawValue else {
      throw Problem("cannot decode the photograph", at: path, found: String(cString: message), kind: .data)
    }
    let bytes = UnsafeBufferPointer(start: image.bytes, count: Int(image.width) * Int(image.height) * 4)
    try self.init(rgba: bytes, width: Int(image.width), height: Int(image.height), place: path)
  }

  /// - Parameter rgba: rows of red, green, blue and alpha, 0…255.
  init(rgba: UnsafeBufferPointer<UInt8>, width: Int, height: Int, place: String = "photograph") throws(Problem) {
    // What is nearly transparent is the soft edge of a shadow, not the object.
    let visible: UInt8 = 24
    var (left, right, top, bottom) = (width, -1, height, -1)
    for y in 0..<height {
      for x in 0..<width where rgba[(y * width + x) * 4 + 3] >= visible {
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
      }
    }
    guard right >= left else { throw Problem("the photograph shows nothing", at: place, expected: "opaque pixels", kind: .data) }
    var level = Level(width: right - left + 1, height: bottom - top + 1, pixels: [])
    level.pixels.reserveCapacity(level.width * level.height)
    var hash = Fingerprint()
    for y in top...bottom {
      let row = UnsafeBufferPointer(rebasing: rgba[(y * width + left) * 4..<(y * width + right + 1) * 4])
      hash.add(row)
      for x in 0..<level.width {
        let alpha = Float(row[x * 4 + 3]) / 255
        let colour = SIMD4(Float(row[x * 4]), Float(row[x * 4 + 1]), Float(row[x * 4 + 2]), 255)
        level.pixels.append(colour * (alpha / 255))
      }
    }
    var levels = [level]
    while max(level.width, level.height) > 16 {
      level = level.halved
      levels.append(level)
    }
    self.levels = levels
    digest = hash.number
  }

  /// The size that is nearest to so many pixels for the longer side, and not much smaller.
  func level(side: Float) -> Level {
    levels.last { Float(max($0.width, $0.height)) >= side * 0.9 } ?? levels[0]
  }
}
