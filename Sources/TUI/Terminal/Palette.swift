/// Turns what a colour means into what the terminal has.
package struct Palette: Sendable {
  /// As ncurses takes it: palette indices, −1 the terminal's own, 0xRRGGBB from 256 on.
  package struct Entry: Equatable, Sendable {
    package var foreground, background: Int
    package var attributes: Style.Attributes
    package var isDim = false

    /// Whether a blank shows nothing of it but its ground.
    fileprivate var hasNoLines: Bool { attributes.isDisjoint(with: [.underline, .reverse, .strike]) }
  }

  package let depth: ColorDepth
  /// How many colours there are: 8 and 16 differ in the bright half.
  package let colors: Int
  /// Whether the terminal's own ground is light: what is read on black is pale on white. Of 16 colours the terminal knows better.
  package let isOnLight: Bool

  /// - Parameter depth: what is wished for; the palette has less where the terminal has.
  package init(depth: ColorDepth, colors: Int, isOnLight: Bool = false) {
    self.isOnLight = isOnLight
    let most: ColorDepth = colors < 8 ? .mono : colors < 256 ? .ansi16 : colors <= 256 ? .palette256 : .trueColor
    self.depth = min(depth, most)
    self.colors = colors
  }

  package func entry(_ style: Style) -> Entry {
    var entry = Entry(foreground: -1, background: -1, attributes: style.attributes)
    switch depth {
    case .mono:
      // Selection must be seen, and so must pictures: light is reverse.
      if isLight(style.background) { entry.attributes.formSymmetricDifference(.reverse) }
      if style.foreground == .accent || style.foreground == .bad { entry.attributes.insert(.bold) }
    case .ansi16:
      if style.background == .selection {
        entry.attributes.formSymmetricDifference(.reverse)
        if style.foreground != .standard && style.foreground != .muted { entry.foreground = index16(style.foreground) }
      } else {
        entry.foreground = index16(style.foreground)
        entry.background = index16(style.background)
      }
      if colors < 16 {
        if entry.foreground == 8 {
          entry.foreground = -1
          entry.isDim = true
        } else if entry.foreground > 8 {
          entry.foreground -= 8
          entry.attributes.insert(.bold)
        }
        if entry.background >= 8 { entry.background = entry.background == 8 ? 0 : entry.background - 8 }
      }
    case .palette256, .trueColor:
      entry.foreground = index256(style.foreground)
      entry.background = index256(style.background)
      // On a light terminal that nobody knows to be one the selection is dark, its text must not be.
      if style.background == .selection && style.foreground == .standard && !isOnLight { entry.foreground = 255 }
    }
    return entry
  }

  /// The entries of a row. Blanks show no ink, so that short ones take that of what they stand beside: a terminal is sent every change of it.
  func entries(_ row: ArraySlice<Cell>) -> [Entry] {
    var entries = row.map { entry($0.style) }
    let cells = Array(row)
    func isBlank(_ place: Int) -> Bool { cells[place].scalar == " " && entries[place].hasNoLines }
    var place = 0
    while place < cells.count {
      guard isBlank(place) else {
        place += 1
        continue
      }
      let (start, ground) = (place, entries[place].background)
      while place < cells.count, isBlank(place), entries[place].background == ground { place += 1 }
      func lends(_ beside: Int) -> Bool { entries.indices.contains(beside) && entries[beside].background == ground && entries[beside].hasNoLines }
      // A long one is jumped over where it has not changed: it does not follow what it stands beside.
      let ink = place - start > 4 ? nil : lends(start - 1) ? entries[start - 1] : lends(place) ? entries[place] : nil
      guard let ink = ink ?? (ground < 0 ? Entry(foreground: -1, background: -1, attributes: []) : nil) else { continue }
      for blank in start..<place { entries[blank] = ink }
    }
    return entries
  }

  /// About what a terminal is sent to go from one style to another, for cells of pictures.
  func bytes(_ entry: Entry, after last: Entry?) -> Int {
    func bytes(_ color: Int) -> Int { color < 16 ? 5 : color < 256 ? 11 : 18 }
    return entry == last ? 0 : bytes(entry.foreground) + bytes(entry.background)
  }

  private func isLight(_ color: Color) -> Bool {
    switch color.kind {
    case .selection: true
    case .exact: Int(color.parts.red) * 3 + Int(color.parts.green) * 6 + Int(color.parts.blue) > 1270
    default: false
    }
  }

  private func index16(_ color: Color) -> Int {
    switch color.kind {
    case .standard: -1
    case .muted: 8
    case .accent: 6
    case .good: 2
    case .near: 3
    case .bad: 1
    case .selection: 4
    case .series: [6, 3, 5, 2, 1, 4, 14, 11][color.number % 8]
    case .exact: nearest16(color.parts)
    }
  }

  private func index256(_ color: Color) -> Int {
    switch color.kind {
    case .standard: -1
    case .muted: isOnLight ? 242 : 245
    case .accent: isOnLight ? 26 : 75
    // A green with blue in it: beside it red stays red for those who see no green.
    case .good: isOnLight ? 29 : 79
    case .near: isOnLight ? 130 : 214
    case .bad: isOnLight ? 88 : 203
    case .selection: isOnLight ? 253 : 238
    // Told apart by colour-blind readers too, as PaletteTests measures; a sky blue and an orange first, as Okabe and Ito have them.
    case .series: (isOnLight ? [32, 202, 53, 29, 63, 21, 16, 88] : [39, 214, 163, 29, 222, 129, 252, 130])[color.number % 8]
    case .exact: depth == .trueColor ? exact(color.parts) : nearest256(color.parts)
    }
  }

  private typealias Parts = (red: UInt8, green: UInt8, blue: UInt8)

  /// 0xRRGGBB; a blue that would be taken for a palette index gets the least of red, which nobody sees.
  private func exact(_ parts: Parts) -> Int {
    let (r, g, b) = parts
    let value = Int(r) << 16 | Int(g) << 8 | Int(b)
    return value < 256 ? value | 1 << 16 : value
  }

  private func nearest256(_ parts: Parts) -> Int {
    let (r, g, b) = parts
    func step(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
    func level(_ step: Int) -> Int { step == 0 ? 0 : 55 + 40 * step }
    let steps = (step(r), step(g), step(b))
    let cube = distance((level(steps.0), level(steps.1), level(steps.2)), r, g, b)
    let mean = (Int(r) + Int(g) + Int(b)) / 3
    let grey = max(0, min(23, (mean - 3) / 10))
    let isGreyNearer = distance((8 + 10 * grey, 8 + 10 * grey, 8 + 10 * grey), r, g, b) < cube
    return isGreyNearer ? 232 + grey : 16 + 36 * steps.0 + 6 * steps.1 + steps.2
  }

  private func nearest16(_ parts: Parts) -> Int {
    let (r, g, b) = parts
    let candidates = colors < 16 ? Self.xterm16.prefix(8) : Self.xterm16[...]
    return candidates.indices.min {
      distance(candidates[$0], r, g, b) < distance(candidates[$1], r, g, b)
    }!
  }

  private func distance(_ color: (Int, Int, Int), _ r: UInt8, _ g: UInt8, _ b: UInt8) -> Int {
    let (dr, dg, db) = (color.0 - Int(r), color.1 - Int(g), color.2 - Int(b))
    return dr * dr + dg * dg + db * db
  }

  private static let xterm16 = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]
}

extension ColorDepth {
  /// What to ask of the terminal: the user's choice, else nothing where `NO_COLOR` is set, else the most that it has.
  package static func wished(option: ColorDepth?, environment: [String: String]) -> ColorDepth {
    if let option { return option }
    return environment["NO_COLOR"]?.isEmpty ?? true ? .trueColor : .mono
  }

  /// Whether the terminal says in `COLORTERM` that it shows exact colours, which few descriptions of terminals tell.
  package static func isExact(environment: [String: String]) -> Bool {
    ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
  }
}
