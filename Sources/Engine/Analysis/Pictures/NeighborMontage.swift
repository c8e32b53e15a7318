import Basics
import Datasets
import Pictures
import Taxonomy

/// The paper's Fig. 5 as a picture: a query, and below each other its nearest neighbours under several nets, each in a border
/// of its verdict's colour with the verdict's sign, its class and its distance under it; a dotted line where the query's class stops being
/// a class of its own in training.
public struct NeighborMontage: Sendable {
  public struct Tile: Sendable {
    public var picture: Picture
    /// Nil where the query has no class.
    public var verdict: Verdict?
    public var name: String
    public var distance: Double

    public init(picture: Picture, verdict: Verdict?, name: String, distance: Double) {
      (self.picture, self.verdict, self.name, self.distance) = (picture, verdict, name, distance)
    }
  }

  public struct Row: Sendable {
    /// Said beside the row, a line each.
    public var title: [String]
    public var tiles: [Tile]
    /// Whether the net was taught the query's class as one of its own; nil where that has no answer.
    public var knowsQuery: Bool?

    public init(title: [String], tiles: [Tile], knowsQuery: Bool?) {
      (self.title, self.tiles, self.knowsQuery) = (title, tiles, knowsQuery)
    }
  }

  public var query: Picture
  public var queryName: String
  /// From fine to coarse.
  public var rows: [Row]
  /// The side of an image in pixels.
  public var size: Int

  package static let border = 4
  static let gap = 8, caption = 22, margin = 10, line = 20
  /// Room for the titles beside the rows.
  static let titleWidth = 150

  /// - Throws: a ``Problem`` unless images have 16…512 pixels a side.
  public init(query: Picture, queryName: String, rows: [Row], size: Int = 96) throws(Problem) {
    guard 16...512 ~= size else {
      throw Problem("cannot lay out the montage", expected: "images of 16 to 512 pixels", found: "\(size)", kind: .usage)
    }
    (self.query, self.queryName, self.rows, self.size) = (query, queryName, rows, size)
  }

  /// The row in front of which the dotted line stands: the first that was not taught the query's class, behind one that was.
  public var dividedBefore: Int? {
    guard let first = rows.firstIndex(where: { $0.knowsQuery == false }), first > 0, rows[..<first].allSatisfy({ $0.knowsQuery == true })
    else { return nil }
    return first
  }

  private var cell: Int { size + 2 * Self.border }
  private var rowHeight: Int { cell + Self.caption + Self.gap }

  /// Where a tile's border begins.
  package func corner(row: Int, column: Int) -> (x: Int, y: Int) {
    let line = dividedBefore.map { row >= $0 ? Self.line : 0 } ?? 0
    return (
      Self.margin + Self.titleWidth + cell + 2 * Self.gap + column * (cell + Self.gap), Self.margin + row * rowHeight + line
    )
  }

  /// - Throws: a ``Problem`` where the whole is too large for a picture.
  public func compose() throws(Problem) -> Picture {
    let columns = rows.map(\.tiles.count).max() ?? 0
    let last = corner(row: max(0, rows.count - 1), column: columns)
    var sheet = try Picture.white(width: last.x + Self.margin, height: last.y + rowHeight + Self.margin)
    for (index, row) in rows.enumerated() {
      let y = corner(row: index, column: 0).y
      for (line, text) in row.title.enumerated() {
        sheet.write(Picture.fitting(text, Self.titleWidth - Self.gap), x: Self.margin, y: y + 4 + line * 11, line == 0 ? .black : .grey)
      }
      let x = Self.margin + Self.titleWidth
      sheet.draw(query.warped(to: size), x: x + Self.border, y: y + Self.border)
      sheet.frame(x: x, y: y, width: cell, height: cell, thickness: 1, .grey)
      sheet.write(Picture.fitting(queryName, cell), x: x, y: y + cell + 3)
      for (column, tile) in row.tiles.enumerated() { draw(tile, at: corner(row: index, column: column), on: &sheet) }
    }
    if let row = dividedBefore { divide(before: row, on: &sheet) }
    return sheet
  }

