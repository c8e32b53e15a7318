extension Canvas {
  /// Draws an empty frame in the upper part of `area`, over what lies there and takes its clicks.
  /// - Returns: its inside.
  mutating func frame(
    in area: Rect, rows: Int, columns: Int, title: String, style: Style = .accent, heavy: Bool = false
  ) -> Rect {
    let (rows, columns) = (min(area.rows, rows), min(area.columns - 2, columns))
    let frame = Rect(
      row: area.row + (area.rows - rows) / 3, column: area.column + (area.columns - columns) / 2, rows: rows,
      columns: columns)
    coverClicks()
    // A blank column on either side, so that it does not run into the halves of words beside it; where little more is left, all of that:
    // the cursor of a list below would seem to be the frame's.
    let margin = frame.column - area.column
    fill(frame.inset(columns: margin <= 3 ? -margin : -1))
    box(frame, title: title, style: style, heavy: heavy)
    return frame.inset(rows: 1, columns: 2)
  }

  /// Draws a framed line over the middle of `area`, for text to be typed.
  /// - Returns: its inside.
  package mutating func dialog(in area: Rect, title: String) -> Rect { frame(in: area, rows: 3, columns: 60, title: title) }
}
