/// A picture as character cells: sextants or half blocks in colour, else shades of brightness.
package struct PictureCells: Equatable, Sendable {
  package let columns, rows: Int
  /// Row by row.
  package private(set) var cells: [Cell]

  /// The most bytes that a small picture may cost a terminal of 256 colours, so that a dozen of them with their frames cost 60 kB; what is larger may have
  /// so many bytes a cell.
  package static let most = 4500, mostPerCell = 8

  package init(_ picture: ScaledPicture, _ look: Look) {
    (columns, rows) = (picture.columns, picture.rows)
    cells = []
    cells.reserveCapacity(columns * rows)
    for y in 0..<rows {
      for x in 0..<columns { cells.append(Self.cell(picture, x, y, look)) }
    }
    if look.colors == .palette256, look.glyphs == .unicode { spare(max(Self.most, Self.mostPerCell * cells.count)) }
  }

  private static func cell(_ picture: ScaledPicture, _ x: Int, _ y: Int, _ look: Look) -> Cell {
    if picture.grain == .sextant { return sextant(picture, x, y) }
    let (top, bottom) = (picture[x, 2 * y], picture[x, 2 * y + 1])
    switch (look.colors >= .palette256, look.glyphs) {
    case (true, .unicode): return Cell("▀", style: Style(top.color, on: bottom.color))
    case (true, .ascii): return Cell(style: Style(.standard, on: ScaledPicture.Pixel.mean(top, bottom).color))
    case (false, let glyphs): return Cell(shade((top.luminance + bottom.luminance) / 2, glyphs))
    }
  }

  /// Six pixels in two colours: parted in the middle of the channel in which they differ most, each side in its mean colour.
  private static func sextant(_ picture: ScaledPicture, _ x: Int, _ y: Int) -> Cell {
    let pixels = (0..<6).map { picture[2 * x + $0 % 2, 3 * y + $0 / 2] }
    let channels: [(ScaledPicture.Pixel) -> UInt8] = [{ $0.green }, { $0.red }, { $0.blue }]
    func range(_ channel: (ScaledPicture.Pixel) -> UInt8) -> (low: Int, high: Int) {
      let values = pixels.map { Int(channel($0)) }
      return (values.min()!, values.max()!)
    }
    let widest = channels.max { one, other in
      let (a, b) = (range(one), range(other))
      return a.high - a.low < b.high - b.low
    }!
    let (low, high) = range(widest)
    let isLight = pixels.map { 2 * Int(widest($0)) > low + high }
    let mask = isLight.enumerated().reduce(0) { $1.element ? $0 | 1 << $1.offset : $0 }
    func mean(_ wanted: Bool) -> Color {
      let chosen = zip(pixels, isLight).filter { $1 == wanted }.map(\.0)
      guard !chosen.isEmpty else { return mean(!wanted) }
      func part(_ channel: (ScaledPicture.Pixel) -> UInt8) -> UInt8 {
        UInt8(chosen.reduce(0) { $0 + Int(channel($1)) } / chosen.count)
      }
      return .rgb(part(\.red), part(\.green), part(\.blue))
    }
    return Cell(glyph(mask), style: Style(mean(true), on: mean(false)))
  }

  /// Unicode 13's sextants from U+1FB00 on, in the order of their bits; four of the 64 patterns were there before.
  static func glyph(_ mask: Int) -> Unicode.Scalar {
    switch mask {
    case 0: " "
    case 21: "▌"
    case 42: "▐"
    case 63: "█"
    default: Unicode.Scalar(UInt32(0x1FB00 + mask - 1 - (mask > 21 ? 1 : 0) - (mask > 42 ? 1 : 0)))!
    }
  }

  private static func shade(_ luminance: Int, _ glyphs: GlyphSet) -> Unicode.Scalar {
    let ramp = glyphs == .unicode ? unicodeShades : asciiShades
    return ramp[min(ramp.count - 1, luminance * ramp.count / 256)]
  }

  private static let unicodeShades: [Unicode.Scalar] = [" ", "·", "░", "▒", "▓", "█"]
  private static let asciiShades: [Unicode.Scalar] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]

  // MARK: Bytes

  private static let palette = Palette(depth: .palette256, colors: 256)
  /// What a change of colours costs at most: `ESC [38;5;nnnm ESC [48;5;nnnm`.
  private static let changeBytes = 22

  /// About what the cells cost a terminal of 256 colours.
  package var bytes: Int {
    var (bytes, last) = (0, (-1, -1))
    for (place, cell) in cells.enumerated() {
      if place % max(1, columns) == 0 { (bytes, last) = (bytes + 10, (-1, -1)) }
      let entry = Self.palette.entry(cell.style)
      bytes += cell.scalar.utf8.count
      if last != (entry.foreground, entry.background) { bytes += Self.changeBytes }
      last = (entry.foreground, entry.background)
    }
    return bytes
  }

  /// Lets cells keep the colours of their left neighbour as long as theirs are near, ever less near, until the picture costs `most` bytes.
  private mutating func spare(_ most: Int) {
    let all = cells
    for tolerance in [16, 28, 40, 56, 80, 112, 160, 450] where bytes > most {
      for row in 0..<rows {
        var (ink, ground) = (Color.standard, Color.standard)
        for place in row * columns..<(row + 1) * columns {
          let style = all[place].style
          if !Self.isNear(style.foreground, ink, tolerance) { ink = style.foreground }
          if !Self.isNear(style.background, ground, tolerance) { ground = style.background }
          cells[place].style = Style(ink, on: ground)
        }
      }
    }
  }

  private static func isNear(_ one: Color, _ other: Color, _ tolerance: Int) -> Bool {
    guard one.kind == .exact, other.kind == .exact else { return false }
    let (a, b) = (one.parts, other.parts)
    let (dr, dg, db) = (Int(a.red) - Int(b.red), Int(a.green) - Int(b.green), Int(a.blue) - Int(b.blue))
    return dr * dr + dg * dg + db * db <= tolerance * tolerance
  }
}

extension ScaledPicture.Pixel {
  var color: Color { .rgb(red, green, blue) }

  static func mean(_ one: Self, _ other: Self) -> Self {
    func half(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((UInt16(a) + UInt16(b)) / 2) }
    return Self(half(one.red, other.red), half(one.green, other.green), half(one.blue, other.blue))
  }
}
