import Engine
import Taxonomy

extension TreeScreen {
  /// Everything about the class under the cursor: words, gloss, place, pictures.
  func drawDetails(
    on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy, _ line: TreeOutline.Line, _ cutView: CutView
  ) {
    var area = area
    let synset = hierarchy.synset(line.node)
    var title = area.takeTop(1)
    canvas.put(synset.wnid, in: title.takeRight(9), style: .muted, align: .right)
    _ = title.takeRight(1)
    canvas.put(synset.lemmas.map(printable).joined(separator: ", "), in: title, style: .bold)
    for line in wrap(printable(synset.gloss), area.columns).prefix(max(2, area.rows / 4)) {
      canvas.put(line, in: area.takeTop(1))
    }
    _ = area.takeTop(1)
    let above = hierarchy.chain(line.node).dropFirst().map { printable(hierarchy.name($0)) }
    for fact in facts(hierarchy, line, cutView, under: above.joined(separator: " › ")) {
      var row = area.takeTop(1)
      canvas.put(fact.0, in: row.takeLeft(8), style: .muted)
      canvas.put(fact.1, in: row)
    }
    _ = area.takeTop(1)
    drawPictures(on: &canvas, in: area, wnid: synset.wnid)
  }

  private func facts(
    _ hierarchy: Hierarchy, _ line: TreeOutline.Line, _ cutView: CutView, under path: String
  ) -> [(String, String)] {
    var facts: [(String, String)] = []
    if !path.isEmpty { facts.append(("under", path)) }
    let others = otherParents(of: line).map { printable(hierarchy.name($0)) }
    if !others.isEmpty { facts.append(("also", others.joined(separator: ", ") + "   (a go)")) }
    let fine = hierarchy.fineClassesBelow(line.node)
    var holds = fine == 1 ? "1 fine class" : "\(NumberText.grouped(fine)) fine classes"
    if let imagesBelow { holds += ", \(NumberText.grouped(imagesBelow[line.node])) images" }
    facts.append(("holds", holds))
    let topmost = hierarchy.chain(line.node).last { cutView.marks[$0] == .isClass }
    switch cutView.marks[line.node] {
    case .isClass: facts.append(("is", "■ a class of the label set"))
    case .leftOut: facts.append(("is", "□ left out"))
    case .inside: facts.append(("is", "part of ■ \(topmost.map { printable(hierarchy.name($0)) } ?? "a class")"))
    case .open: facts.append(("is", "above \(NumberText.grouped(Int(cutView.classesBelow[line.node]))) classes"))
    }
    return facts
  }

  /// As many thumbnails as fit, side by side.
  private func drawPictures(on canvas: inout Canvas, in area: Rect, wnid: String) {
    guard area.rows >= 4, let pictures = pictures[wnid], !pictures.isEmpty else { return }
    let columns = min(28, max(12, (area.columns - 2) / 3))
    let rows = min(area.rows, columns / 2)
    var (row, column) = (area.row, area.column)
    for picture in pictures {
      if column + columns > area.endColumn {
        column = area.column
        row += rows + 1
      }
      guard row + rows <= area.endRow, column + columns <= area.endColumn else { return }
      canvas.draw(picture.scaled(columns: columns, rows: rows), row: row, column: column)
      column += columns + 1
    }
  }

  /// The same in the few lines that a small terminal has.
  func drawBriefDetails(on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy, _ line: TreeOutline.Line) {
    var area = area
    let synset = hierarchy.synset(line.node)
    var title = area.takeTop(1)
    canvas.put(synset.wnid, in: title.takeRight(9), style: .muted, align: .right)
    _ = title.takeRight(1)
    canvas.put(synset.lemmas.map(printable).joined(separator: ", "), in: title, style: .bold)
    let lines = wrap(printable(synset.gloss), area.columns)
    for (index, line) in lines.prefix(area.rows).enumerated() {
      canvas.put(index == area.rows - 1 && lines.count > area.rows ? line + " …" : line, in: area.line(index))
    }
  }

  /// What the cut comes to, the most important first and as much as fits.
  func drawConsequences(on canvas: inout Canvas, in area: Rect, _ of: Consequences, isPreview: Bool) {
    var parts: [[Span]] = []
    func add(_ spans: Span...) { parts.append(spans) }
    if isPreview { add(Span("would give", Style(.near))) }
    add(Span(NumberText.grouped(of.classes), .bold), Span(of.classes == 1 ? " class" : " classes"))
    if let images = of.images { add(Span(NumberText.grouped(images), .bold), Span(" images")) }
    if let low = of.imagesPerClass?.first, let high = of.imagesPerClass?.last, let all = of.imagesPerClass {
      let range = low == high ? NumberText.grouped(low) : "\(NumberText.grouped(low))–\(NumberText.grouped(high))"
      var spans = [Span("per class ", .muted), Span(range)]
      if low != high { spans.append(Span(" " + Bar.histogram(all, columns: 8), .accent)) }
      parts.append(spans)
    }
    if of.classes > 0 { add(Span("chance ", .muted), Span(NumberText.fixed(of.chance * 100, 1) + " %")) }
    if let pace, let images = of.images, images > 0, let speed = pace.imagesPerSecond {
      add(
        Span("epoch ≈ ", .muted), Span(NumberText.duration(seconds: Double(images) / speed)), Span(" on \(pace.network)", .muted))
    }
    if let imbalance = of.imbalance, imbalance > 1 {
      add(Span("imbalance ", .muted), Span(NumberText.fixed(imbalance, imbalance < 10 ? 1 : 0) + "×"))
    }
    if of.leftOut > 0 { add(Span("□ \(NumberText.grouped(of.leftOut)) left out", Style(.near))) }
    if of.singletons > 0 && of.singletons < of.classes {
      add(Span("\(NumberText.grouped(of.singletons)) of one fine class", .muted))
    }
    if let pace {
      add(
        Span("last layer ", .muted), Span(NumberText.count(of.classes * pace.parametersPerClass)), Span(" parameters", .muted))
    }
    var column = area.column
    for spans in parts {
      let width = spans.reduce(0) { $0 + displayWidth($1.text) }
      guard column + width <= area.endColumn else { break }
      for span in spans { column = canvas.put(span.text, row: area.row, column: column, style: span.style) }
      column += 3
    }
  }
}
