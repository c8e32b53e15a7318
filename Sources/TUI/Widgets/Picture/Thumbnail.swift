import Datasets
import Synchronization

/// A picture as the screens hold it: reduced once, and scaled to cells only when another size is asked for, since a screen of
/// them is drawn at every key.
package final class Thumbnail: Sendable, Equatable {
  /// More pixels than any screen shows of one picture.
  private static let side = 96

  package let picture: Picture
  private let latest = Mutex<Scaled?>(nil)

  private struct Scaled {
    var columns, rows: Int
    var look: Look
    var cells: PictureCells
  }

  package init(_ picture: Picture) { self.picture = picture.reduced(to: Self.side) }

  /// The picture as large as fits into so many cells.
  package func cells(columns: Int, rows: Int, _ look: Look) -> PictureCells {
    latest.withLock { latest in
      if let latest, latest.columns == columns, latest.rows == rows, latest.look == look { return latest.cells }
      let made = PictureCells(ScaledPicture(picture, columns: columns, rows: rows, grain: look.grain), look)
      latest = Scaled(columns: columns, rows: rows, look: look, cells: made)
      return made
    }
  }

  package static func == (one: Thumbnail, other: Thumbnail) -> Bool {
    one === other || one.picture == other.picture
  }
}
