import Basics
import Datasets
import LabelSets
import Taxonomy

/// Random images of a label set, or of both parts of its split.
package struct TreeCollage: Sendable {
  static let seed: UInt64 = 1
  /// Of each label set, at most: more than a terminal shows.
  private static let most = 60

  /// What it was drawn from.
  package var version: TreeHistory.Version
  package var parts: [Part]

  package struct Part: Sendable {
    package var title: String
    package var pictures: [Thumbnail]

    package init(_ title: String, _ pictures: [Thumbnail]) {
      self.title = title
      self.pictures = pictures
    }
  }

  package init(version: TreeHistory.Version, parts: [Part]) {
    self.version = version
    self.parts = parts
  }

  /// - Throws: a ``Problem`` where a set has no images.
  init(_ draft: TreeDraft, _ dataset: any Dataset) throws(Problem) {
    self.init(version: draft.version, parts: [])
    for set in try draft.shown() {
      var draw = try CollageDraw(set, of: dataset, seed: Self.seed)
      var unreadable: [Problem] = []
      let pictures = draw.pictures(Self.most, of: dataset, unreadable: &unreadable).map(Thumbnail.init)
      parts.append(Part("\(set.name)   \(counted(set.classes.count, "class"))", pictures))
    }
  }
}

/// Pictures beside the tree.
extension TreeScreen {
  /// Asks for what the side shows and is not there yet, now that the cursor rests.
  mutating func fetchPictures(_ node: Int, _ hierarchy: Hierarchy) -> [Effect] {
    if side == .collage { return fetchCollage() }
    if side == .consequences { return fetchCommand() }
    guard side == .node || side == .pictures else { return [] }
    let wnid = hierarchy.wnid(node)
    guard pictures[wnid] == nil else { return [] }
    let fine = hierarchy.subtree(node).compactMap { hierarchy.fineClass($0) }
    return [.tree(.pictures(wnid: wnid, fineClasses: fine, count: 12))]
  }

  /// Asks for the collage of the label set as it is, unless it is there or under way.
  mutating func fetchCollage() -> [Effect] {
    guard side == .collage, let version = history?.current, collage?.version.isSame(as: version) != true,
      wantedCollage?.isSame(as: version) != true, let draft = draft()
    else { return [] }
    wantedCollage = version
    return [.tree(.drawCollage(draft))]
  }

  // MARK: Drawing

  func drawPictures(on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy, _ line: TreeOutline.Line) {
    var area = area
    var title = area.takeTop(1)
    let holds = imagesBelow.map { counted($0[line.node], "image") } ?? ""
    canvas.put(holds, in: title.takeRight(displayWidth(holds)), style: .muted, align: .right)
    canvas.put(printable(hierarchy.name(line.node)), in: title, style: .bold)
    guard let found = pictures[hierarchy.wnid(line.node)] else { return canvas.put("…", in: area, style: .muted) }
    if found.isEmpty { return canvas.put("no image can be shown", in: area, style: .muted) }
    let rows = max(4, area.rows > 20 ? area.rows / 4 : area.rows)
    drawThumbnails(found, on: &canvas, in: area, columns: min(28, area.columns, rows * 2))
  }

  /// As many thumbnails as fit, side by side.
  func drawThumbnails(_ pictures: [Thumbnail], on canvas: inout Canvas, in area: Rect, columns: Int) {
    guard area.rows >= 3, columns >= 4 else { return }
    let rows = min(area.rows, columns / 2)
    var (row, column) = (area.row, area.column)
    for picture in pictures {
      if column + columns > area.endColumn {
        column = area.column
        row += rows + 1
      }
      guard row + rows <= area.endRow, column + columns <= area.endColumn else { return }
      canvas.draw(picture.cells(columns: columns, rows: rows, canvas.look), row: row, column: column)
      column += columns + 1
    }
  }

  func drawCollage(on canvas: inout Canvas, in area: Rect) {
    guard let version = history?.current else { return }
    let isSplit = !version.parts.isEmpty
    guard let collage, collage.version.isSame(as: version) else {
      return canvas.put(isSplit ? "Drawing images of parts A and B …" : "Drawing images …", in: area, style: .muted)
    }
    let width = (area.columns - 2) / max(1, collage.parts.count)
    var rest = area
    for (index, part) in collage.parts.enumerated() {
      var own = rest.takeLeft(index + 1 == collage.parts.count ? rest.columns : width)
      _ = rest.takeLeft(2)
      canvas.put(part.title, in: own.takeTop(1), style: .bold)
      drawMosaic(part.pictures, on: &canvas, in: own)
    }
  }

  /// Small pictures without gaps, row by row.
  private func drawMosaic(_ pictures: [Thumbnail], on canvas: inout Canvas, in area: Rect) {
    let (columns, rows) = area.columns >= 40 && area.rows >= 20 ? (12, 6) : (8, 4)
    let across = area.columns / columns
    guard across > 0 else { return }
    for (index, picture) in pictures.enumerated() where (index / across + 1) * rows <= area.rows {
      canvas.draw(
        picture.cells(columns: columns, rows: rows, canvas.look), row: area.row + index / across * rows,
        column: area.column + index % across * columns)
    }
  }
}
