/// Draws pictures with what the terminal has.
extension Canvas {
  /// Draws `picture` with its upper left corner at a cell, clipped to the canvas.
  package mutating func draw(_ picture: ScaledPicture, row: Int, column: Int) {
    draw(PictureCells(picture, look), row: row, column: column)
  }

  /// The same, where the cells are known.
  package mutating func draw(_ picture: PictureCells, row: Int, column: Int) {
    for y in 0..<picture.rows {
      for x in 0..<picture.columns {
        let cell = picture.cells[y * picture.columns + x]
        put(String(Character(cell.scalar)), row: row + y, column: column + x, style: cell.style)
      }
    }
  }
}
