/// What a colour means, or an exact one for pictures. The terminal's palette decides how a meaning looks on 16 colours, 256,
/// or none; a meaning is never shown by colour alone.
package struct Color: Hashable, Sendable {
  package enum Kind: UInt32, Sendable {
    case standard, muted, accent, good, near, bad, selection, series, exact
  }

  /// The kind, and below it a series' number or 0xRRGGBB: one word, since every frame compares thousands.
  fileprivate let bits: UInt32

  private init(_ kind: Kind, _ value: UInt32 = 0) { bits = kind.rawValue << 24 | value }

  package var kind: Kind { Kind(rawValue: bits >> 24)! }

  /// The number of a series.
  package var number: Int { Int(bits & 0xFF_FFFF) }

  /// An exact colour's parts.
  package var parts: (red: UInt8, green: UInt8, blue: UInt8) {
    (UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits))
  }

  /// The terminal's own.
  package static let standard = Color(.standard)
  /// Secondary text and rules.
  package static let muted = Color(.muted)
  /// What the keys act on: active tab, cut line, key names.
  package static let accent = Color(.accent)
  /// Green: right fine class, finished, fine. Goes with ✓.
  package static let good = Color(.good)
  /// Orange: right coarse class, warnings. Goes with ≈.
  package static let near = Color(.near)
  /// Red: wrong, failed. Goes with ✗.
  package static let bad = Color(.bad)
  /// The background of the line that holds the cursor.
  package static let selection = Color(.selection)
  /// Curves: eight that can be told apart, taken modulo 8.
  package static func series(_ number: UInt8) -> Color { Color(.series, UInt32(number)) }
  package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
    Color(.exact, UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
  }
}

/// How a cell is drawn.
package struct Style: Hashable, Sendable {
  package struct Attributes: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let underline = Attributes(rawValue: 2)
    package static let reverse = Attributes(rawValue: 4)
    /// Struck through, where the terminal can: words say the same beside it.
    package static let strike = Attributes(rawValue: 16)
  }

  package var foreground: Color
  package var background: Color
  package var attributes: Attributes

  package init(_ foreground: Color = .standard, on background: Color = .standard, _ attributes: Attributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// Whether it is of a picture: nothing else has colours of its own.
  package var isExact: Bool { foreground.kind == .exact || background.kind == .exact }

  /// Zero where both are the same.
  func differences(from other: Style) -> UInt32 {
    (foreground.bits ^ other.foreground.bits) | (background.bits ^ other.background.bits) | UInt32(attributes.rawValue ^ other.attributes.rawValue)
  }

  package static let plain = Style()
  package static let muted = Style(.muted)
  package static let accent = Style(.accent)
  package static let bold = Style(.standard, .bold)

  package init(_ foreground: Color, _ attributes: Attributes) { self.init(foreground, on: .standard, attributes) }
}

/// How many colours the terminal can show, from few to many.
package enum ColorDepth: String, Sendable, CaseIterable, Comparable {
  case mono = "none"
  case ansi16 = "16"
  case palette256 = "256"
  case trueColor = "true"

  package static func < (one: Self, other: Self) -> Bool {
    allCases.firstIndex(of: one)! < allCases.firstIndex(of: other)!
  }
}

/// Which characters the terminal can show.
package enum GlyphSet: Sendable, CaseIterable {
  case unicode, ascii
}

/// What the terminal can show. Views may ask, but seldom need to: the canvas replaces characters that ASCII lacks, the
/// terminal's palette replaces colours.
package struct Look: Hashable, Sendable {
  package var glyphs: GlyphSet
  package var colors: ColorDepth
  /// Whether it draws Unicode 13's sextants.
  package var hasSextants: Bool

  package init(glyphs: GlyphSet = .unicode, colors: ColorDepth = .palette256, hasSextants: Bool = false) {
    self.glyphs = glyphs
    self.colors = colors
    self.hasSextants = hasSextants
  }

  /// What pictures are drawn in.
  package var grain: ScaledPicture.Grain { hasSextants && glyphs == .unicode && colors >= .palette256 ? .sextant : .half }

  /// Whether a terminal is known to draw sextants by itself, whatever its font has: most fonts lack them. Behind tmux and screen nobody knows which
  /// terminal that is.
  package static func knowsSextants(environment: [String: String]) -> Bool {
    let name = environment["TERM"] ?? ""
    guard environment["TMUX"] == nil, !name.hasPrefix("screen"), !name.hasPrefix("tmux") else { return false }
    if ["xterm-kitty", "foot", "foot-extra", "wezterm", "xterm-ghostty", "contour"].contains(name) { return true }
    if ["WezTerm", "ghostty"].contains(environment["TERM_PROGRAM"] ?? "") { return true }
    // GNOME Terminal and others on VTE 0.62 or newer.
    return Int(environment["VTE_VERSION"] ?? "") ?? 0 >= 6200
  }
}
