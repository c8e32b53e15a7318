/// Curves over steps with axes, numbers, and each curve's last value beside its end.
package struct Chart: Equatable, Sendable {
  package struct Series: Equatable, Sendable {
    package var curve: Curve
    /// Shown in the background, for instance what `curve` smooths.
    package var raw: Curve?
    package var mark: SeriesMark

    package init(_ curve: Curve, raw: Curve? = nil, mark: SeriesMark) {
      self.curve = curve
      self.raw = raw
      self.mark = mark
    }
  }

  package var title: String
  /// Said at the right of the title: how the chart is to be read ("log y").
  package var note: String
  package var series: [Series]
  package var scale: Axis.Scale
  /// The last step that any of the runs has done: charts beside each other span the same steps.
  package var lastStep: Int
  /// The planned length of the longest run, where the step axis ends at the latest.
  package var plannedSteps: Int?
  /// Values that the y axis holds in any case (0 for a share).
  package var holds: ClosedRange<Double>?
  /// Where all values lie by their nature (0…1 for a share): the y axis does not leave it.
  package var within: ClosedRange<Double>?
  /// Said where there is no value to draw yet.
  package var emptyText: String

  package init(
    title: String, note: String = "", series: [Series], scale: Axis.Scale = .linear, lastStep: Int = 0,
    plannedSteps: Int? = nil,
    holds: ClosedRange<Double>? = nil, within: ClosedRange<Double>? = nil, emptyText: String = "no values yet"
  ) {
    self.title = title
    self.note = note
    self.series = series
    self.scale = scale
    self.lastStep = lastStep
    self.plannedSteps = plannedSteps
    self.holds = holds
    self.within = within
    self.emptyText = emptyText
  }

  package func draw(on canvas: inout Canvas, in rect: Rect) {
    var body = rect
    drawTitle(on: &canvas, in: body.takeTop(1))
    let drawn = series.filter { $0.curve.range(positive: scale == .logarithmic) != nil }
    guard !drawn.isEmpty, body.rows >= 4, body.columns >= 20 else {
      let text = drawn.isEmpty ? emptyText : endTexts(drawn, canvas.look).map(\.self).joined(separator: "  ")
      canvas.put(text, in: body.line(max(0, (body.rows - 1) / 2)), style: .muted, align: .center)
      return
    }
    let yAxis = verticalAxis(drawn, rows: body.rows - 2)
    let gutter = yAxis.ticks.map { displayWidth($0.label) }.max()! + 1
    var foot = body.takeBottom(2)
    let ends = body.takeRight(endTexts(drawn, canvas.look).map(displayWidth).max()! + 1)
    foot.columns -= ends.columns
    var left = body.takeLeft(gutter + 1)
    foot.column += left.columns - 1
    foot.columns -= left.columns - 1
    let xAxis = Axis.steps(
      upTo: max(lastStep, Int(drawn.compactMap { $0.curve.points.last?.x }.max() ?? 0)), limit: plannedSteps,
      maximumTicks: max(2, body.columns / 8))

    drawVerticalAxis(yAxis, on: &canvas, in: left, rule: left.takeRight(1))
    drawHorizontalAxis(xAxis, on: &canvas, in: foot, unitAt: ends.column)
    drawCurves(drawn, on: &canvas, in: body, x: xAxis, y: yAxis)
    drawEnds(drawn, on: &canvas, in: ends, y: yAxis)
  }

  private func drawTitle(on canvas: inout Canvas, in rect: Rect) {
    canvas.horizontalRule(rect)
    canvas.put(" \(title) ", row: rect.row, column: rect.column + 1, style: .bold, width: rect.columns - 2)
    let free = rect.columns - displayWidth(title) - 6
    guard !note.isEmpty, displayWidth(note) + 2 <= free else { return }
    let column = rect.endColumn - displayWidth(note) - 3
    canvas.put(" \(note) ", row: rect.row, column: column, style: .muted)
  }

  private func verticalAxis(_ drawn: [Series], rows: Int) -> Axis {
    var (low, high) = (Double.infinity, -Double.infinity)
    for range in drawn.flatMap({ [$0.curve, $0.raw ?? $0.curve] })
      .compactMap({ $0.range(positive: scale == .logarithmic) })
    {
      low = min(low, range.lowerBound)
      high = max(high, range.upperBound)
    }
    // One tick to every third row keeps the labels apart.
    let ticks = max(2, (rows + 2) / 3)
    switch scale {
    case .logarithmic: return .logarithmic(low...high, maximumTicks: ticks)
    case .linear:
      if let holds { (low, high) = (min(low, holds.lowerBound), max(high, holds.upperBound)) }
      // A single value has an axis around it.
      if let within, low == high {
        let margin = 0.05 * (within.upperBound - within.lowerBound)
        (low, high) = (max(low - margin, within.lowerBound), min(high + margin, within.upperBound))
      }
      return .linear(low...high, maximumTicks: ticks)
    }
  }

  private func drawVerticalAxis(_ axis: Axis, on canvas: inout Canvas, in rect: Rect, rule: Rect) {
    canvas.verticalRule(rule)
    for tick in axis.ticks {
      guard let row = row(of: tick.value, on: axis, in: rect) else { continue }
      canvas.put(
        tick.label, in: Rect(row: row, column: rect.column, rows: 1, columns: rect.columns - 2), style: .muted,
        align: .right)
      canvas.put("┤", row: row, column: rule.column, style: .muted)
    }
  }

  private func drawHorizontalAxis(_ axis: Axis, on canvas: inout Canvas, in rect: Rect, unitAt unitColumn: Int) {
    canvas.horizontalRule(rect.line(0))
    canvas.put("└", row: rect.row, column: rect.column, style: .muted)
    canvas.put(" step", row: rect.row, column: unitColumn, style: .muted)
    var free = rect.column
    for tick in axis.ticks {
      guard let position = axis.position(tick.value), position <= 1.0001 else { continue }
      // The plot begins right of the corner.
      let column = rect.column + 1 + Int((position * Double(rect.columns * 2 - 3)).rounded()) / 2
      canvas.put("┬", row: rect.row, column: column, style: .muted)
      let width = displayWidth(tick.label)
      let start = max(rect.column, column - width / 2)
      if start >= free, start + width <= rect.endColumn + width / 2 {
        free = canvas.put(tick.label, row: rect.row + 1, column: start, style: .muted) + 1
      }
    }
  }

  private func drawCurves(_ drawn: [Series], on canvas: inout Canvas, in rect: Rect, x: Axis, y: Axis) {
    var grid = DotGrid(columns: rect.columns, rows: rect.rows)
    for (index, series) in drawn.enumerated() {
      series.raw?.draw(into: &grid, x: x, y: y, ink: index + drawn.count)
    }
    for (index, series) in drawn.enumerated() { series.curve.draw(into: &grid, x: x, y: y, ink: index) }
    drawCells(of: grid, drawn, on: &canvas, in: rect)
    // One dot would not be seen.
    for series in drawn where series.curve.points.count == 1 {
      let point = series.curve.points[0]
      guard let across = x.position(point.x), let row = row(of: point.y, on: y, in: rect) else { continue }
      canvas.put(
        series.mark.glyph(canvas.look.glyphs), row: row,
        column: rect.column + Int((min(1, across) * Double(rect.columns * 2 - 1)).rounded()) / 2,
        style: Style(series.mark.color))
    }
  }

  private func drawCells(of grid: DotGrid, _ drawn: [Series], on canvas: inout Canvas, in rect: Rect) {
    // Without colour, curves are told apart by their glyphs.
    let glyphs = canvas.look.glyphs
    let letters = drawn.count > 1 && glyphs == .ascii
    let beads = drawn.count > 1 && canvas.look.colors == .mono
    for row in 0..<rect.rows {
      for column in 0..<rect.columns {
        guard let cell = grid[column, row] else { continue }
        let isRaw = cell.ink >= drawn.count
        let mark = drawn[cell.ink % drawn.count].mark
        let isGlyph = !isRaw && (letters || beads && (column + 5 * cell.ink) % 16 == 8)
        canvas.put(
          isGlyph ? mark.glyph(glyphs) : String(cell.character), row: rect.row + row, column: rect.column + column,
          style: Style(isRaw ? .muted : mark.color))
      }
    }
  }

  /// The last values, each as near to its curve's end as the others leave room.
  private func drawEnds(_ drawn: [Series], on canvas: inout Canvas, in rect: Rect, y axis: Axis) {
    let texts = endTexts(drawn, canvas.look)
    let wanted = drawn.enumerated().map { index, series in
      let value = series.curve.points.last { axis.position($0.y) != nil }?.y ?? axis.high
      return (index: index, value: value, row: row(of: value, on: axis, in: rect) ?? rect.row)
    }.sorted { ($1.value, $0.index) < ($0.value, $1.index) }
    for (slot, row) in spread(wanted.map { $0.row - rect.row }, over: rect.rows).enumerated() {
      let series = wanted[slot].index
      canvas.put(
        texts[series], row: rect.row + row, column: rect.column + 1, style: Style(drawn[series].mark.color))
    }
  }

  private func endTexts(_ drawn: [Series], _ look: Look) -> [String] {
    drawn.map { "\($0.mark.glyph(look.glyphs)) \(NumberText.compact($0.curve.points.last?.y ?? .nan))" }
  }

  private func row(of value: Double, on axis: Axis, in rect: Rect) -> Int? {
    guard let position = axis.position(value), (-0.001...1.001).contains(position) else { return nil }
    let dot = Int((min(1, max(0, position)) * Double(rect.rows * 4 - 1)).rounded())
    return rect.row + (rect.rows * 4 - 1 - dot) / 4
  }
}

/// Rows as near to the wanted ones (ascending) as is possible with no two alike, none beyond `count`; rows that find no
/// room are left out.
private func spread(_ wanted: [Int], over count: Int) -> [Int] {
  var rows: [Int] = []
  for row in wanted.prefix(count) { rows.append(max(row, (rows.last ?? -1) + 1)) }
  var limit = count - 1
  for index in rows.indices.reversed() {
    rows[index] = min(rows[index], limit)
    limit = rows[index] - 1
  }
  return rows
}
