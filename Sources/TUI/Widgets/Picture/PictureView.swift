/// Draws pictures with what the terminal has: half blocks in colour, else shades of brightness.
extension Canvas {
  /// Draws `picture` with its upper left corner at a cell, clipped to the canvas.
  package mutating func draw(_ picture: ScaledPicture, row: Int, column: Int) {
    let inColor = look.colors == .trueColor || look.colors == .palette256
    for y in 0..<picture.rows {
      for x in 0..<picture.columns {
        let top = picture[x, 2 * y]
        let bottom = picture[x, 2 * y + 1]
        let (text, style): (String, Style) =
          switch (inColor, look.glyphs) {
          case (true, .unicode): ("▀", Style(top.color, on: bottom.color))
          case (true, .ascii): (" ", Style(.standard, on: ScaledPicture.Pixel.mean(top, bottom).color))
          case (false, let glyphs): (Self.shade((top.luminance + bottom.luminance) / 2, glyphs), .plain)
          }
        put(text, row: row + y, column: column + x, style: style)
      }
    }
  }

  private static func shade(_ luminance: Int, _ glyphs: GlyphSet) -> String {
    let ramp = glyphs == .unicode ? unicodeShades : asciiShades
    return ramp[min(ramp.count - 1, luminance * ramp.count / 256)]
  }

  private static let unicodeShades = [" ", "·", "░", "▒", "▓", "█"]
  private static let asciiShades = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
}

extension ScaledPicture.Pixel {
  var color: Color { .rgb(red, green, blue) }

  static func mean(_ one: Self, _ other: Self) -> Self {
    func half(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((UInt16(a) + UInt16(b)) / 2) }
    return Self(half(one.red, other.red), half(one.green, other.green), half(one.blue, other.blue))
  }
}
