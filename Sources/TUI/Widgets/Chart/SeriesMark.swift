/// What tells one run from the others wherever it is shown: a colour and a glyph, since neither may be visible alone.
package struct SeriesMark: Hashable, Sendable {
  /// Counts up from 0; colours repeat after eight, glyphs after seven, so that the first 56 differ in either.
  package var number: Int

  package init(_ number: Int) { self.number = number }

  package var color: Color { .series(UInt8(((number % 8) + 8) % 8)) }

  package func glyph(_ glyphs: GlyphSet) -> String {
    let place = ((number % 7) + 7) % 7
    return glyphs == .unicode
      ? ["●", "◆", "▲", "■", "▼", "◉", "✚"][place] : ["a", "b", "c", "d", "e", "f", "g"][place]
  }
}
