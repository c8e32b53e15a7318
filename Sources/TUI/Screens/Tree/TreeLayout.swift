import Basics
import Taxonomy

/// Where the parts of the tree screen lie.
package struct TreeLayout: Equatable, Sendable {
  package var path, heading, list, details, consequences: Rect
  /// The details are right of the list, not below it.
  package var isBeside: Bool
  /// The line between the tree and what it comes to.
  package var rule: Rect

  /// So that numbers stand near their names.
  private static let widestList = 100

  /// - Parameter parts: how many parts of a split there are to tell of.
  package init(_ body: Rect, _ side: TreeSide, parts: Int = 0) {
    var rest = body
    consequences = rest.takeBottom(1)
    rule = rest.takeBottom(1)
    isBeside = body.columns >= 100
    details = Rect(row: rest.row, column: rest.endColumn, rows: 0, columns: 0)
    let isTiny = body.rows < 16
    if isBeside, side != .nothing {
      // Beyond what names and numbers need, the width is for the details and their pictures.
      details = rest.takeRight(max(min(64, body.columns * 2 / 5), body.columns - Self.widestList))
    } else if isTiny, side != .nothing, side != .node {
      // Nothing else fits beside it.
      details = body
      (rule, consequences, rest) = (body.line(-1), body.line(-1), body.line(-1))
    } else if !isBeside {
      details = rest.takeBottom(min(side.rows(of: body, parts: parts), rest.rows - 5))
    }
    path = rest.takeTop(1)
    heading = rest.takeTop(1)
    list = rest
  }
}

