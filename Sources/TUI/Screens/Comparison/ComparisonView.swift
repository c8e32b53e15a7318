import Basics
import Taxonomy

/// Where the parts of a comparison lie.
struct ComparisonLayout {
  /// Lines of counts, the table's heading and lines, and the place of the cursor's node.
  var facts, heading, list, rule, path: Rect

  init(_ body: Rect) {
    var rest = body
    facts = rest.takeTop(body.rows < 12 ? 1 : 4)
    heading = rest.takeTop(1)
    let hasPath = body.rows >= 12
    path = rest.takeBottom(hasPath ? 1 : 0)
    rule = rest.takeBottom(hasPath ? 1 : 0)
    list = rest
  }
}

extension ComparisonScreen {
  static func layout(_ body: Rect) -> ComparisonLayout { ComparisonLayout(body) }

  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if let comparison, let outline {
      let layout = Self.layout(area)
      drawFacts(comparison, on: &canvas, in: layout.facts.inset(columns: 1))
      ComparisonTree(comparison: comparison, outline: outline, cursor: cursor)
        .draw(on: &canvas, heading: layout.heading, list: layout.list)
      if let line, !layout.path.isEmpty {
        canvas.horizontalRule(layout.rule)
        drawPath(comparison, line, on: &canvas, in: layout.path.inset(columns: 1))
      }
    } else {
      let text = isOpening ? "Comparing …" : "Nothing to compare yet: c on screen 4, or D in the tree"
      canvas.put(text, in: area.inset(rows: 1, columns: 2), style: .muted)
    }
    picker?.list.draw(on: &canvas, in: area)
  }

  /// The relation first, then what is counted.
  private func drawFacts(_ comparison: Comparison, on canvas: inout Canvas, in area: Rect) {
    let (a, b) = (printable(comparison.a.name), printable(comparison.b.name))
    let diff = comparison.diff
    let isEqual = diff.relation == .equal && diff.heldOnlyByA.isEmpty && diff.heldOnlyByB.isEmpty
    canvas.put(
      (isEqual ? "✓ " : "≠ ") + diff.verdict(a, b), in: area.line(0), style: Style(isEqual ? .good : .near), cut: .middle)
    var lines: [[String]] = [[], []]
    if let distance = diff.distance {
      lines[0].append("\(counted(distance.fineClasses, "fine class")) in both")
      lines[0].append(
        "VI \(NumberText.fixed(distance.variationOfInformation, 3)) bits: \(NumberText.fixed(distance.onlyInA, 3)) left, "
          + "\(NumberText.fixed(distance.onlyInB, 3)) right")
    }
    lines[1].append("\(NumberText.grouped(diff.equalClasses)) identical")
    lines[1].append("\(NumberText.grouped(diff.onlyInA.count)) only left")
    lines[1].append("\(NumberText.grouped(diff.onlyInB.count)) only right")
    lines[1].append("\(NumberText.grouped(diff.moved.count)) fine moved")
    if diff.renamedClasses > 0 { lines[1].append("\(NumberText.grouped(diff.renamedClasses)) of these renamed") }
    let alone = diff.heldOnlyByA.count + diff.heldOnlyByB.count
    if alone > 0 { lines[1].append("\(NumberText.grouped(alone)) in one only") }
    for (index, parts) in lines.enumerated() { canvas.put(parts.joined(separator: " · "), in: area.line(index + 1)) }
    var last = area.line(3)
    canvas.put("same as ", in: last.takeLeft(8), style: .muted)
    canvas.put(sameAs, in: last, style: .accent)
  }

  private func drawPath(_ comparison: Comparison, _ line: TreeOutline.Line, on canvas: inout Canvas, in area: Rect) {
    var area = area
    let hierarchy = comparison.hierarchy
    let place = comparison.differences.firstIndex { line.chain.contains($0) }.map {
      "≠ \(NumberText.grouped($0 + 1)) of \(NumberText.grouped(comparison.differences.count))  "
    }
    let note = (place ?? "") + hierarchy.wnid(line.node)
    canvas.put(note, in: area.takeRight(min(area.columns / 2, displayWidth(note))), style: .muted, align: .right)
    _ = area.takeRight(2)
    let above = hierarchy.chain(line.top).dropFirst().reversed().map { printable(hierarchy.name($0)) }
    canvas.put(TreeScreen.path(above, columns: area.columns), in: area, style: .muted, cut: .start)
  }
}

