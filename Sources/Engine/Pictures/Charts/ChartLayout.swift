import Glibc

extension ChartDrawing {
  /// The chart as a picture in SVG, with real text, for a light or a dark ground.
  public func svg(_ theme: ChartTheme = .auto) -> String { [self].svg(theme) }
}

extension [ChartDrawing] {
  /// Charts below each other as one picture.
  public func svg(_ theme: ChartTheme = .auto) -> String {
    var canvas = SVGCanvas(theme)
    var (width, height) = (0.0, 0.0)
    for drawing in self {
      var layout = ChartLayout(drawing, top: height, canvas)
      layout.draw()
      (canvas, height) = (layout.canvas, layout.bottom)
      width = Swift.max(width, layout.width)
    }
    let label = map { ([$0.title] + $0.subtitle).filter { !$0.isEmpty }.joined(separator: ": ") }.filter { !$0.isEmpty }.joined(separator: "; ")
    return canvas.document(width: Swift.max(width, 1), height: Swift.max(height, 1), label: label)
  }
}

/// Decides where everything of a chart goes, and draws it. From the top: title, legend, the plot with its axes, notes. Every text gets room for itself
/// before the plot gets what it needs.
package struct ChartLayout {
  package let drawing: ChartDrawing
  private(set) var canvas: SVGCanvas
  private(set) var width = 0.0
  /// Where the next thing goes; at the end, where the chart ends.
  private(set) var bottom: Double

  private static let margin = 16.0, label = 12.0, title = 13.0, heading = 15.0, line = 16.0
  /// Of the part with the values.
  private static let plotWidth = 540.0, plotHeight = 300.0

  package init(_ drawing: ChartDrawing, top: Double, _ canvas: SVGCanvas) { (self.drawing, bottom, self.canvas) = (drawing, top, canvas) }

  package mutating func draw() {
    switch drawing.base {
    case .plane: drawPlane()
    case .categories where drawing.isLying: drawLying()
    default: drawUpright()
    }
    drawNotes()
    bottom += Self.margin
  }

  // MARK: Around the plot

  private mutating func drawHead() {
    bottom += Self.margin
    let room = width - 2 * Self.margin
    for text in ChartText.wrapped(drawing.title, Self.heading, to: room, most: 3, isBold: true).lines {
      canvas.text(text, Self.margin, bottom + 13, size: Self.heading, isBold: true)
      bottom += 20
    }
    for part in drawing.subtitle {
      for text in ChartText.wrapped(part, Self.label, to: room, most: 3).lines {
        canvas.text(text, Self.margin, bottom + 11, size: Self.label, .soft)
        bottom += Self.line
      }
    }
    drawLegend()
    bottom += 8
  }

  private mutating func drawLegend() {
    let named = drawing.series.filter { !$0.name.isEmpty }
    guard named.count > 1 || named.contains(where: { $0.isHollow || $0.form == .marks || $0.form == .dots }) else { return }
    let room = width - 2 * Self.margin
    var x = Self.margin
    bottom += 6
    for series in named {
      let name = series.name + (series.isRight ? " (right axis)" : "")
      let text = ChartText.shortened(name, Self.label, to: room - 40)
      let taken = 36 + ChartText.width(text, Self.label)
      if x > Self.margin, x + taken > width - Self.margin {
        (x, bottom) = (Self.margin, bottom + 18)
      }
      drawSample(series, x, bottom + 7)
      canvas.text(text, x + 32, bottom + 11, size: Self.label)
      x += taken + 16
    }
    bottom += 20
  }

  private mutating func drawSample(_ series: ChartDrawing.Series, _ x: Double, _ y: Double) {
    let ink = ChartInk(series.colour), marker = ChartMarker(series.colour)
    switch series.form {
    case .line(let hasMarkers):
      if series.hasBand { canvas.area([(x, y - 5), (x + 26, y - 5), (x + 26, y + 5), (x, y + 5)], ink) }
      canvas.polyline([(x, y), (x + 26, y)], ink, width: 2, isDashed: series.isDashed)
      if hasMarkers { canvas.marker(marker, x + 13, y, radius: 4, ink, isHollow: series.isHollow) }
    case .points: canvas.marker(marker, x + 13, y, radius: 4, ink, isHollow: series.isHollow)
    case .bars: canvas.rectangle(x + 7, y - 6, 12, 12, ink)
    case .marks: canvas.rectangle(x + 3, y - 1.5, 20, 3, ink)
    case .dots: canvas.marker(ChartMarker(ofDots: series.colour), x + 13, y, radius: 5, ink, isHollow: false)
    }
  }

  private mutating func drawNotes() {
    for note in drawing.notes {
      for text in ChartText.wrapped(note, 11, to: width - 2 * Self.margin, most: 8).lines {
        bottom += 15
        canvas.text(text, Self.margin, bottom, size: 11, .soft)
      }
    }
  }

  // MARK: Numbers, or categories side by side

  private mutating func drawUpright() {
    let size = Self.label
    let left = ChartTicks(drawing.left, drawing.values(isRight: false), most: 8, isSnug: false) { _ in true }
    let right = drawing.right.map { ChartTicks($0, drawing.values(isRight: true), most: 8, isSnug: false) { _ in true } }
    func room(_ ticks: ChartTicks, _ axis: ChartDrawing.Axis) -> (title: [String], width: Double) {
      let title = ChartText.wrapped(axis.title, Self.title, to: Self.plotHeight, most: 2).lines
      return (title, Double(title.count) * Self.line + 6 + (ticks.ticks.map { ChartText.width($0.text, size) }.max() ?? 0) + 8)
    }
    let (leftTitle, leftRoom) = room(left, drawing.left)
    let rightRoom = right.map { room($0, drawing.right!) }

    let names = CategoryNames(drawing.categories, slots: drawing.slots, least: Self.plotWidth, size: size)
    let plotWidth = names.isEmpty ? Self.plotWidth : names.width
    let x0 = Self.margin + max(leftRoom, names.overhang)
    width = x0 + plotWidth + (rightRoom.map { $0.width + Self.margin } ?? Self.margin + 12)
    drawHead()
    let top = bottom + 8, floor = top + Self.plotHeight
    func y(_ value: Double, _ ticks: ChartTicks) -> Double { floor - Self.plotHeight * ticks.place(value) }

    for tick in left.ticks {
      canvas.line(x0, y(tick.value, left), x0 + plotWidth, y(tick.value, left), .grid)
      canvas.line(x0 - 4, y(tick.value, left), x0, y(tick.value, left), .ink)
      canvas.text(tick.text, x0 - 8, y(tick.value, left) + 4, size: size, .ink, .end)
    }
    for minor in left.scale == .logarithmic ? left.minor : [] where left.range.contains(minor) { canvas.line(x0 - 2, y(minor, left), x0, y(minor, left), .ink) }
    for (number, text) in leftTitle.enumerated() {
      canvas.text(text, x0 - leftRoom + 12 + Double(number) * Self.line, (top + floor) / 2, size: Self.title, .ink, .middle, angle: -90)
    }
    if let right, let room = rightRoom {
      for tick in right.ticks {
        canvas.line(x0 + plotWidth, y(tick.value, right), x0 + plotWidth + 4, y(tick.value, right), .ink)
        canvas.text(tick.text, x0 + plotWidth + 8, y(tick.value, right) + 4, size: size)
      }
      for (number, text) in room.title.enumerated() {
        canvas.text(
          text, x0 + plotWidth + room.width - Double(room.title.count - 1 - number) * Self.line, (top + floor) / 2, size: Self.title, .ink, .middle, angle: -90)
      }
    }

    var place: (Double) -> Double
    bottom = floor
    switch drawing.base {
    case .numbers(let axis):
      let ticks = ChartTicks(axis, drawing.extent, most: 9, isSnug: true) { ticks in
        zip(ticks.ticks, ticks.ticks.dropFirst()).allSatisfy { one, next in
          (ticks.place(next.value) - ticks.place(one.value)) * plotWidth > (ChartText.width(one.text, size) + ChartText.width(next.text, size)) / 2 + 8
        }
      }
      place = { x0 + plotWidth * ticks.place($0) }
      for tick in ticks.ticks {
        canvas.line(place(tick.value), floor, place(tick.value), floor + 4, .ink)
        let half = ChartText.width(tick.text, size) / 2
        canvas.text(tick.text, min(place(tick.value), width - half - 2), floor + 18, size: size, .ink, .middle)
      }
      for minor in ticks.minor where ticks.range.contains(minor) { canvas.line(place(minor), floor, place(minor), floor + 2, .ink) }
      bottom += 22
      drawBaseTitle(axis.title, x0 + plotWidth / 2)
    case .categories(_, let title):
      place = { x0 + names.step * ($0 + 0.5) }
      names.draw(on: &canvas, x0: x0, floor: floor)
      bottom += names.height
      drawBaseTitle(title, x0 + plotWidth / 2)
    case .plane: place = { $0 }
    }

    drawSeries(names: names, floor: floor, x: place) { value, series in y(value, series.isRight ? right ?? left : left) }
    let isBelow = left.scale == .linear && left.range.lowerBound < 0
    if isBelow, left.range.upperBound > 0 { canvas.line(x0, y(0, left), x0 + plotWidth, y(0, left), .ink) }
    canvas.line(x0, top, x0, floor, .ink)
    canvas.line(x0, floor, x0 + plotWidth, floor, .ink)
    if right != nil { canvas.line(x0 + plotWidth, top, x0 + plotWidth, floor, .ink) }
    if drawing.extent == nil { canvas.text("no numbers yet", x0 + plotWidth / 2, (top + floor) / 2, size: Self.title, .soft, .middle) }
  }

  /// The title of the axis below the plot.
  private mutating func drawBaseTitle(_ title: String, _ middle: Double) {
    let room = 2 * min(middle - Self.margin, width - Self.margin - middle)
    for text in ChartText.wrapped(title, Self.title, to: room, most: 3).lines {
      canvas.text(text, middle, bottom + 14, size: Self.title, .ink, .middle)
      bottom += Self.line
    }
    bottom += 6
  }

  /// - Parameter y: where a value of a series lies.
  private mutating func drawSeries(names: CategoryNames, floor: Double, x: (Double) -> Double, y: (Double, ChartDrawing.Series) -> Double) {
    /// The middle of the place that a series has at x.
    func middle(_ point: ChartDrawing.Point, _ series: ChartDrawing.Series) -> Double {
      names.isEmpty ? x(point.x) : x(point.x) + (Double(series.slot) - Double(drawing.slots - 1) / 2) * names.bar
    }
    func isShown(_ point: ChartDrawing.Point, _ series: ChartDrawing.Series) -> Bool {
      guard point.isFinite else { return false }
      if case .numbers(let axis) = drawing.base, axis.scale == .logarithmic, point.x <= 0 { return false }
      return (series.isRight ? drawing.right ?? drawing.left : drawing.left).scale == .linear || point.y > 0
    }
    for series in drawing.series where series.hasBand {
      let ends = series.points.filter { isShown($0, series) && $0.low?.isFinite == true && $0.high?.isFinite == true }
      canvas.area(ends.map { (x($0.x), y($0.high!, series)) } + ends.reversed().map { (x($0.x), y($0.low!, series)) }, ChartInk(series.colour))
    }
    for series in drawing.series {
      let points = series.points.filter { isShown($0, series) }
      let ink = ChartInk(series.colour), marker = ChartMarker(series.colour)
      var hasMarkers = true
      switch series.form {
      case .bars:
        let zero = y(0, series)
        for point in points {
          let tip = y(point.y, series)
          canvas.rectangle(middle(point, series) - names.bar * 0.43, min(zero, tip), names.bar * 0.86, abs(zero - tip), ink, note: point.note)
        }
        hasMarkers = false
      case .marks:
        for point in points {
          canvas.rectangle(middle(point, series) - names.bar * 0.5, y(point.y, series) - 1.5, names.bar, 3, ink, note: point.note)
        }
        hasMarkers = false
      case .line(let isMarked):
        hasMarkers = isMarked
        // A value that is missing is a gap.
        for part in series.points.split(whereSeparator: { !isShown($0, series) }) {
          canvas.polyline(part.map { (middle($0, series), y($0.y, series)) }, ink, width: isMarked ? 2 : 1.5, isDashed: series.isDashed)
        }
      case .points: break
      case .dots:
        canvas.dots(ChartMarker(ofDots: series.colour), points.map { (middle($0, series), y($0.y, series)) }, radius: 2.5, ink)
        hasMarkers = false
      }
      if !series.hasBand {
        let over = series.form == .bars ? ChartInk.ink : ink
        for point in points {
          guard let low = point.low, let high = point.high, low.isFinite, high.isFinite, low < high else { continue }
          let (place, ends) = (middle(point, series), (y(high, series), y(low, series)))
          canvas.line(place, ends.0, place, ends.1, over, width: 1.2)
          for end in [ends.0, ends.1] { canvas.line(place - 3.5, end, place + 3.5, end, over, width: 1.2) }
        }
      }
      if hasMarkers {
        for point in points { canvas.marker(marker, middle(point, series), y(point.y, series), radius: 4, ink, isHollow: series.isHollow, note: point.note) }
      }
    }
  }

  // MARK: Bars that lie

  private mutating func drawLying() {
    let size = Self.label
    let names = drawing.categories
    let shown = names.map { ChartText.shortened($0, size, to: 260) }
    let nameRoom = max(40, shown.map { ChartText.width($0, size) }.max() ?? 0)
    let values = drawing.values.map { ChartText.shortened($0, size, to: 260) }
    let valueRoom = values.map { ChartText.width($0, size) }.max() ?? 0
    let plotWidth = 380.0
    let x0 = Self.margin + nameRoom + 10
    width = x0 + plotWidth + (valueRoom > 0 ? 14 + valueRoom : 12) + Self.margin
    drawHead()
    let ticks = ChartTicks(drawing.left, drawing.values(isRight: false), most: 7, isSnug: false) { ticks in
      zip(ticks.ticks, ticks.ticks.dropFirst()).allSatisfy { one, next in
        (ticks.place(next.value) - ticks.place(one.value)) * plotWidth > (ChartText.width(one.text, size) + ChartText.width(next.text, size)) / 2 + 8
      }
    }
    func x(_ value: Double) -> Double { x0 + plotWidth * ticks.place(value) }
    let slots = drawing.slots
    let bar = slots == 1 ? 13.0 : 11.0
    let step = max(20, Double(slots) * bar + 8)
    let top = bottom + 4, floor = top + step * Double(max(1, names.count))
    for tick in ticks.ticks {
      canvas.line(x(tick.value), top, x(tick.value), floor, .grid)
      canvas.line(x(tick.value), floor, x(tick.value), floor + 4, .ink)
      canvas.text(tick.text, x(tick.value), floor + 18, size: size, .ink, .middle)
    }
    for (row, name) in shown.enumerated() {
      let middle = top + step * (Double(row) + 0.5)
      canvas.text(name, x0 - 8, middle + 4, size: size, .ink, .end)
      if row < values.count { canvas.text(values[row], x0 + plotWidth + 14, middle + 4, size: size, .soft) }
    }
    for series in drawing.series {
      for point in series.points where point.isFinite {
        let y = top + step * (point.x + 0.5) + (Double(series.slot) - Double(slots - 1) / 2) * bar
        let ink = ChartInk(series.colour)
        switch series.form {
        case .marks: canvas.rectangle(x(point.y) - 1.5, y - bar / 2 - 2, 3, bar + 4, ink, note: point.note)
        case .bars: canvas.rectangle(min(x(0), x(point.y)), y - bar / 2 + 0.5, abs(x(point.y) - x(0)), bar - 1, ink, note: point.note)
        default: canvas.marker(ChartMarker(series.colour), x(point.y), y, radius: 4, ink, isHollow: series.isHollow, note: point.note)
        }
        if let low = point.low, let high = point.high, low.isFinite, high.isFinite, low < high {
          canvas.line(x(low), y, x(high), y, .ink, width: 1.2)
          for end in [x(low), x(high)] { canvas.line(end, y - 3, end, y + 3, .ink, width: 1.2) }
        }
      }
    }
    canvas.line(x(0), top, x(0), floor, .ink)
    canvas.line(x0, floor, x0 + plotWidth, floor, .ink)
    if drawing.extent == nil { canvas.text("no numbers yet", x0 + plotWidth / 2, top + 14, size: Self.title, .soft, .middle) }
    bottom = floor + 22
    drawBaseTitle(drawing.left.title, x0 + plotWidth / 2)
  }

  // MARK: Maps

  private mutating func drawPlane() {
    let side = 640.0
    width = side + 2 * Self.margin
    drawHead()
    let (top, x0) = (bottom, Self.margin)
    canvas.rectangle(x0, top, side, side, .grid)
    canvas.rectangle(x0 + 1, top + 1, side - 2, side - 2, .ground)
    let total = drawing.series.reduce(0) { $0 + $1.points.count }
    let radius = total > 20_000 ? 1.0 : total > 2000 ? 1.6 : 2.6
    if let extent = drawing.extent, let values = drawing.values(isRight: false) {
      let (across, up) = (max(extent.upperBound - extent.lowerBound, 1e-12), max(values.upperBound - values.lowerBound, 1e-12))
      for series in drawing.series {
        canvas.dots(
          ChartMarker(ofDots: series.colour),
          series.points.filter(\.isFinite).map {
            (x0 + 8 + (side - 16) * ($0.x - extent.lowerBound) / across, top + 8 + (side - 16) * (values.upperBound - $0.y) / up)
          }, radius: radius, ChartInk(series.colour))
      }
    }
    bottom = top + side + 4
  }
}

