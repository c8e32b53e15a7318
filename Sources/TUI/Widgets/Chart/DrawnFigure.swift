import Basics
import Glibc
import Pictures

/// A ``ChartDrawing`` in cells: lines over numbers with their error bars, or what stands in each category below each other with its number. Where the SVG tells series
/// apart by colours and markers, so does this.
package struct DrawnFigure {
  package let drawing: ChartDrawing
  /// Said at the right of the title.
  package let note: String
  /// The category in view, where not all have room.
  package let focus: Int

  package init(_ drawing: ChartDrawing, note: String = "", focus: Int = 0) { (self.drawing, self.note, self.focus) = (drawing, note, focus) }

  package func draw(on canvas: inout Canvas, in area: Rect) {
    guard !area.isEmpty else { return }
    var body = area
    var title = body.takeTop(1)
    if !note.isEmpty {
      canvas.put(note, in: title.takeRight(displayWidth(note)), style: .muted, align: .right)
      _ = title.takeRight(2)
    }
    canvas.put(printable(drawing.title), in: title, style: .bold)
    drawLegend(on: &canvas, in: &body, most: area.rows >= 16 ? 3 : 1)
    let notes = drawing.notes.flatMap { wrap(printable($0), area.columns) }.prefix(area.rows >= 24 ? 4 : area.rows >= 16 ? 2 : 0)
    let foot = body.takeBottom(notes.count)
    for (index, note) in notes.enumerated() { canvas.put(note, in: foot.line(index), style: .muted) }
    guard drawing.values(isRight: false) ?? drawing.values(isRight: true) != nil else {
      canvas.put("no numbers yet", in: body.line(max(0, body.rows / 2)), style: .muted, align: .center)
      return
    }
    switch drawing.base {
    case .categories: drawCategories(on: &canvas, in: body)
    case .numbers(let axis): drawNumbers(axis, on: &canvas, in: body)
    case .plane: break
    }
  }

  // MARK: Series

  private func style(_ series: ChartDrawing.Series) -> Style {
    series.form == .marks ? Style(.near) : series.colour < 0 ? .muted : Style(SeriesMark(series.colour).color)
  }

  private func glyph(_ series: ChartDrawing.Series, _ glyphs: GlyphSet) -> String {
    if series.form == .marks { return "┃" }
    let mark = SeriesMark(max(0, series.colour))
    return series.isHollow ? mark.hollowGlyph(glyphs) : mark.glyph(glyphs)
  }

  private func drawLegend(on canvas: inout Canvas, in body: inout Rect, most: Int) {
    let named = drawing.series.filter { !$0.name.isEmpty }
    guard named.count > 1 || named.contains(where: \.isRight) else { return }
    var line = body.takeTop(1)
    var used = 1
    for series in named {
      let side = drawing.right == nil ? "" : series.isRight ? drawing.categories.isEmpty ? " →" : " ↑" : drawing.categories.isEmpty ? " ←" : " ↓"
      let name = printable(series.name) + side
      let width = displayWidth(name) + 2
      if width > line.columns, used < most, body.rows > 6 {
        line = body.takeTop(1)
        used += 1
      }
      canvas.put(glyph(series, canvas.look.glyphs), in: line.takeLeft(2), style: style(series))
      canvas.put(name, in: line.takeLeft(width - 2), style: style(series))
      _ = line.takeLeft(3)
    }
  }

  private func axis(isRight: Bool, maximumTicks: Int) -> Axis {
    let wanted = isRight ? drawing.right ?? drawing.left : drawing.left
    let values = drawing.values(isRight: isRight) ?? 1...2
    return wanted.scale == .linear ? .linear(values, maximumTicks: maximumTicks) : .logarithmic(values, maximumTicks: maximumTicks)
  }

  // MARK: Over numbers

  private func drawNumbers(_ base: ChartDrawing.Axis, on canvas: inout Canvas, in area: Rect) {
    var body = area
    let head = body.takeTop(1)
    canvas.put(printable(drawing.left.title), in: head, style: .muted)
    if let right = drawing.right { canvas.put(printable(right.title), in: head, style: .muted, align: .right) }
    let below = body.takeBottom(3)
    guard body.rows >= 3, body.columns >= 20, let extent = drawing.extent else { return }
    let y = axis(isRight: false, maximumTicks: max(2, (body.rows + 1) / 3))
    let right = drawing.right.map { _ in axis(isRight: true, maximumTicks: max(2, (body.rows + 1) / 3)) }
    func width(_ axis: Axis) -> Int { (axis.ticks.map { displayWidth($0.label) }.max() ?? 0) + 2 }
    let left = body.takeLeft(width(y))
    let rightRule = right.map { body.takeRight(width($0)) }
    drawTicks(y, on: &canvas, in: left, rule: left.endColumn - 1, notch: "┤", align: .right)
    if let right, let rightRule { drawTicks(right, on: &canvas, in: rightRule, rule: rightRule.column, notch: "├", align: .left) }
    // Points at the ends keep clear of the axes.
    let margin = Double(body.columns) / Double(max(1, body.columns - 6))
    let x: Axis
    let ticks = max(2, body.columns / 8)
    if base.scale == .logarithmic {
      let factor = max(1.05, pow(extent.upperBound / extent.lowerBound, (margin - 1) / 2))
      x = .logarithmic(extent.lowerBound / factor...extent.upperBound * factor, maximumTicks: ticks)
    } else {
      let room = (extent.upperBound - extent.lowerBound) * (margin - 1) / 2
      x = .linear(extent.lowerBound - room...extent.upperBound + room, maximumTicks: ticks)
    }
    let foot = Rect(row: below.row, column: body.column, rows: 2, columns: body.columns)
    drawTicks(below: body, x, on: &canvas, in: foot)
    canvas.put("└", row: foot.row, column: left.endColumn - 1, style: .muted)
    if let rightRule { canvas.put("┘", row: foot.row, column: rightRule.column, style: .muted) }
    canvas.put(printable(base.title), in: Rect(row: foot.endRow, column: body.column, rows: 1, columns: body.columns), style: .muted, align: .center)
    drawPoints(x, y, right, on: &canvas, in: body)
  }

  private func drawPoints(_ x: Axis, _ y: Axis, _ right: Axis?, on canvas: inout Canvas, in body: Rect) {
    var grid = DotGrid(columns: body.columns, rows: body.rows)
    /// The dot of a value.
    func dot(_ value: Double, _ axis: Axis, _ count: Int) -> Int? {
      axis.position(value).map { Int(nearest: min(1, max(0, $0)) * Double(count - 1)) }
    }
    var marks: [(series: ChartDrawing.Series, x: Int, y: Int)] = []
    for (ink, series) in drawing.series.enumerated() {
      let axis = series.isRight ? right ?? y : y
      let points = series.points.compactMap { point in
        dot(point.x, x, grid.width).flatMap { across in dot(point.y, axis, grid.height).map { (point: point, x: across, y: $0) } }
      }
      if case .line = series.form {
        for (from, to) in zip(points, points.dropFirst()) { grid.line(from: (from.x, from.y), to: (to.x, to.y), isDashed: series.isDashed, ink: ink) }
      }
      for (point, x, y) in points {
        if let low = point.low.flatMap({ dot($0, axis, grid.height) }), let high = point.high.flatMap({ dot($0, axis, grid.height) }) {
          grid.line(from: (x, low), to: (x, high), ink: ink)
        }
        marks.append((series, x, y))
      }
    }
    for row in 0..<body.rows {
      for column in 0..<body.columns {
        guard let cell = grid[column, row] else { continue }
        canvas.fill(Rect(row: body.row + row, column: body.column + column, rows: 1, columns: 1), cell.scalar, style: style(drawing.series[cell.ink]))
      }
    }
    // One's own lie over the paper's.
    for (series, x, y) in marks.filter({ $0.series.isHollow }) + marks.filter({ !$0.series.isHollow }) {
      var style = style(series)
      style.attributes = .bold
      canvas.put(glyph(series, canvas.look.glyphs), row: body.row + (grid.height - 1 - y) / 4, column: body.column + x / 2, style: style)
    }
  }

  private func drawTicks(_ axis: Axis, on canvas: inout Canvas, in rect: Rect, rule: Int, notch: String, align: Alignment) {
    canvas.verticalRule(Rect(row: rect.row, column: rule, rows: rect.rows, columns: 1))
    for tick in axis.ticks {
      guard let position = axis.position(tick.value), (-0.001...1.001).contains(position) else { continue }
      let row = rect.row + (rect.rows * 4 - 1 - Int(nearest: min(1, max(0, position)) * Double(rect.rows * 4 - 1))) / 4
      let place = Rect(row: row, column: align == .right ? rect.column : rect.column + 2, rows: 1, columns: rect.columns - 2)
      canvas.put(tick.label, in: place, style: .muted, align: align)
      canvas.put(notch, row: row, column: rule, style: .muted)
    }
  }

  /// A horizontal axis below or above a plot: its line, and the numbers on the other side of it.
  private func drawTicks(below plot: Rect, _ axis: Axis, isAbove: Bool = false, on canvas: inout Canvas, in rect: Rect) {
    let (rule, labels) = isAbove ? (rect.row + 1, rect.row) : (rect.row, rect.row + 1)
    canvas.horizontalRule(Rect(row: rule, column: plot.column, rows: 1, columns: plot.columns))
    var free = Int.min
    for tick in axis.ticks {
      guard let position = axis.position(tick.value), (-0.001...1.001).contains(position) else { continue }
      let column = plot.column + Int(nearest: min(1, max(0, position)) * Double(plot.columns * 2 - 1)) / 2
      canvas.put(isAbove ? "┴" : "┬", row: rule, column: column, style: .muted)
      let width = displayWidth(tick.label)
      let start = min(column - width / 2, canvas.size.columns - width)
      if start >= free { free = canvas.put(tick.label, row: labels, column: start, style: .muted) + 1 }
    }
  }

  // MARK: By category

  /// What stands in one place of one category, on a line of its own.
  private struct Entry {
    var category: Int
    /// Of the place's own series: bar or point; nil: there is nothing.
    var own: (series: ChartDrawing.Series, point: ChartDrawing.Point)?
    /// Marks and the paper's points.
    var beside: [(series: ChartDrawing.Series, point: ChartDrawing.Point)]
  }

  private func entries(_ category: Int) -> [Entry] {
    let here = drawing.series.flatMap { series in series.points.filter { $0.y.isFinite && $0.x == Double(category) }.map { (series: series, point: $0) } }
    let places = (0..<drawing.slots).filter { slot in here.contains { $0.series.slot == slot } }
    guard !places.isEmpty else { return [Entry(category: category, own: nil, beside: [])] }
    return places.map { slot in
      let there = here.filter { $0.series.slot == slot }
      let own = there.first { $0.series.form != .marks && !$0.series.isHollow }
      return Entry(category: category, own: own, beside: there.filter { $0.series.form == .marks || $0.series.isHollow })
    }
  }

  private func drawCategories(on canvas: inout Canvas, in area: Rect) {
    let names = drawing.categories.map(printable)
    let groups = names.indices.map(entries)
    var lines: [Entry?] = []
    var body = area
    let head = body.takeTop(1)
    let top = body.takeTop(drawing.right == nil ? 0 : 2)
    // Below the lines: an axis of two rows, and what it is of.
    _ = body.takeBottom(3)
    let isSpread = drawing.slots > 1 && groups.reduce(groups.count - 1, { $0 + $1.count }) <= body.rows
    for (index, group) in groups.enumerated() {
      if isSpread, index > 0 { lines.append(nil) }
      lines += group as [Entry?]
    }
    let texts = lines.map { $0.map(text) ?? "" }
    let nameWidth = min(max(8, area.columns / 3), names.map(displayWidth).max() ?? 0)
    let textWidth = min(area.columns / 3, texts.map(displayWidth).max() ?? 0)
    let markWidth = drawing.series.count { $0.form == .bars || $0.form == .points } > 1 ? 2 : 0
    body.rows = min(body.rows, lines.count)
    var plot = body
    _ = plot.takeLeft(nameWidth + 1 + markWidth)
    _ = plot.takeRight(textWidth + 1)
    guard plot.columns >= 8, !plot.isEmpty else { return }
    let left = axis(isRight: false, maximumTicks: max(2, plot.columns / 8))
    let right = drawing.right.map { _ in axis(isRight: true, maximumTicks: max(2, plot.columns / 8)) }
    func titled(_ row: Int, _ axis: ChartDrawing.Axis) {
      canvas.put(printable(axis.title), in: Rect(row: row, column: plot.column, rows: 1, columns: area.endColumn - plot.column), style: .muted)
    }
    drawTicks(below: plot, left, on: &canvas, in: Rect(row: plot.endRow, column: plot.column, rows: 2, columns: plot.columns))
    titled(plot.endRow + 2, drawing.left)
    if let right {
      titled(head.row, drawing.right!)
      drawTicks(below: plot, right, isAbove: true, on: &canvas, in: top)
    }
    let window = ListPosition(lines.firstIndex { $0?.category == focus } ?? 0).window(count: lines.count, rows: plot.rows)
    if window.count < lines.count {
      canvas.put("\(window.lowerBound + 1)–\(window.upperBound) of \(lines.count), ↑↓", in: Rect(row: head.row, column: area.column, rows: 1, columns: nameWidth + 12), style: .muted)
    }
    for (place, index) in window.enumerated() {
      guard let entry = lines[index] else { continue }
      let row = plot.row + place
      let isFirst = place == 0 || lines[index - 1]?.category != entry.category
      if isFirst { canvas.put(names[entry.category], in: Rect(row: row, column: area.column, rows: 1, columns: nameWidth), cut: .middle) }
      canvas.put(texts[index], in: Rect(row: row, column: area.endColumn - textWidth, rows: 1, columns: textWidth), style: entry.own == nil ? .muted : .plain, align: drawing.values.isEmpty ? .right : .left)
      if markWidth > 0, let own = entry.own { canvas.put(glyph(own.series, canvas.look.glyphs), row: row, column: area.column + nameWidth + 1, style: style(own.series)) }
      draw(entry, left, right, on: &canvas, in: Rect(row: row, column: plot.column, rows: 1, columns: plot.columns))
    }
  }

  private func text(_ entry: Entry) -> String {
    if drawing.values.indices.contains(entry.category) { return printable(drawing.values[entry.category]) }
    guard let point = entry.own?.point else { return "–" }
    let axis = entry.own!.series.isRight ? drawing.right ?? drawing.left : drawing.left
    let places = axis.title.hasSuffix("%") ? 1 : 3
    return NumberText.fixed(point.y, places) + (point.high.map { " ± " + NumberText.fixed($0 - point.y, places) } ?? "")
  }

  private func draw(_ entry: Entry, _ left: Axis, _ right: Axis?, on canvas: inout Canvas, in line: Rect) {
    func column(_ value: Double, _ axis: Axis) -> Int? {
      axis.position(value).map { line.column + Int(nearest: min(1, max(0, $0)) * Double(line.columns * 2 - 1)) / 2 }
    }
    if let (series, point) = entry.own, let end = column(point.y, series.isRight ? right ?? left : left) {
      let axis = series.isRight ? right ?? left : left
      if series.form == .bars, let zero = axis.position(min(max(0, axis.low), axis.high)), let position = axis.position(point.y) {
        let from = Int(nearest: zero * Double(line.columns))
        if position >= zero {
          let share = position - Double(from) / Double(line.columns)
          canvas.put(Bar.text(share, columns: line.columns), row: line.row, column: line.column + from, style: style(series), width: line.columns - from)
        } else {
          canvas.fill(Rect(row: line.row, column: min(end, line.column + from - 1), rows: 1, columns: max(1, line.column + from - end)), "█", style: style(series))
        }
      }
      if let low = point.low.flatMap({ column($0, axis) }), let high = point.high.flatMap({ column($0, axis) }) {
        for at in low...max(low, high) {
          canvas.put(low == high ? "┼" : at == low ? "├" : at == high ? "┤" : "─", row: line.row, column: at, style: series.form == .bars ? .bold : style(series))
        }
      }
      if series.form != .bars { canvas.put(glyph(series, canvas.look.glyphs), row: line.row, column: end, style: Style(style(series).foreground, .bold)) }
    }
    for (series, point) in entry.beside {
      guard let at = column(point.y, series.isRight ? right ?? left : left) else { continue }
      canvas.put(glyph(series, canvas.look.glyphs), row: line.row, column: at, style: Style(style(series).foreground, .bold))
    }
  }
}

extension DotGrid {
  /// A line, in pieces where it is dashed.
  fileprivate mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), isDashed: Bool, ink: Int) {
    guard isDashed else { return line(from: start, to: end, ink: ink) }
    let length = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    func at(_ step: Int) -> (x: Int, y: Int) {
      (start.x + (end.x - start.x) * step / length, start.y + (end.y - start.y) * step / length)
    }
    for step in stride(from: 0, through: length, by: 6) { line(from: at(step), to: at(min(step + 2, length)), ink: ink) }
  }
}
