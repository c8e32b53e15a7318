import Basics
import Datasets
import Pictures

/// Many pictures as one: rows of square tiles on white, with a thin gap between them.
public struct CollageSheet: Equatable, Sendable {
  public var columns: Int
  /// The side of a tile in pixels; every picture is warped to it.
  public var size: Int
  public var gap: Int

  /// - Throws: a ``Problem`` unless there are 1…1000 columns, tiles of 4…1024 pixels and gaps of 0…64.
  public init(columns: Int, size: Int, gap: Int = 2) throws(Problem) {
    for (what, value, range) in [("columns", columns, 1...1000), ("pixels a tile", size, 4...1024), ("pixels a gap", gap, 0...64)]
    where !range.contains(value) {
      throw Problem(
        "cannot lay out the collage", expected: "\(range.lowerBound) to \(range.upperBound) \(what)", found: "\(value)", kind: .usage)
    }
    (self.columns, self.size, self.gap) = (columns, size, gap)
  }

  /// The tiles row by row, as RGB; the rest of the last row stays white.
  /// - Throws: a ``Problem`` where there is no tile, or the whole is larger than an image may be (100 million pixels).
  public func compose(_ tiles: [Picture]) throws(Problem) -> Picture {
    guard !tiles.isEmpty else { throw Problem("a collage needs a picture", found: "none", kind: .usage) }
    let (across, down) = (min(columns, tiles.count), (tiles.count + columns - 1) / columns)
    let step = size + gap
    var sheet = try Picture.white(width: across * step - gap, height: down * step - gap)
    for (place, tile) in tiles.enumerated() {
      sheet.draw(tile.warped(to: size), x: place % columns * step, y: place / columns * step)
    }
    return sheet
  }

  /// Pictures side by side on white, their upper edges level.
  /// - Throws: a ``Problem`` where there is none, or the whole is too large.
  public static func beside(_ pictures: [Picture], gap: Int) throws(Problem) -> Picture {
    guard !pictures.isEmpty else { throw Problem("a collage needs a picture", found: "none", kind: .usage) }
    let width = pictures.reduce(-gap) { $0 + $1.width + gap }
    var sheet = try Picture.white(width: width, height: pictures.map(\.height).max()!)
    var x = 0
    for picture in pictures {
      sheet.draw(picture, x: x, y: 0)
      x += picture.width + gap
    }
    return sheet
  }
}