extension TreeScreen {
  func layout(_ body: Rect) -> TreeLayout { TreeLayout(body, side, parts: partConsequences.count) }

  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    let layout = layout(area)
    guard let history, let cutView, let outline, let line else {
      var place = area.inset(rows: 1, columns: 2)
      guard let problem else {
        canvas.put("Reading the tree of \(printable(session.dataset)) …", in: place, style: .muted)
        return
      }
      canvas.put("The tree of \(printable(session.dataset)) cannot be read", in: place.takeTop(2), style: .bold)
      for line in wrap(problem.description, place.columns) { canvas.put(line, in: place.takeTop(1)) }
      return
    }
    let hierarchy = history.current.cut.hierarchy
    let detailed = detailed.flatMap { outline.index(of: $0) }.map { outline.lines[$0] } ?? line
    drawPath(on: &canvas, in: layout.path.inset(columns: 1), hierarchy, detailed)
    TreeListView(
      hierarchy: hierarchy, cutView: cutView, outline: outline, selected: cursor.selected, classNames: classNames,
      imagesBelow: imagesBelow, marked: marked, bookmarked: bookmarkedNodes, splitView: splitView
    ).draw(on: &canvas, heading: layout.heading, list: layout.list)
    canvas.horizontalRule(layout.rule)
    if !layout.details.isEmpty {
      var details = layout.details
      if layout.isBeside {
        canvas.verticalRule(details.takeLeft(1))
        canvas.put("┴", row: layout.rule.row, column: layout.details.column, style: .muted)
      } else if !layout.list.isEmpty {
        canvas.horizontalRule(details.takeTop(1))
      }
      drawSide(on: &canvas, in: details.inset(columns: 1), layout, hierarchy, detailed, cutView)
    }
    drawMode(on: &canvas, area, layout)
    let foot = layout.consequences.inset(columns: 1)
    if case .search(let field, _, _, _) = mode {
      drawSearch(on: &canvas, in: foot, field)
    } else if let (version, facts, parts) = previewed {
      // What is chosen in a menu is shown as what it would come to, before it is done.
      view(of: facts, parts: parts, version).draw(on: &canvas, line: foot, isPreview: true)
    } else {
      consequencesView?.draw(on: &canvas, line: foot, isPreview: false)
    }
  }

  private func drawSide(
    on canvas: inout Canvas, in area: Rect, _ layout: TreeLayout, _ hierarchy: Hierarchy, _ line: TreeOutline.Line, _ cutView: CutView
  ) {
    switch side {
    case .nothing: break
    case .node where layout.isBeside: drawDetails(on: &canvas, in: area, hierarchy, line, cutView)
    case .node: drawBriefDetails(on: &canvas, in: area, hierarchy, line)
    case .consequences where layout.isBeside: drawConsequences(on: &canvas, beside: area)
    case .consequences: consequencesView?.draw(on: &canvas, rows: area)
    case .pictures: drawPictures(on: &canvas, in: area, hierarchy, line)
    case .collage: drawCollage(on: &canvas, in: area)
    }
  }

  private func drawPath(on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy, _ line: TreeOutline.Line) {
    let above = hierarchy.chain(line.top).dropFirst().reversed().map { printable(hierarchy.name($0)) }
    let notes = [
      marked.isEmpty ? "" : "\(NumberText.grouped(marked.count)) marked",
      filter == nil ? "" : "filtered",
      order == .fineClasses ? "" : "by \(order.title)",
    ].filter { !$0.isEmpty }.map { $0 + "   " }.joined()
    let place = notes + "\(NumberText.grouped(cursor.selected + 1)) of \(NumberText.grouped(outline?.lines.count ?? 0))"
    var area = area
    canvas.put(place, in: area.takeRight(min(area.columns / 2, displayWidth(place))), style: .muted, align: .right)
    _ = area.takeRight(2)
    canvas.put(Self.path(above, columns: area.columns), in: area, style: .muted, cut: .start)
  }

  /// What a line lies under, from the root down, as much of its end as fits. Without the line itself, whose name is on it: a move to one beside it changes
  /// nothing here, which a slow connection is grateful for.
  static func path(_ names: [String], columns: Int) -> String {
    let separator = " › "
    var shown = names[...]
    func text() -> String { ((shown.count < names.count ? ["…"] : []) + shown).joined(separator: separator) }
    while shown.count > 1, displayWidth(text()) > columns { shown.removeFirst() }
    return text()
  }

  private func drawSearch(on canvas: inout Canvas, in area: Rect, _ field: TextField) {
    var area = area
    let found =
      field.text.isEmpty ? "" : sought != nil ? "…" : hits.isEmpty ? "✗ nothing found" : counted(hits.count, "hit")
    canvas.put("/", in: area.takeLeft(2), style: .accent)
    canvas.put(
      found, in: area.takeRight(displayWidth(found)), style: hits.isEmpty && sought == nil ? Style(.bad) : .muted, align: .right)
    field.draw(on: &canvas, in: area, placeholder: "a name, a wnid, or a word of the gloss")
  }

  private func drawMode(on canvas: inout Canvas, _ area: Rect, _ layout: TreeLayout) {
    // The line at the bottom stays in sight.
    let above = Rect(row: area.row, column: area.column, rows: area.rows - 2, columns: area.columns)
    switch mode {
    case .name(let field, let saved):
      var inside = canvas.dialog(in: area, title: saved.title)
      canvas.put(saved == .collage ? "file " : "name ", in: inside.takeLeft(5), style: .muted)
      if saved == .parts { canvas.put("-A, -B", in: inside.takeRight(6), style: .muted) }
      field.draw(on: &canvas, in: inside)
    case .overwrite(let name, let saved):
      let inside = canvas.dialog(in: area, title: "Replace?")
      let found =
        switch saved {
        case .whole: "a label set \(printable(name)) of other classes"
        case .parts: "\(printable(name))-A or -B of other classes"
        case .collage: "a file \(printable(name))"
        }
      canvas.put("There is \(found). Replace it?", in: inside, cut: .middle)
    case .made(let menu): makeView(menu).draw(on: &canvas, in: above)
    case .places(let menu): menu.menu.draw(on: &canvas, in: above)
    case .policy(let menu): if let hierarchy { menu.draw(on: &canvas, in: above, hierarchy) }
    case .saved(let picker), .datasets(let picker): picker.draw(on: &canvas, in: above)
    case .history(let menu): menu.draw(on: &canvas, in: above)
    case .search, nil: break
    }
  }
}
