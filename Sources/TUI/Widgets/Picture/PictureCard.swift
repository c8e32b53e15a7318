import Analysis

/// A picture in a frame: what it is at the bottom, a number at the top, and the frame in the colour of what it means.
package struct PictureCard: Equatable, Sendable {
  /// Nil where the picture is not there yet.
  package var picture: Thumbnail?
  package var top: String
  package var label: String
  package var style: Style
  package var isHeavy: Bool
  package var isSelected: Bool

  package init(
    _ picture: Thumbnail?, top: String, label: String, style: Style, isHeavy: Bool = true, isSelected: Bool = false
  ) {
    self.picture = picture
    self.top = top
    self.label = label
    self.style = style
    self.isHeavy = isHeavy
    self.isSelected = isSelected
  }

  package func draw(on canvas: inout Canvas, in frame: Rect) {
    guard frame.rows >= 3, frame.columns >= 4 else { return }
    canvas.box(frame, style: style, heavy: isHeavy)
    let inside = frame.inset(rows: 1, columns: 1)
    if let picture {
      let scaled = picture.cells(columns: inside.columns, rows: inside.rows, canvas.look)
      canvas.draw(
        scaled, row: inside.row + (inside.rows - scaled.rows) / 2,
        column: inside.column + (inside.columns - scaled.columns) / 2)
    }
    let text = frame.inset(columns: 1)
    canvas.put(fit((isSelected ? "›" : "") + top, text.columns), in: text, style: emphasised)
    canvas.put(fit(label, text.columns, .middle), in: text.line(text.rows - 1), style: emphasised)
  }

  private var emphasised: Style {
    var style = style
    style.attributes.insert(.bold)
    if isSelected { style.attributes.insert(.reverse) }
    return style
  }
}

extension Verdict {
  /// Green, orange or red.
  package var color: Color {
    switch self {
    case .fine: .good
    case .coarse: .near
    case .wrong: .bad
    }
  }
}
