import Analysis
import Basics
import Datasets
import Synchronization

/// A photograph with boxes over it, as the screens hold it: scaled to cells only when another size is asked for.
package final class MarkedPhoto: Sendable {
  /// More pixels than any screen shows of one picture.
  private static let side = 640

  package let marked: MarkedPicture
  private let latest = Mutex<Scaled?>(nil)

  private struct Scaled {
    var columns, rows: Int
    var look: Look
    var cells: PictureCells
  }

  /// - Parameter marked: its boxes are in pixels of its picture.
  package init(_ marked: MarkedPicture) { self.marked = marked }

  /// A photograph of which no more is kept than screens show.
  package static func reduced(_ picture: Picture) -> Picture { picture.reduced(to: side) }

  private func cells(_ area: Rect, _ look: Look) -> PictureCells {
    latest.withLock { latest in
      if let latest, latest.columns == area.columns, latest.rows == area.rows, latest.look == look { return latest.cells }
      let plain = ScaledPicture(marked.picture, columns: area.columns, rows: area.rows, grain: look.grain)
      var cells = PictureCells(plain, look)
      if Self.drawsPixels(look) {
        let outlined = marked.outlined(width: plain.columns * plain.grain.across, height: plain.rows * plain.grain.down)
        cells = PictureCells(ScaledPicture(outlined, filling: plain.columns, by: plain.rows, grain: plain.grain), look)
      }
      latest = Scaled(columns: area.columns, rows: area.rows, look: look, cells: cells)
      return cells
    }
  }

  /// Where lines can be coloured pixels; elsewhere they are characters.
  private static func drawsPixels(_ look: Look) -> Bool { look.colors >= .palette256 && look.glyphs == .unicode }

  /// In the middle of the area, each box with its label at its upper left corner.
  package func draw(on canvas: inout Canvas, in area: Rect) {
    let cells = cells(area, canvas.look)
    guard cells.columns > 0 else { return }
    let place = Rect(
      row: area.row + (area.rows - cells.rows) / 2, column: area.column + (area.columns - cells.columns) / 2, rows: cells.rows, columns: cells.columns)
    canvas.draw(cells, row: place.row, column: place.column)
    for box in marked.boxes {
      let (x, y, width, height) = marked.rectangle(box, place.columns, place.rows)
      if !Self.drawsPixels(canvas.look), width > 1, height > 1 {
        canvas.box(Rect(row: place.row + y, column: place.column + x, rows: height, columns: width), style: Style(box.kind.color), heavy: box.kind == .right)
      }
      guard box.kind != .found else { continue }
      let label = fit(" \(printable(marked.label(box))) ", max(4, place.columns - x))
      let column = min(x, max(0, place.columns - displayWidth(label)))
      canvas.put(label, row: place.row + max(0, y - (y > 0 ? 1 : 0)), column: place.column + column, style: Style(box.kind.color, [.bold, .reverse]))
    }
  }
}

extension MarkedBox.Kind {
  var color: Color {
    switch self {
    case .right: .good
    case .double: .near
    case .wrong: .bad
    case .missed: .accent
    case .difficult: .muted
    case .found, .detected: .standard
    }
  }
}
