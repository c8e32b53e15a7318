import TUI

/// Frames of everything that a view may draw, by chance, each a change of the one before as real frames are: pieces of text
/// come, go, and move, and sometimes all is new. The same seed gives the same frames in every process.
package struct RandomFrames {
  private struct Piece {
    var row, column: Int
    var text: String
    var style: Style
  }

  private let size: Size
  private let look: Look
  private var random: Random
  private var pieces: [Piece] = []

  package init(seed: UInt64, size: Size, look: Look) {
    self.size = size
    self.look = look
    random = Random(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
  }

  package mutating func next() -> Canvas {
    if chance(1, in: 12) { pieces = [] }
    for index in pieces.indices.reversed() where chance(1, in: 8) { pieces.remove(at: index) }
    // Scrolling, which ncurses answers by inserting and deleting lines and characters.
    if chance(1, in: 4) {
      let (down, right) = (below(5) - 2, below(5) - 2)
      for index in pieces.indices {
        pieces[index].row += down
        pieces[index].column += right
      }
    }
    for _ in 0..<below(10) {
      let piece = Piece(
        row: below(size.rows + 2) - 1, column: below(size.columns + 6) - 6, text: text(), style: style())
      pieces.append(piece)
    }
    return draw()
  }

  private mutating func draw() -> Canvas {
    var canvas = Canvas(size, look: look)
    for piece in pieces { canvas.put(piece.text, row: piece.row, column: piece.column, style: piece.style) }
    if chance(1, in: 3) {
      let corner = Rect(row: below(size.rows), column: below(size.columns), rows: 1 + below(5), columns: 1 + below(20))
      let style = style()
      if chance(1, in: 2) { canvas.box(corner, style: style) } else { canvas.restyle(corner) { $0 = style } }
    }
    // The corners and the last column are where terminals differ.
    if chance(1, in: 2) {
      canvas.put(character(), row: below(size.rows), column: size.columns - 1, style: style())
      canvas.put(character(), row: size.rows - 1, column: size.columns - 1, style: style())
    }
    if chance(1, in: 3) { canvas.cursor = (below(size.rows), below(size.columns)) }
    dropMarksAtTheEdge(of: &canvas)
    return canvas
  }

  /// Marks on a character that ends a line are left out: libvterm loses them (a test of its own says so), ncurses sends
  /// them.
  private func dropMarksAtTheEdge(of canvas: inout Canvas) {
    for row in 0..<size.rows {
      for column in size.columns - 2..<size.columns where canvas[row, column].marks.contains(where: { _ in true }) {
        let cell = canvas[row, column]
        let isLast = column == size.columns - 1 || canvas[row, column + 1].isCovered
        if isLast { canvas.put(String(Character(cell.scalar)), row: row, column: column, style: cell.style) }
      }
    }
  }

  private mutating func text() -> String {
    // Runs of one character, which ncurses may send as a repetition.
    if chance(1, in: 4) { return String(repeating: character(), count: 1 + below(size.columns)) }
    return (0..<1 + below(24)).map { _ in character() }.joined()
  }

  private mutating func character() -> String {
    switch below(9) {
    case 0...2: String(Character(Unicode.Scalar(UInt8(0x20 + below(0x5F)))))
    case 3: " "
    case 4: pick(["─", "│", "┌", "┘", "━", "┃", "▀", "█", "▌", "░", "■", "□", "▸", "…", "✓", "≈", "✗", "·", "é", "ß", "Ж"])
    case 5: String(Unicode.Scalar(UInt32(0x2800 + below(256)))!)
    case 6: pick(["犬", "猫", "が", "語", "한", "！", "😀", "🦊"])
    case 7: pick(["e", "a", "x", "犬", "・"]) + marks()
    default: pick(["\u{1B}", "\n", "\u{7F}", "\u{9B}", "\u{202E}", "\u{200D}", "\u{FE0F}", "\u{301}"])
    }
  }

  private mutating func marks() -> String {
    (0...below(3)).map { _ in pick(["\u{301}", "\u{308}", "\u{327}", "\u{20D7}"]) }.joined()
  }

  private mutating func style() -> Style {
    if chance(1, in: 3) { return .plain }
    let attributes: Style.Attributes = [pick([[], .bold]), pick([[], .underline]), pick([[], [], .reverse])]
    // Drawn from what is left over, so that frames stay those that they were.
    return Style(color(), on: color(), random.state % 3 == 0 ? attributes.union(.strike) : attributes)
  }

  private mutating func color() -> Color {
    if chance(1, in: 3) { return .standard }
    let exact = Color.rgb(UInt8(below(256)), UInt8(below(256)), UInt8(below(256)))
    return pick([
      .muted, .accent, .good, .near, .bad, .selection, .series(UInt8(below(8))), exact, exact,
      .rgb(0, 0, UInt8(below(256))),
    ])
  }

  private mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }
  private mutating func chance(_ wanted: Int, in all: Int) -> Bool { below(all) < wanted }
  private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(1, limit))) }
}

/// Xorshift (Marsaglia 2003).
private struct Random {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D >> 16
  }
}
