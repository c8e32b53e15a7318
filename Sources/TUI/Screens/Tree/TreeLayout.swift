import Taxonomy

/// Where the parts of the tree screen lie.
package struct TreeLayout: Equatable, Sendable {
  package var path, heading, list, details, consequences: Rect
  /// The details are right of the list, not below it.
  package var isBeside: Bool
  /// The line between the tree and what it comes to.
  package var rule: Rect

  package init(_ body: Rect, showsDetails: Bool) {
    var rest = body
    consequences = rest.takeBottom(1)
    rule = rest.takeBottom(1)
    isBeside = body.columns >= 100
    details = Rect(row: rest.row, column: rest.endColumn, rows: 0, columns: 0)
    if showsDetails {
      if isBeside {
        details = rest.takeRight(min(64, body.columns * 2 / 5))
      } else if body.rows >= 16 {
        details = rest.takeBottom(body.rows >= 22 ? 5 : 4)
      }
    }
    path = rest.takeTop(1)
    heading = rest.takeTop(1)
    list = rest
  }
}

extension TreeScreen {
  static func layout(_ body: Rect, _ showsDetails: Bool) -> TreeLayout {
    TreeLayout(body, showsDetails: showsDetails)
  }

  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    let layout = Self.layout(area, showsDetails)
    guard let history, let cutView, let outline, let line else {
      canvas.put("Reading the tree of \(printable(session.dataset)) …", in: area.inset(rows: 1, columns: 2), style: .muted)
      return
    }
    let hierarchy = history.current.cut.hierarchy
    let detailed = detailed.flatMap { outline.index(of: $0) }.map { outline.lines[$0] } ?? line
    drawPath(on: &canvas, in: layout.path.inset(columns: 1), hierarchy, detailed)
    TreeListView(
      hierarchy: hierarchy, cutView: cutView, outline: outline, selected: cursor.selected, classNames: classNames,
      imagesBelow: imagesBelow, marked: marked
    ).draw(on: &canvas, heading: layout.heading, list: layout.list)
    canvas.horizontalRule(layout.rule)
    if layout.isBeside {
      var details = layout.details
      if !details.isEmpty {
        canvas.verticalRule(details.takeLeft(1))
        canvas.put("┴", row: layout.rule.row, column: layout.details.column, style: .muted)
        drawDetails(on: &canvas, in: details.inset(columns: 1), hierarchy, detailed, cutView)
      }
    } else if !layout.details.isEmpty {
      var details = layout.details
      canvas.horizontalRule(details.takeTop(1))
      drawBriefDetails(on: &canvas, in: details.inset(columns: 1), hierarchy, detailed)
    }
    drawMode(on: &canvas, area, layout)
    let foot = layout.consequences.inset(columns: 1)
    if case .search(let field, _, _) = mode {
      drawSearch(on: &canvas, in: foot, field)
    } else if let menu = mode?.preview, let version = menu.selected?.version {
      // A made set is shown as what it would come to, before it is made.
      drawConsequences(on: &canvas, in: foot, consequences(of: version.cut.partition), isPreview: true)
    } else if let consequences {
      drawConsequences(on: &canvas, in: foot, consequences, isPreview: false)
    }
  }

  private func drawPath(on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy, _ line: TreeOutline.Line) {
    let above = hierarchy.chain(line.chain[0]).reversed().map { printable(hierarchy.name($0)) }
    let notes = [
      marked.isEmpty ? "" : "\(NumberText.grouped(marked.count)) marked",
      filter == nil ? "" : "filtered",
      order == .fineClasses ? "" : "by \(order.title)",
    ].filter { !$0.isEmpty }.map { $0 + "   " }.joined()
    let place = notes + "\(NumberText.grouped(cursor.selected + 1)) of \(NumberText.grouped(outline?.lines.count ?? 0))"
    var area = area
    canvas.put(place, in: area.takeRight(min(area.columns / 2, displayWidth(place))), style: .muted, align: .right)
    _ = area.takeRight(2)
    canvas.put(above.joined(separator: " › "), in: area, style: .muted, cut: .start)
  }

  private func drawSearch(on canvas: inout Canvas, in area: Rect, _ field: TextField) {
    var area = area
    let found =
      field.text.isEmpty ? "" : sought != nil ? "…" : hits.isEmpty ? "✗ nothing found" : hits.count == 1 ? "1 hit" : "\(hits.count) hits"
    canvas.put("/", in: area.takeLeft(2), style: .accent)
    canvas.put(
      found, in: area.takeRight(displayWidth(found)), style: hits.isEmpty && sought == nil ? Style(.bad) : .muted, align: .right)
    field.draw(on: &canvas, in: area, placeholder: "a name, a wnid, or a word of the gloss")
  }

  private func drawMode(on canvas: inout Canvas, _ area: Rect, _ layout: TreeLayout) {
    switch mode {
    case .name(let field):
      var inside = canvas.dialog(in: area, title: "Save the label set")
      canvas.put("name ", in: inside.takeLeft(5), style: .muted)
      field.draw(on: &canvas, in: inside)
    case .overwrite(let name):
      let inside = canvas.dialog(in: area, title: "Replace?")
      canvas.put("There is a label set \(printable(name)). Replace it?", in: inside, cut: .middle)
    case .made(let menu), .saved(let menu, _), .history(let menu):
      menu.draw(on: &canvas, in: Rect(row: area.row, column: area.column, rows: area.rows - 2, columns: area.columns))
    case .search, nil: break
    }
  }
}
