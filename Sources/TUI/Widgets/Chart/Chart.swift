/// Curves with axes, numbers, and each curve's last value beside its end.
package struct Chart: Equatable, Sendable {
  package struct Series: Equatable, Sendable {
    package var curve: Curve
    /// Shown in the background, for instance what `curve` smooths.
    package var raw: Curve?
    package var mark: SeriesMark
    /// Said beside the last value, where the mark alone does not tell what the curve is.
    package var label: String

    package init(_ curve: Curve, raw: Curve? = nil, mark: SeriesMark, label: String = "") {
      self.curve = curve
      self.raw = raw
      self.mark = mark
      self.label = label
    }
  }

  package var title: String
  /// Said at the right of the title: how the chart is to be read ("log y").
  package var note: String
  package var series: [Series]
  package var scale: Axis.Scale
  package var unit: ChartUnit
  /// The part that is shown; nil: from 0 to a round number behind the last value. Charts beside each other have the same.
  package var range: ClosedRange<Double>?
  /// Whether that is all, goes along with the end, or stays: said at the end of the title.
  package var part: ChartWindow.Part?
  /// Where the crosshair stands: the values beside the chart are those there.
  package var cursor: Double?
  /// Whether the keys that are for one chart are for this one, which alone has the crosshair's line.
  package var isFocused: Bool
  /// Values that the y axis holds in any case (0 for a share).
  package var holds: ClosedRange<Double>?
  /// Where all values lie by their nature (0…1 for a share): the y axis does not leave it.
  package var within: ClosedRange<Double>?
  /// Whether values are shares of one, shown as percentages.
  package var isShare: Bool
  /// Whether the y axis is for most values: the few that lie far out are drawn at its edge.
  package var ignoresOutliers: Bool
  /// Said where there is no value to draw yet.
  package var emptyText: String

  package init(
    title: String, note: String = "", series: [Series], scale: Axis.Scale = .linear, unit: ChartUnit = .step,
    range: ClosedRange<Double>? = nil, part: ChartWindow.Part? = nil, cursor: Double? = nil, isFocused: Bool = false,
    holds: ClosedRange<Double>? = nil, within: ClosedRange<Double>? = nil, isShare: Bool = false, ignoresOutliers: Bool = false,
    emptyText: String = "no values yet"
  ) {
    self.title = title
    self.note = note
    self.series = series
    self.scale = scale
    self.unit = unit
    self.range = range
    self.part = part
    self.cursor = cursor
    self.isFocused = isFocused
    self.holds = holds
    self.within = within
    self.isShare = isShare
    self.ignoresOutliers = ignoresOutliers
    self.emptyText = emptyText
  }

  /// The curves as dots. To make them takes longest, and a crosshair does not change them.
  package struct Plot: Sendable {
    fileprivate var series: [Series]
    fileprivate var x, y: Axis
    fileprivate var grid: DotGrid

    fileprivate init(_ series: [Series], x: Axis, y: Axis, columns: Int, rows: Int) {
      (self.series, self.x, self.y, grid) = (series, x, y, DotGrid(columns: columns, rows: rows))
      for (index, series) in series.enumerated() {
        series.raw?.draw(into: &grid, x: x, y: y, ink: index + self.series.count)
      }
      for (index, series) in series.enumerated() { series.curve.draw(into: &grid, x: x, y: y, ink: index) }
    }
  }

  package func draw(on canvas: inout Canvas, in rect: Rect) {
    var plot: Plot?
    draw(on: &canvas, in: rect, plot: &plot)
  }

  /// - Parameter plot: that of the last time, used again where its curves, axes and room are the same; that of this time then.
  package func draw(on canvas: inout Canvas, in rect: Rect, plot: inout Plot?) {
    guard !rect.isEmpty else { return }
    var body = rect
    drawTitle(on: &canvas, in: body.takeTop(1))
    let drawn = series.filter { $0.curve.range(positive: scale == .logarithmic) != nil }
    guard !drawn.isEmpty, body.rows >= 4, body.columns >= 20 else {
      let ends = drawn.map { [$0.mark.glyph(canvas.look.glyphs), value(of: $0), $0.label].filter { !$0.isEmpty }.joined(separator: " ") }
      let text = drawn.isEmpty ? emptyText : ends.joined(separator: "  ")
      canvas.put(text, in: body.line(max(0, (body.rows - 1) / 2)), style: .muted, align: .center)
      return
    }
    let yAxis = verticalAxis(drawn, rows: body.rows - 2)
    let gutter = yAxis.ticks.map { displayWidth($0.label) }.max()! + 1
    var foot = body.takeBottom(2)
    let valueWidth = valueWidth(drawn)
    let labelWidth = drawn.map { $0.label.isEmpty ? 0 : displayWidth($0.label) + 1 }.max()!
    let ends = body.takeRight(min(body.columns / 2, 3 + valueWidth + labelWidth))
    foot.columns -= ends.columns
    var left = body.takeLeft(gutter + 1)
    foot.column += left.columns - 1
    foot.columns -= left.columns - 1
    let last = drawn.compactMap { $0.curve.spans.last?.x }.max() ?? 0
    let xAxis = unit.axis(range ?? 0...unit.end(holding: last), maximumTicks: max(2, body.columns / 8))

    drawVerticalAxis(yAxis, on: &canvas, in: left, rule: left.takeRight(1))
    let place = cursor.flatMap { column(of: $0, on: xAxis, in: body) }
    let label = isFocused ? place.map { Self.label(unit.text(cursor!), at: $0, in: foot) } : nil
    drawHorizontalAxis(xAxis, on: &canvas, in: foot, unitAt: ends.column, sparing: label?.columns ?? 0..<0)
    if plot?.series != drawn || plot?.x != xAxis || plot?.y != yAxis || plot?.grid.columns != body.columns || plot?.grid.rows != body.rows {
      plot = Plot(drawn, x: xAxis, y: yAxis, columns: body.columns, rows: body.rows)
    }
    drawCurves(plot!, on: &canvas, in: body)
    if let place { drawCursor(drawn, label, on: &canvas, in: body, foot: foot, at: place, y: yAxis) }
    drawEnds(drawn, on: &canvas, in: ends, y: yAxis, valueWidth: valueWidth)
  }

  private func drawTitle(on canvas: inout Canvas, in rect: Rect) {
    canvas.horizontalRule(rect)
    // Whether it is live is said in any case.
    let room = rect.columns - 2 - (badge.map { displayWidth($0.text) + 3 } ?? 0)
    let end = canvas.put(
      " \(fit(title, room - 2)) ", row: rect.row, column: rect.column + 1, style: isFocused ? Style(.accent, .bold) : .bold)
    var right = rect.endColumn - 1
    let notes = (cutsOutliers ? ["outliers cut", "cut"] : []).map { note.isEmpty ? $0 : "\(note) · \($0)" } + [note]
    for spans in [[badge], notes.map { $0.isEmpty ? nil : Span($0, .muted) }] {
      // The longest of them that there is room for.
      guard let span = spans.lazy.compactMap(\.self).first(where: { right - displayWidth($0.text) - 2 >= end }) else { continue }
      right -= displayWidth(span.text) + 2
      canvas.put(" \(span.text) ", row: rect.row, column: right, style: span.style)
      right -= 1
    }
  }

  private var badge: Span? {
    switch part {
    case .all?: Span("all", .muted)
    case .live?: Span("▶ live", Style(.accent))
    case .frozen?: Span("= frozen", Style(.near, .bold))
    case nil: nil
    }
  }

  /// What the curves span, and what of that the y axis does.
  private func ranges(_ drawn: [Series]) -> (all: ClosedRange<Double>, shown: ClosedRange<Double>)? {
    let curves = drawn.flatMap { [$0.curve, $0.raw ?? $0.curve] }
    let ranges = curves.compactMap { $0.range(positive: scale == .logarithmic) }
    guard let low = ranges.map(\.lowerBound).min(), let high = ranges.map(\.upperBound).max() else { return nil }
    guard ignoresOutliers, let most = Axis.withoutOutliers(curves.flatMap { $0.spans.flatMap { [$0.low, $0.high] } }, scale) else {
      return (low...high, low...high)
    }
    return (low...high, most)
  }

  private var cutsOutliers: Bool {
    guard ignoresOutliers, let ranges = ranges(series) else { return false }
    let slack = 1e-9 * (ranges.all.upperBound - ranges.all.lowerBound)
    return ranges.shown.lowerBound > ranges.all.lowerBound + slack || ranges.shown.upperBound < ranges.all.upperBound - slack
  }

  private func verticalAxis(_ drawn: [Series], rows: Int) -> Axis {
    let shown = ranges(drawn)?.shown ?? 0...1
    var (low, high) = (shown.lowerBound, shown.upperBound)
    // One tick to every third row keeps the labels apart.
    let ticks = max(2, (rows + 2) / 3)
    switch scale {
    case .logarithmic: return .logarithmic(low...high, maximumTicks: ticks)
    case .linear:
      if let holds { (low, high) = (min(low, holds.lowerBound), max(high, holds.upperBound)) }
      // A single value has an axis around it.
      if let within, low == high {
        let margin = 0.05 * (within.upperBound - within.lowerBound)
        (low, high) = (max(low - margin, min(low, within.lowerBound)), min(high + margin, max(high, within.upperBound)))
      }
      var axis = Axis.linear(isShare ? 100 * low...100 * high : low...high, maximumTicks: ticks)
      if isShare {
        (axis.low, axis.high) = (axis.low / 100, axis.high / 100)
        axis.ticks = axis.ticks.map { Axis.Tick(value: $0.value / 100, label: $0.label + "%") }
      }
      return axis
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

  private func drawHorizontalAxis(_ axis: Axis, on canvas: inout Canvas, in rect: Rect, unitAt unitColumn: Int, sparing taken: Range<Int>) {
    canvas.horizontalRule(rect.line(0))
    canvas.put("└", row: rect.row, column: rect.column, style: .muted)
    canvas.put(" \(unit)", row: rect.row, column: unitColumn, style: .muted)
    var free = rect.column
    for tick in axis.ticks {
      guard let position = axis.position(tick.value), position <= 1.0001 else { continue }
      // The plot begins right of the corner.
      let column = rect.column + 1 + Int(nearest: position * Double(rect.columns * 2 - 3)) / 2
      canvas.put("┬", row: rect.row, column: column, style: .muted)
      let width = displayWidth(tick.label)
      let start = max(rect.column, column - width / 2)
      if start >= free, start + width <= rect.endColumn + width / 2, !taken.overlaps(start - 1..<start + width + 1) {
        free = canvas.put(tick.label, row: rect.row + 1, column: start, style: .muted) + 1
      }
    }
  }

  private func drawCurves(_ plot: Plot, on canvas: inout Canvas, in rect: Rect) {
    drawCells(of: plot.grid, plot.series, on: &canvas, in: rect)
    // One dot would not be seen.
    for series in plot.series where series.curve.spans.count == 1 && series.curve.before == nil && series.curve.after == nil {
      let point = series.curve.spans[0]
      guard let row = row(of: point.last, on: plot.y, in: rect), let column = column(of: point.x, on: plot.x, in: rect) else { continue }
      canvas.put(series.mark.glyph(canvas.look.glyphs), row: row, column: column, style: Style(series.mark.color))
    }
  }

  /// A mark on the axis, and where the chart is in focus a dotted line, the glyphs of few curves where they cross it, and the
  /// place in numbers below. Few cells without a colour, so that moving it costs a slow connection little.
  private func drawCursor(
    _ drawn: [Series], _ label: (text: String, columns: Range<Int>)?, on canvas: inout Canvas, in rect: Rect, foot: Rect, at column: Int,
    y: Axis
  ) {
    canvas.put("┼", row: foot.row, column: column, style: .accent)
    guard let label else { return }
    canvas.put(label.text, row: foot.row + 1, column: label.columns.lowerBound, style: .accent)
    for row in stride(from: rect.row, to: rect.endRow, by: max(2, rect.rows / 4)) where canvas[row, column].scalar == " " {
      canvas.put("┊", row: row, column: column)
    }
    for series in drawn where drawn.count <= Self.mostCrossings {
      guard let cursor, let value = series.curve.value(at: cursor), let row = row(of: value, on: y, in: rect) else { continue }
      canvas.put(series.mark.glyph(canvas.look.glyphs), row: row, column: column, style: Style(series.mark.color, .bold))
    }
  }

  /// Glyphs of more curves on a crosshair hide each other.
  private static let mostCrossings = 3

  /// Where the place of the crosshair is written, below it.
  private static func label(_ text: String, at column: Int, in foot: Rect) -> (text: String, columns: Range<Int>) {
    let width = displayWidth(text)
    let start = max(foot.column, min(column - width / 2, foot.endColumn - width))
    return (text, start..<start + width)
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
        let style = Style(isRaw ? .muted : mark.color)
        if isGlyph {
          canvas.put(mark.glyph(glyphs), row: rect.row + row, column: rect.column + column, style: style)
        } else {
          canvas.fill(Rect(row: rect.row + row, column: rect.column + column, rows: 1, columns: 1), cell.scalar, style: style)
        }
      }
    }
  }

  /// The last values, each as near to its curve's end as the others leave room. Under a crosshair they keep their places: only
  /// numbers change, which have no colour then.
  private func drawEnds(_ drawn: [Series], on canvas: inout Canvas, in rect: Rect, y axis: Axis, valueWidth: Int) {
    let wanted = drawn.enumerated().map { index, series in
      let value = series.curve.last.flatMap { axis.position($0) != nil ? $0 : nil }
        ?? series.curve.spans.last { axis.position($0.last) != nil }?.last ?? axis.high
      return (index: index, value: value, row: row(of: value, on: axis, in: rect) ?? rect.row)
    }.sorted { ($1.value, $0.index) < ($0.value, $1.index) }
    for (slot, row) in spread(wanted.map { $0.row - rect.row }, over: rect.rows).enumerated() {
      let series = drawn[wanted[slot].index]
      let color = Style(series.mark.color)
      var line = rect.line(row)
      _ = line.takeLeft(1)
      canvas.put(series.mark.glyph(canvas.look.glyphs), in: line.takeLeft(2), style: color)
      canvas.put(value(of: series), in: line.takeLeft(valueWidth), style: cursor == nil ? color : .plain, align: .right)
      _ = line.takeLeft(1)
      canvas.put(series.label, in: line, style: color)
    }
  }

  /// The value at the crosshair, else the last.
  private func value(of series: Series) -> String { text(cursor.map { series.curve.value(at: $0) } ?? series.curve.last) }

  private func text(_ value: Double?) -> String { value.map { isShare ? NumberText.percent($0) : NumberText.compact($0) } ?? "–" }

  /// Wide enough for most numbers, so that charts do not change their width with them.
  private func valueWidth(_ drawn: [Series]) -> Int {
    drawn.reduce(5) { max($0, displayWidth(text($1.curve.last)), displayWidth(value(of: $1))) }
  }

  private func column(of x: Double, on axis: Axis, in rect: Rect) -> Int? {
    guard let across = axis.position(x), (-0.001...1.001).contains(across) else { return nil }
    return rect.column + Int((min(1, max(0, across)) * Double(rect.columns * 2 - 1)).rounded()) / 2
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
