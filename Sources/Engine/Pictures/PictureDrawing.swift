import Basics
import Datasets

/// A colour of a picture.
public struct PixelColour: Equatable, Sendable {
  public var red, green, blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

  package static let black = PixelColour(0, 0, 0), grey = PixelColour(120, 120, 120), pale = PixelColour(225, 225, 225)

  /// So many colours that are told apart: hues by the golden angle, in turns dark and light.
  static func distinct(_ index: Int) -> PixelColour {
    let hue = (Double(index) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) * 6
    let value = [0.85, 0.6, 1.0][index % 3], saturation = [0.85, 0.9, 0.55][index % 3]
    func channel(_ shift: Double) -> UInt8 {
      let place = (hue + shift).truncatingRemainder(dividingBy: 6)
      let share = max(0, min(1, min(place, 4 - place)))
      return UInt8((255 * value * (1 - saturation * share)).rounded())
    }
    return PixelColour(channel(5), channel(3), channel(1))
  }
}

/// Drawing on pictures of RGB; whatever lies beyond the border is cut off.
extension Picture {
  /// An RGB picture without anything on it.
  package static func white(width: Int, height: Int) throws(Problem) -> Picture {
    guard width <= PixelBuffer.longestSide, height <= PixelBuffer.longestSide, width * height <= 100_000_000 else {
      throw Problem(
        "the picture is too large", expected: "at most 100 million pixels", found: "\(width)×\(height)",
        advice: "take fewer images or smaller ones")
    }
    return Picture(width: width, height: height, channels: 3, pixels: [UInt8](repeating: 255, count: width * height * 3))
  }

  /// The picture as RGB, `size` by `size`, whatever its aspect was.
  package func warped(to size: Int) -> Picture { scaled(width: size, height: size) }

  /// The picture as RGB in so many pixels.
  package func scaled(width targetWidth: Int, height targetHeight: Int) -> Picture {
    var resampler = Resampler()
    var result = [UInt8](repeating: 0, count: targetWidth * targetHeight * 3)
    var row = [Float](repeating: 0, count: targetWidth * channels)
    pixels.withUnsafeBufferPointer { source in
      row.withUnsafeMutableBufferPointer { row in
        resampler.forEachRow(
          of: source, width: width, height: height, channels: channels, targetWidth: targetWidth, targetHeight: targetHeight,
          x: 0..<targetWidth, y: 0..<targetHeight, row: row
        ) { line, values in
          for index in 0..<targetWidth * 3 {
            let value = values[channels == 3 ? index : index / 3]
            result[line * targetWidth * 3 + index] = UInt8(max(0, min(255, value.rounded())))
          }
        }
      }
    }
    return Picture(width: targetWidth, height: targetHeight, channels: 3, pixels: result)
  }

  /// Copies an RGB picture that lies within this one.
  package mutating func draw(_ picture: Picture, x: Int, y: Int) {
    for line in 0..<picture.height {
      let start = ((y + line) * width + x) * 3
      pixels.replaceSubrange(start..<start + picture.width * 3, with: picture.pixels[line * picture.width * 3..<(line + 1) * picture.width * 3])
    }
  }

  package mutating func set(_ x: Int, _ y: Int, _ colour: PixelColour) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let place = (y * width + x) * 3
    (pixels[place], pixels[place + 1], pixels[place + 2]) = (colour.red, colour.green, colour.blue)
  }

  package mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: PixelColour) {
    for row in y..<y + max(0, height) {
      for column in x..<x + max(0, width) { set(column, row, colour) }
    }
  }

  /// A border of `thickness` pixels within the rectangle.
  package mutating func frame(x: Int, y: Int, width: Int, height: Int, thickness: Int, _ colour: PixelColour) {
    fill(x: x, y: y, width: width, height: thickness, colour)
    fill(x: x, y: y + height - thickness, width: width, height: thickness, colour)
    fill(x: x, y: y, width: thickness, height: height, colour)
    fill(x: x + width - thickness, y: y, width: thickness, height: height, colour)
  }

  mutating func disc(x: Int, y: Int, radius: Int, _ colour: PixelColour) {
    for dy in -radius...radius {
      for dx in -radius...radius where dx * dx + dy * dy <= radius * radius { set(x + dx, y + dy, colour) }
    }
  }

  /// Writes a line of text, its upper left corner at (x, y), each pixel of its letters `scale` pixels wide.
  package mutating func write(_ text: String, x: Int, y: Int, _ colour: PixelColour = .black, scale: Int = 1) {
    for (place, character) in text.enumerated() {
      for (column, bits) in PixelFont.columns(character).enumerated() {
        for row in 0..<PixelFont.height where bits >> UInt8(row) & 1 == 1 {
          fill(
            x: x + (place * PixelFont.advance + column) * scale, y: y + row * scale, width: scale, height: scale, colour)
        }
      }
    }
  }

  /// The pixels that a line of text takes.
  package static func textWidth(_ text: String, scale: Int = 1) -> Int { max(0, text.count * PixelFont.advance - 1) * scale }

  /// The text, cut in the middle where it is wider than `width` pixels.
  package static func fitting(_ text: String, _ width: Int, scale: Int = 1) -> String {
    let most = max(1, (width / scale + 1) / PixelFont.advance)
    guard text.count > most else { return text }
    guard most > 2 else { return String(text.prefix(most)) }
    return String(text.prefix((most - 1) / 2 + (most - 1) % 2)) + "…" + String(text.suffix((most - 1) / 2))
  }
}
