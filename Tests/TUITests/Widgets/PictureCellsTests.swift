import Datasets
import TUI
import TestSupport
import Testing

@Suite struct PictureCellsTests {
  private func noise(_ seed: UInt64, _ side: Int) -> Picture {
    var random = SeededGenerator(seed: seed)
    return Picture(width: side, height: side, channels: 3, pixels: (0..<side * side * 3).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  @Test("No picture of a neighbour's size costs 256 colours more than a twelfth of 60 kB, not even noise", arguments: [false, true], 0..<4 as Range<UInt64>)
  func bytes(hasSextants: Bool, seed: UInt64) {
    let look = Look(colors: .palette256, hasSextants: hasSextants)
    for columns in [8, 16, 28] {
      let cells = Thumbnail(noise(seed, 96)).cells(columns: columns, rows: columns / 2, look)
      #expect(cells.bytes <= 5000, "\(columns) columns: \(cells.bytes)")
    }
  }

  @Test("What costs little keeps its colours")
  func exact() {
    let picture = Picture(width: 4, height: 4, channels: 1, pixels: (0..<16).map { UInt8($0 * 16) })
    let one = Thumbnail(picture).cells(columns: 4, rows: 2, Look(colors: .palette256))
    let other = Thumbnail(picture).cells(columns: 4, rows: 2, Look(colors: .trueColor))
    #expect(one == other)
  }

  @Test("A sextant shows its six pixels in two colours, the lighter ones as ink", arguments: [
    ([0, 0, 0, 0, 0, 255], "🬞"), ([255, 0, 0, 0, 0, 0], "🬀"), ([255, 0, 255, 0, 255, 0], "▌"), ([0, 255, 0, 255, 0, 255], "▐"),
    ([255, 255, 0, 0, 0, 0], "🬂"), ([0, 0, 255, 255, 255, 255], "🬹"), ([9, 9, 9, 9, 9, 9], " "),
  ] as [([UInt8], String)])
  func sextants(pixels: [UInt8], glyph: String) {
    let picture = Picture(width: 2, height: 3, channels: 1, pixels: pixels)
    let scaled = ScaledPicture(picture, columns: 1, rows: 1, grain: .sextant)
    let cell = PictureCells(scaled, Look(colors: .trueColor, hasSextants: true)).cells[0]
    #expect(String(Character(cell.scalar)) == glyph)
    if glyph != " " { #expect(cell.style == Style(.rgb(255, 255, 255), on: .rgb(0, 0, 0))) }
  }

  @Test("Sextants are for terminals that are known to draw them, and not behind tmux", arguments: [
    (["TERM": "xterm-kitty"], true), (["TERM": "foot"], true), (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], true),
    (["TERM": "xterm-256color", "VTE_VERSION": "6800"], true), (["TERM": "xterm-256color", "VTE_VERSION": "5202"], false),
    (["TERM": "xterm-256color"], false), (["TERM": "tmux-256color", "VTE_VERSION": "6800"], false),
    (["TERM": "xterm-kitty", "TMUX": "/tmp/x"], false), ([:], false),
  ] as [([String: String], Bool)])
  func known(environment: [String: String], isKnown: Bool) {
    #expect(Look.knowsSextants(environment: environment) == isKnown)
  }

  @Test("Without colours or Unicode there are no sextants", arguments: [Look(glyphs: .ascii, hasSextants: true), Look(colors: .ansi16, hasSextants: true)])
  func grain(look: Look) { #expect(look.grain == .half) }
}
