/// A raster of dots, two across and four down to a cell, as Braille patterns show them.
///
/// Every cell knows which ink was put there last, since a cell has one colour only.
package struct DotGrid: Equatable, Sendable {
  package let columns, rows: Int
  /// Dots across and down.
  package var width: Int { columns * 2 }
  package var height: Int { rows * 4 }
  /// Per cell, the Braille dots that are set (Unicode's order of bits), row by row.
  private var dots: [UInt8]
  /// Per cell, the ink of its dots; −1 where there are none.
  private var inks: [Int32]

  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    dots = Array(repeating: 0, count: self.columns * self.rows)
    inks = Array(repeating: -1, count: self.columns * self.rows)
  }

  package struct Cell: Equatable, Sendable {
    package var dots: UInt8
    package var ink: Int
    package var scalar: Unicode.Scalar { Unicode.Scalar(0x2800 + UInt32(dots))! }
  }

  /// The cell at a column and row from the top, nil where nothing was drawn.
  package subscript(column: Int, row: Int) -> Cell? {
    let index = row * columns + column
    return dots[index] == 0 ? nil : Cell(dots: dots[index], ink: Int(inks[index]))
  }

  /// A line of dots between two points, both ends included (Bresenham 1965): `x` from the left, `y` from the bottom; outside the grid nothing
  /// happens. An ink that comes to a cell of another one takes it over: dots of two inks never share a cell.
  package mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), ink: Int) {
    let (dx, dy) = (abs(end.x - start.x), -abs(end.y - start.y))
    let (sx, sy) = (start.x < end.x ? 1 : -1, start.y < end.y ? 1 : -1)
    var (x, y, error) = (start.x, start.y, dx + dy)
    let (columns, width, height, ink) = (columns, width, height, Int32(ink))
    dots.withUnsafeMutableBufferPointer { dots in
      inks.withUnsafeMutableBufferPointer { inks in
        while true {
          if x >= 0, x < width, y >= 0, y < height {
            let fromTop = height - 1 - y
            let index = fromTop / 4 * columns + x / 2
            if inks[index] != ink { (dots[index], inks[index]) = (0, ink) }
            dots[index] |= UInt8(truncatingIfNeeded: Self.bits >> (16 * (fromTop % 4) + 8 * (x % 2)))
          }
          if x == end.x && y == end.y { return }
          let doubled = 2 * error
          if doubled >= dy {
            error += dy
            x += sx
          }
          if doubled <= dx {
            error += dx
            y += sy
          }
        }
      }
    }
  }

  /// A byte with the bit of each dot, from the top: the left one, the right one.
  private static var bits: UInt64 { 0x80_40_20_04_10_02_08_01 }
}
