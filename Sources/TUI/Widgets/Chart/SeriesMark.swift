/// What tells one run from the others wherever it is shown: a colour and a glyph, since neither may be visible alone.
package struct SeriesMark: Hashable, Sendable {
  /// Counts up from 0; colours repeat after eight, glyphs after seven, so that the first 56 differ in either.
  package var number: Int

  package init(_ number: Int) { self.number = number }

  package var color: Color { .series(UInt8(((number % 8) + 8) % 8)) }

  package func glyph(_ glyphs: GlyphSet) -> String {
    glyphs == .unicode ? ["●", "◆", "▲", "■", "▼", "◉", "✚"][place] : ["a", "b", "c", "d", "e", "f", "g"][place]
  }

  /// The same, hollow: for numbers that others have published.
  package func hollowGlyph(_ glyphs: GlyphSet) -> String {
    glyphs == .unicode ? ["○", "◇", "△", "□", "▽", "◎", "✛"][place] : ["A", "B", "C", "D", "E", "F", "G"][place]
  }

  private var place: Int { ((number % 7) + 7) % 7 }
}