/// The names of categories below their places: in lines beside each other where these have room, else aslant, else upright; the plot grows where there
/// are many.
private struct CategoryNames {
  /// From one category to the next, and what a bar takes of that.
  private(set) var step = 0.0, bar = 0.0
  private(set) var width = 0.0, height = 0.0
  /// How far the names reach to the left of the plot.
  private(set) var overhang = 0.0
  private var lines: [[String]] = []
  private var angle = 0.0
  private let size: Double

  var isEmpty: Bool { lines.isEmpty }

  init(_ names: [String], slots: Int, least: Double, size: Double) {
    self.size = size
    guard !names.isEmpty else { return }
    step = max(least / Double(names.count), Double(slots) * 8 + 6, 17)
    width = step * Double(names.count)
    bar = min(30, (step - min(16, 0.3 * step)) / Double(slots))
    let level = names.map { ChartText.wrapped($0, size, to: step - 8, most: 3) }
    if level.allSatisfy(\.isWhole) {
      lines = level.map(\.lines)
      height = Double(lines.map(\.count).max() ?? 1) * 15 + 10
      return
    }
    lines = names.map { [ChartText.shortened($0, size, to: 190)] }
    angle = step >= 24 ? -40 : -90
    let turn = angle * .pi / 180
    for (index, line) in lines.enumerated() {
      let length = ChartText.width(line[0], size)
      overhang = max(overhang, length * cos(turn) + size - step * (Double(index) + 0.5))
      height = max(height, length * -sin(turn) + 24)
    }
  }

  func draw(on canvas: inout SVGCanvas, x0: Double, floor: Double) {
    for (index, lines) in lines.enumerated() {
      let middle = x0 + step * (Double(index) + 0.5)
      canvas.line(middle, floor, middle, floor + 4, .ink)
      if angle == 0 {
        for (number, text) in lines.enumerated() { canvas.text(text, middle, floor + 18 + Double(number) * 15, size: size, .ink, .middle) }
      } else {
        canvas.text(lines[0], middle + (angle == -90 ? 4 : 5), floor + (angle == -90 ? 8 : 14), size: size, .ink, .end, angle: angle)
      }
    }
  }
}