/// The lines of the tree with what both label sets have there.
struct ComparisonTree {
  let comparison: Comparison
  let outline: TreeOutline
  let cursor: ListPosition

  private struct Columns {
    var name, a, b: Rect

    /// So that what is said of a class stands near its name.
    private static let widest = 120

    init(_ line: Rect) {
      var rest = line
      rest.columns = min(rest.columns, Self.widest)
      _ = rest.takeRight(1)
      let width = max(9, min(26, (rest.columns - 26) / 2))
      b = rest.takeRight(width)
      _ = rest.takeRight(1)
      a = rest.takeRight(width)
      _ = rest.takeRight(1)
      name = rest
    }
  }

  func draw(on canvas: inout Canvas, heading: Rect, list: Rect) {
    let columns = Columns(heading)
    canvas.put("   class", in: columns.name, style: .muted)
    canvas.put(printable(comparison.a.name), in: columns.a, style: .bold, align: .right, cut: .middle)
    canvas.put(printable(comparison.b.name), in: columns.b, style: .bold, align: .right, cut: .middle)
    for (row, index) in cursor.window(count: outline.lines.count, rows: list.rows).enumerated() {
      canvas.onClick(list.line(row), .key(.pick(index)))
      draw(outline.lines[index], isSelected: index == cursor.selected, on: &canvas, in: list.line(row))
    }
  }

  private func draw(_ line: TreeOutline.Line, isSelected: Bool, on canvas: inout Canvas, in area: Rect) {
    let columns = Columns(area)
    let isDifference = line.chain.contains { node in
      let place = firstPlace(of: comparison.differences.count) { comparison.differences[$0] < node }
      return place < comparison.differences.count && comparison.differences[place] == node
    }
    var name = columns.name
    _ = name.takeLeft(1)
    canvas.put(isDifference ? "≠" : " ", in: name.takeLeft(2), style: Style(.near, .bold))
    let twig = line.twig
    canvas.put(twig, in: name.takeLeft(min(displayWidth(twig), max(0, name.columns - 8))), style: .muted, cut: .start)
    let names = line.chain.map { printable(comparison.hierarchy.name($0)) }
    let label = TreeOutline.Line.label(names[names.count - 1], below: names.dropLast(), columns: name.columns)
    canvas.put(label, in: name, style: isDifference ? .bold : .plain, cut: .middle)
    for (side, rect) in [(comparison.a, columns.a), (comparison.b, columns.b)] {
      let cell = cell(side, line, columns: rect.columns)
      canvas.put(cell.text, in: rect, style: cell.style, align: .right, cut: .middle)
    }
    if isSelected {
      // From the name on, as far as it goes: a whole line would cost a slow connection twice the bytes.
      let width = min(displayWidth(label), name.columns)
      canvas.restyle(Rect(row: area.row, column: name.column, rows: 1, columns: width + 1)) { $0 = Style(.standard, on: .selection, $0.attributes) }
      canvas.put("▌", row: area.row, column: area.column, style: .accent)
    }
  }

  /// What a label set has on a line: that of the topmost node of the chain that says more than "above classes".
  private func cell(_ side: Comparison.Side, _ line: TreeOutline.Line, columns: Int) -> Span {
    let parts = line.chain.map { side.places.parts[$0] }
    let part = parts.first { if case .open = $0 { false } else { true } } ?? side.places.parts[line.node]
    let isRoomy = columns >= 14
    switch part {
    case .open(let count): return Span(isRoomy ? counted(count, "class") : NumberText.grouped(count))
    case .isClass(let index):
      let target = side.set.classes[index]
      // A line of several nodes: which of them is the class.
      let name = target.wnid != comparison.hierarchy.wnid(line.node) && isRoomy ? "\(printable(target.name)), " : ""
      let count = NumberText.grouped(target.members.count)
      return Span("■ " + name + (isRoomy ? "\(count) fine" : count), Style(.accent, .bold))
    case .inside(let index): return Span("in \(printable(side.set.classes[index].name))", .muted)
    case .leftOut: return Span(isRoomy ? "□ left out" : "□ out", .muted)
    }
  }
}
