import Basics
import Taxonomy

/// The lines of the tree with their counts.
struct TreeListView {
  let hierarchy: Hierarchy
  let cutView: CutView
  let outline: TreeOutline
  let selected: Int
  let classNames: [String]
  let imagesBelow: [Int]?
  let marked: Set<Int>
  let bookmarked: Set<Int>
  let splitView: SplitView?

  private static let wide = 90

  /// Where the columns are: a table that narrows by leaving columns out.
  private struct Columns {
    var name, classes, fine, images, bar: Rect

    init(_ line: Rect, hasImages: Bool) {
      var rest = line
      _ = rest.takeLeft(1)
      _ = rest.takeRight(1)
      bar = rest.takeRight(hasImages && line.columns >= 72 ? 8 : 0)
      if !bar.isEmpty { _ = rest.takeRight(1) }
      images = rest.takeRight(hasImages && line.columns >= 48 ? 10 : 0)
      fine = rest.takeRight(line.columns >= 56 ? 7 : 0)
      classes = rest.takeRight(9)
      _ = rest.takeRight(1)
      name = rest
    }
  }

  func draw(on canvas: inout Canvas, heading: Rect, list: Rect) {
    let columns = Columns(heading, hasImages: imagesBelow != nil)
    let images = imagesBelow.map { below in hierarchy.roots.reduce(0) { $0 + below[$1] } }
    canvas.put(splitView == nil ? "  class" : "  part class", in: columns.name, style: .muted)
    canvas.put("classes", in: columns.classes, style: .muted, align: .right)
    canvas.put("fine", in: columns.fine, style: .muted, align: .right)
    canvas.put("images", in: columns.images, style: .muted, align: .right)
    let start = ListPosition(selected).window(count: outline.lines.count, rows: list.rows)
    for (row, index) in start.enumerated() {
      canvas.onClick(list.line(row), .key(.pick(index)))
      draw(outline.lines[index], of: images, isSelected: index == selected, on: &canvas, in: list.line(row))
    }
  }

  /// - Parameter total: the images of the whole tree.
  private func draw(
    _ line: TreeOutline.Line, of total: Int?, isSelected: Bool, on canvas: inout Canvas, in area: Rect
  ) {
    let columns = Columns(area, hasImages: imagesBelow != nil)
    let mark = mark(of: line)
    var name = columns.name
    if marked.contains(line.node) { canvas.put("+", row: area.row, column: area.column, style: Style(.near, .bold)) }
    let group = cutView.group(along: line.chain)
    canvas.put(
      mark == .isClass ? "■" + (group.map(Self.glyph(ofGroup:)) ?? "") : mark == .leftOut ? "□" : " ", in: name.takeLeft(cutView.groups.isEmpty ? 2 : 3),
      style: mark == .isClass ? group == nil ? .accent : Style(.near, .bold) : .muted)
    if !bookmarked.isDisjoint(with: line.chain) {
      canvas.put("◆", row: area.row, column: name.column - 1, style: Style(.near, .bold))
    }
    if let place = splitView?.places[line.top] { canvas.put(place.glyph, in: name.takeLeft(2), style: place.style) }
    let twig = line.twig
    canvas.put(twig, in: name.takeLeft(min(displayWidth(twig), max(0, name.columns - 8))), style: .muted, cut: .start)
    let style: Style =
      switch mark {
      case .isClass: Style(.standard, .bold)
      case .open: .plain
      case .inside, .leftOut: .muted
      }
    let label = label(of: line, columns: name.columns)
    canvas.put(label, in: name, style: style, cut: .middle)
    // Far from their numbers, names are led there.
    let end = name.column + min(displayWidth(label), name.columns)
    if area.columns >= Self.wide, columns.classes.column - end > 12 {
      for column in stride(from: (end / 2 + 2) * 2, to: columns.classes.endColumn - 7, by: 2) {
        canvas.put("·", row: area.row, column: column, style: .muted)
      }
    }

    let classes = Int(cutView.classesBelow[line.top])
    let fine = Int(cutView.finesBelow[line.top])
    canvas.put(
      classes == 0 ? "·" : NumberText.grouped(classes), in: columns.classes, style: style == .plain ? .plain : style,
      align: .right)
    canvas.put(NumberText.grouped(fine), in: columns.fine, style: .muted, align: .right)
    if let imagesBelow, let total {
      let images = imagesBelow[line.top]
      canvas.put(NumberText.grouped(images), in: columns.images, style: .muted, align: .right)
      canvas.put(
        Bar.text(Double(images) / Double(max(1, total)), columns: columns.bar.columns), in: columns.bar,
        style: mark == .isClass ? .accent : .muted)
    }
    if isSelected {
      // From the name on, as far as it goes: the twigs would cost a slow connection as much again. On wide screens the numbers stand too far
      // from the name to be found without it.
      let held = area.columns >= Self.wide ? area.endColumn : min(end + 1, columns.classes.column)
      canvas.restyle(Rect(row: area.row, column: name.column, rows: 1, columns: held - name.column)) { $0 = Style(.standard, on: .selection, $0.attributes) }
      if !marked.contains(line.node) { canvas.put("▌", row: area.row, column: area.column, style: .accent) }
    }
  }

  /// Tells which lines are one class though they stand apart.
  static func glyph(ofGroup place: Int) -> String {
    place < 35 ? String(place + 1, radix: 36) : "+"
  }

  /// What the line as a whole is in the label set.
  private func mark(of line: TreeOutline.Line) -> CutView.Mark {
    line.chain.contains { cutView.marks[$0] == .isClass } ? .isClass : cutView.marks[line.node]
  }

  /// The lowest name of the chain, with as many of those above as there is room for, and the dataset's own word.
  private func label(of line: TreeOutline.Line, columns: Int) -> String {
    let names = line.chain.map { printable(hierarchy.name($0)) }
    var label = names[names.count - 1]
    if let fine = hierarchy.fineClass(line.node), classNames.indices.contains(fine) {
      let own = printable(classNames[fine])
      if own.lowercased() != label.lowercased() && !own.hasPrefix("n0") && !own.hasPrefix("n1") {
        label += "  “\(own)”"
      }
    }
    return TreeOutline.Line.label(label, below: names.dropLast(), columns: columns)
  }
}
