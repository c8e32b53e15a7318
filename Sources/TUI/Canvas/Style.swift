/// What a colour means, or an exact one for pictures. The terminal's palette decides how a meaning looks on 16 colours, 256,
/// or none; a meaning is never shown by colour alone.
package enum Color: Hashable, Sendable {
  /// The terminal's own.
  case standard
  /// Secondary text and rules.
  case muted
  /// What the keys act on: active tab, cut line, key names.
  case accent
  /// Green: right fine class, finished, fine. Goes with ✓.
  case good
  /// Orange: right coarse class, warnings. Goes with ≈.
  case near
  /// Red: wrong, failed. Goes with ✗.
  case bad
  /// The background of the line that holds the cursor.
  case selection
  /// Curves: eight that can be told apart, taken modulo 8.
  case series(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// How a cell is drawn.
package struct Style: Hashable, Sendable {
  package struct Attributes: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bold = Attributes(rawValue: 1)
    package static let underline = Attributes(rawValue: 2)
    package static let reverse = Attributes(rawValue: 4)
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
  package var isExact: Bool {
    switch (foreground, background) {
    case (.rgb, _), (_, .rgb): true
    default: false
    }
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
