import CImageFixtures
import Glibc

/// Image files made by formula.
package enum ImageFixtures {
  /// `width · height · components` bytes that differ from pixel to pixel, smooth enough for JPEG.
  package static func pixels(_ width: Int, _ height: Int, _ components: Int, phase: Int = 0) -> [UInt8] {
    (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<components).map { UInt8((x * 5 + y * 3 + $0 * 40 + phase * 17) % 200 + 20) }
      }
    }
  }

  package static func jpeg(_ pixels: [UInt8], _ width: Int, _ height: Int, _ kind: fixture_jpeg, quality: Int = 95) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_jpeg(pixels, Int32(width), Int32(height), kind, Int32(quality), &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  /// `rows` packed as PNG packs them; `alphas` of a palette's first entries.
  package static func png(
    _ rows: [UInt8], _ width: Int, _ height: Int, depth: Int, colourType: Int, interlaced: Bool = false,
    palette: [UInt8]? = nil, alphas: [UInt8] = []
  ) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_png(
      rows, Int32(width), Int32(height), Int32(depth), Int32(colourType), interlaced ? 1 : 0, palette, alphas,
      Int32(alphas.count), &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  /// Rows of RGBA as a WebP.
  package static func webp(_ rgba: [UInt8], _ width: Int, _ height: Int, lossless: Bool) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_webp(rgba, Int32(width), Int32(height), lossless ? 1 : 0, &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  /// Rows of palette indices as a GIF.
  package static func gif(
    _ indices: [UInt8], _ width: Int, _ height: Int, palette: [UInt8], transparent: Int = -1, interlaced: Bool = false, at corner: (Int, Int) = (0, 0),
    screen: (Int, Int)? = nil
  ) -> [UInt8] {
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0
    fixture_write_gif(
      indices, Int32(width), Int32(height), palette, Int32(palette.count / 3), Int32(transparent), interlaced ? 1 : 0, Int32(corner.0), Int32(corner.1),
      Int32(screen?.0 ?? width), Int32(screen?.1 ?? height), &file, &size)
    defer { free(file) }
    return Array(UnsafeBufferPointer(start: file, count: size))
  }

  /// An RGB picture as a PNG: exact.
  package static func png(_ width: Int, _ height: Int, phase: Int = 0) -> [UInt8] {
    png(pixels(width, height, 3, phase: phase), width, height, depth: 8, colourType: 2)
  }
}
