import Basics

/// Writes shapes as SVG. Colours are attributes of every shape, so that any program that knows no style sheets shows the light ones; a style sheet has the
/// dark ones for those who prefer them.
package struct SVGCanvas {
  package let theme: ChartTheme
  private var body = ""
  private var fills: [String: ChartInk] = [:]
  private var strokes: [String: ChartInk] = [:]

  package init(_ theme: ChartTheme) { self.theme = theme }

  package static let fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

  package enum Anchor: String { case start, middle, end }

  // MARK: Shapes

  package mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ ink: ChartInk, width: Double = 1) {
    body += "<path d=\"M\(n(x1)) \(n(y1))L\(n(x2)) \(n(y2))\"\(paint(stroke: ink)) stroke-width=\"\(n(width))\"/>\n"
  }

  package mutating func polyline(_ points: [(x: Double, y: Double)], _ ink: ChartInk, width: Double, isDashed: Bool) {
    guard points.count > 1 else { return }
    body += "<path d=\"\(path(points))\" fill=\"none\"\(paint(stroke: ink)) stroke-width=\"\(n(width))\" stroke-linejoin=\"round\"\(isDashed ? " stroke-dasharray=\"6 3\"" : "")/>\n"
  }

  /// A part of the plane behind lines.
  package mutating func area(_ points: [(x: Double, y: Double)], _ ink: ChartInk) {
    guard points.count > 2 else { return }
    body += "<path d=\"\(path(points))Z\"\(paint(fill: ink)) fill-opacity=\"0.2\"/>\n"
  }

  package mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ ink: ChartInk, note: String = "") {
    body += "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\"\(paint(fill: ink))\(closing("rect", note))"
  }

  package mutating func marker(_ marker: ChartMarker, _ x: Double, _ y: Double, radius: Double, _ ink: ChartInk, isHollow: Bool, note: String = "") {
    let paint = paint(fill: isHollow ? .ground : ink, stroke: ink) + " stroke-width=\"\(isHollow ? "1.6" : "1")\""
    let corners = marker.corners
    if corners.isEmpty {
      body += "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"\(paint)\(closing("circle", note))"
    } else {
      body += "<path d=\"\(path(corners.map { (x + radius * $0.x, y + radius * $0.y) }))Z\"\(paint)\(closing("path", note))"
    }
  }

  /// Many points of one kind, as one shape.
  package mutating func dots(_ marker: ChartMarker, _ points: [(x: Double, y: Double)], radius: Double, _ ink: ChartInk) {
    guard !points.isEmpty else { return }
    let corners = marker.corners
    if corners.isEmpty {
      body += "<path d=\"\(points.map { "M\(n($0.x)) \(n($0.y))h0" }.joined())\"\(paint(stroke: ink)) stroke-width=\"\(n(2 * radius))\" stroke-linecap=\"round\"/>\n"
      return
    }
    var last = (x: 0.0, y: 0.0)
    let shape = corners.enumerated().map { index, corner in
      defer { last = corner }
      return index == 0 ? "" : "l\(n(radius * (corner.x - last.x))) \(n(radius * (corner.y - last.y)))"
    }.joined() + "z"
    body += "<path d=\"\(points.map { "M\(n($0.x + radius * corners[0].x)) \(n($0.y + radius * corners[0].y))\(shape)" }.joined())\"\(paint(fill: ink))/>\n"
  }

  /// A line of text, its base line at `y`.
  package mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double, _ ink: ChartInk = .ink, _ anchor: Anchor = .start, isBold: Bool = false, angle: Double = 0
  ) {
    guard !text.isEmpty else { return }
    body += "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\"" + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
      + (isBold ? " font-weight=\"bold\"" : "") + (angle == 0 ? "" : " transform=\"rotate(\(n(angle)) \(n(x)) \(n(y)))\"") + "\(paint(fill: ink))>\(ChartText.escaped(text))</text>\n"
  }

  // MARK: The whole

  /// - Parameter label: what it shows, for those who do not see it.
  package func document(width: Double, height: Double, label: String) -> String {
    var copy = self
    let ground = copy.paint(fill: .ground)
    let sheet = copy.sheet
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(height))" viewBox="0 0 \(n(width)) \(n(height))" role="img" aria-label="\(ChartText.escaped(label))" font-family="\(Self.fonts)">
      \(sheet)<rect width="\(n(width))" height="\(n(height))"\(ground)/>
      \(body)</svg>

      """
  }

  private var sheet: String {
    guard theme == .auto else { return "" }
    let rules = fills.sorted { $0.key < $1.key }.map { ".chart-f-\($0.key){fill:\($0.value.colour.dark)}" }
      + strokes.sorted { $0.key < $1.key }.map { ".chart-l-\($0.key){stroke:\($0.value.colour.dark)}" }
    return "<style>@media (prefers-color-scheme:dark){\(rules.joined())}</style>\n"
  }

  private mutating func paint(fill: ChartInk? = nil, stroke: ChartInk? = nil) -> String {
    func colour(_ ink: ChartInk) -> String { theme == .dark ? ink.colour.dark : ink.colour.light }
    var classes: [String] = []
    if let fill { (fills[fill.name], classes) = (fill, classes + ["chart-f-\(fill.name)"]) }
    if let stroke { (strokes[stroke.name], classes) = (stroke, classes + ["chart-l-\(stroke.name)"]) }
    return (fill.map { " fill=\"\(colour($0))\"" } ?? "") + (stroke.map { " stroke=\"\(colour($0))\"" } ?? "")
      + (theme == .auto ? " class=\"\(classes.joined(separator: " "))\"" : "")
  }

  private func closing(_ element: String, _ note: String) -> String { note.isEmpty ? "/>\n" : "><title>\(ChartText.escaped(note))</title></\(element)>\n" }

  private func path(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { ($0 == 0 ? "M" : "L") + "\(n($1.x)) \(n($1.y))" }.joined()
  }

  /// A tenth of a pixel is enough, and the same on every machine.
  private func n(_ value: Double) -> String {
    let tenths = Int((max(-1e6, min(1e6, value.isNaN ? 0 : value)) * 10).rounded())
    let text = "\(abs(tenths) / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths) % 10)")
    return tenths < 0 ? "-" + text : text
  }
}
