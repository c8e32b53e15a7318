import Basics
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
    // Before the gloss, whose length would move them. What it lies under is said above the list.
    let facts = facts(hierarchy, line, cutView)
    for fact in facts {
      var row = area.takeTop(1)
      canvas.put(fact.0, in: row.takeLeft(8), style: .muted)
      canvas.put(fact.1, in: row)
    }
    // A third fact takes the place of the blank line, so that the gloss stays where it is.
    if facts.count < 3 { _ = area.takeTop(1) }
    for line in wrap(printable(synset.gloss), area.columns).prefix(max(2, area.rows / 4)) {
      canvas.put(line, in: area.takeTop(1))
    }
    _ = area.takeTop(1)
    drawThumbnails(pictures[synset.wnid] ?? [], on: &canvas, in: area, columns: min(28, max(12, (area.columns - 2) / 3)))
  }

  private func facts(
    _ hierarchy: Hierarchy, _ line: TreeOutline.Line, _ cutView: CutView
  ) -> [(String, String)] {
    var facts: [(String, String)] = []
    let fine = hierarchy.fineClassesBelow(line.node)
    var size = counted(fine, "fine class")
    if let imagesBelow { size += ", \(counted(imagesBelow[line.node], "image"))" }
    facts.append(("size", size))
    let topmost = hierarchy.chain(line.node).last { cutView.marks[$0] == .isClass }
    switch cutView.marks[line.node] {
    case .isClass:
      if let group = cutView.groupOfNode[line.node] {
        let others = cutView.groups[group].filter { $0 != line.node }.map { printable(hierarchy.name($0)) }
        facts.append(("state", "■\(TreeListView.glyph(ofGroup: group)) one class with \(others.joined(separator: ", "))   (J out)"))
      } else {
        facts.append(("state", "■ a class of the label set"))
      }
    case .leftOut: facts.append(("state", "□ left out"))
    case .inside: facts.append(("state", "part of ■ \(topmost.map { printable(hierarchy.name($0)) } ?? "a class")"))
    case .open: facts.append(("state", "contains \(counted(Int(cutView.classesBelow[line.node]), "class"))"))
    }
    if let place = splitView?.places[line.node], !place.isDisjoint(with: [.inA, .inB]) {
      facts.append(("part", place.contains([.inA, .inB]) ? "some in A, some in B" : place.contains(.inNeither) ? "some in \(place.glyph.uppercased())" : place.glyph))
    }
    // Last, as few have it.
    let others = otherParents(of: line).map { printable(hierarchy.wordNet.name(of: $0.parent)) }
    if !others.isEmpty { facts.append(("also", others.joined(separator: ", ") + "   (a go)")) }
    return facts
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
}
