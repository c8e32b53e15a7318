import Analysis
import Pictures
import Synchronization

/// A map in the colours of some groups, with its cells for the size that was asked for last: it is drawn at every key.
package final class ColouredMap: Sendable {
  package let colouring: FeatureMap.Colouring
  package let picture: ScatterPicture
  /// The groups that have images, the largest first.
  package let legend: [(name: String, group: Int, points: Int)]
  private let latest = Mutex<Raster?>(nil)

  private struct Raster {
    var columns, rows: Int
    var cells: [Int?]
  }

  init(_ map: FeatureMap, _ colouring: FeatureMap.Colouring) {
    self.colouring = colouring
    picture = map.picture(colouring)
    legend = picture.legend
  }

  /// Of each cell the rank of the group with the most images in it.
  func cells(columns: Int, rows: Int) -> [Int?] {
    latest.withLock { latest in
      if let latest, latest.columns == columns, latest.rows == rows { return latest.cells }
      let cells = picture.cells(columns: columns, rows: rows)
      latest = Raster(columns: columns, rows: rows, cells: cells)
      return cells
    }
  }
}