  private func draw(_ tile: Tile, at corner: (x: Int, y: Int), on sheet: inout Picture) {
    let (x, y) = corner
    sheet.draw(tile.picture.warped(to: size), x: x + Self.border, y: y + Self.border)
    let colour = tile.verdict?.pixelColour ?? .grey
    sheet.frame(x: x, y: y, width: cell, height: cell, thickness: Self.border, colour)
    let name = Picture.fitting((tile.verdict.map { $0.glyph + " " } ?? "") + tile.name, cell)
    sheet.write(name, x: x, y: y + cell + 3, colour)
    sheet.write(Picture.fitting(decimals(tile.distance, 3), cell), x: x, y: y + cell + 13, .grey)
  }

  private func divide(before row: Int, on sheet: inout Picture) {
    let y = corner(row: row, column: 0).y - Self.line / 2 - 4
    let text = "below: \(queryName) was not a separate class"
    for x in stride(from: Self.margin, to: sheet.width - Self.margin, by: 6) { sheet.fill(x: x, y: y, width: 3, height: 2, .grey) }
    let left = (sheet.width - Picture.textWidth(text)) / 2
    sheet.fill(x: left - 6, y: y - 4, width: Picture.textWidth(text) + 12, height: 11, PixelColour(255, 255, 255))
    sheet.write(text, x: left, y: y - 3, .grey)
  }
}

extension NeighborMontage {
  /// What one run found.
  public struct Found: Sendable {
    public var run: String
    public var labelSet: LabelSet
    /// The checkpoint, nil where there is none, and the layer that was compared.
    public var step: Int?
    public var space: String
    public var neighbors: [NeighborImage]

    public init(run: String, labelSet: LabelSet, step: Int?, space: String, neighbors: [NeighborImage]) {
      (self.run, self.labelSet, self.step, self.space, self.neighbors) = (run, labelSet, step, space, neighbors)
    }
  }

  /// The montage of what several runs found for one query.
  /// - Parameters:
  ///   - label: the query's fine class; nil for a picture from outside.
  ///   - coarse: decides orange.
  ///   - found: from fine to coarse.
  /// - Throws: a ``Problem`` where an image cannot be decoded.
  public init(
    query: Picture, label: Int32?, found: [Found], metric: Metric, coarse: LabelSet?, dataset: any Dataset, size: Int = 96
  ) throws(Problem) {
    let judge = coarse.map { Judge($0, classes: dataset.classes) }
    let fine = label.map { dataset.classes[Int($0)] }
    var rows: [Row] = []
    for one in found {
      var tiles: [Tile] = []
      for neighbor in one.neighbors {
        tiles.append(
          Tile(
            picture: try dataset.picture(neighbor.split, neighbor.index),
            verdict: label.map { Judge.verdict(judge, query: $0, neighbor: neighbor.label) },
            name: dataset.classes[Int(neighbor.label)].name, distance: neighbor.distance))
      }
      let count = one.labelSet.classes.count
      rows.append(
        Row(
          title: [one.run] + (count > 0 ? [one.labelSet.name, counted(count, "class")] : []) + (one.step.map { ["step \($0)"] } ?? [])
            + ["\(one.space), \(metric.rawValue)"], tiles: tiles,
          knowsQuery: count > 0 ? fine.map { one.labelSet.holds($0.wnid) } : nil))
    }
    try self.init(query: query, queryName: fine?.name ?? "query", rows: rows, size: size)
  }
}

extension Verdict {
  /// Green, orange or red: of the borders in montages.
  public var pixelColour: PixelColour {
    switch self {
    case .fine: PixelColour(0, 158, 60)
    case .coarse: PixelColour(240, 140, 0)
    case .wrong: PixelColour(210, 30, 40)
    }
  }
}
