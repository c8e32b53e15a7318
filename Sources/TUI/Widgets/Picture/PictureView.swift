/// Draws pictures with what the terminal has.
extension Canvas {
  /// Draws `picture` with its upper left corner at a cell, clipped to the canvas.
  package mutating func draw(_ picture: ScaledPicture, row: Int, column: Int) {
    draw(PictureCells(picture, look), row: row, column: column)
  }

  /// The same, where the cells are known.
  package mutating func draw(_ picture: PictureCells, row: Int, column: Int) {
    for y in 0..<picture.rows {
      put(picture.cells[y * picture.columns..<(y + 1) * picture.columns], row: row + y, column: column)
    }
  }
}
