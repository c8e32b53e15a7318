import Basics
import FoundationEssentials
import Glibc
import TestSupport
import Testing
import Pictures

/// The room of a text on a picture: its four corners.
private struct TextBox {
  let text: String
  let corners: [(x: Double, y: Double)]

  init(_ text: SVGReading.Text) {
    self.text = text.string
    let width = ChartText.width(text.string, text.size, isBold: text.isBold)
    let start = text.anchor == "start" ? 0 : text.anchor == "end" ? -width : -width / 2
    // Letters reach about so far over and under their line.
    let (up, down) = (-0.74 * text.size, 0.2 * text.size)
    let turn = text.angle * .pi / 180
    corners = [(start, up), (start + width, up), (start + width, down), (start, down)].map { x, y in
      (text.x + x * cos(turn) - y * sin(turn), text.y + x * sin(turn) + y * cos(turn))
    }
  }

  /// Whether no line parts the two: all edges' normals are tried.
  func overlaps(_ other: TextBox) -> Bool {
    for box in [self, other] {
      for index in 0..<2 {
        let (a, b) = (box.corners[index], box.corners[index + 1])
        let normal = (x: a.y - b.y, y: b.x - a.x)
        func span(_ box: TextBox) -> (Double, Double) {
          let places = box.corners.map { $0.x * normal.x + $0.y * normal.y }
          return (places.min()!, places.max()!)
        }
        let (one, two) = (span(self), span(other))
        if one.1 <= two.0 + 1e-6 || two.1 <= one.0 + 1e-6 { return false }
      }
    }
    return true
  }
}

@Suite("Charts as pictures") struct ChartLayoutTests {
  /// - Returns: what was read, after every text was found within the picture and apart from all others.
  @discardableResult
  static func check(_ svg: String, _ what: String) throws -> SVGReading {
    let read = try SVGReading(svg)
    let boxes = read.texts.map(TextBox.init)
    for (index, box) in boxes.enumerated() {
      for corner in box.corners {
        #expect(corner.x >= 0 && corner.x <= read.width && corner.y >= 0 && corner.y <= read.height, "\(what): “\(box.text)” is cut off at \(corner)")
      }
      for other in boxes[..<index] where box.overlaps(other) { Issue.record("\(what): “\(box.text)” lies on “\(other.text)”") }
    }
    for element in read.elements {
      for (name, value) in element.attributes { #expect(!value.contains("nan") && !value.contains("inf"), "\(what): \(element.name) \(name)=\(value)") }
    }
    return read
  }

  static let names: [(kind: String, name: @Sendable (Int) -> String)] = [
    ("short", { "\(1000 / ($0 + 1))" }), ("words", { "minimal split, part \($0)" }), ("long", { "a net whose name goes on for as long as names may, number \($0)" }),
    ("one word", { "Donaudampfschifffahrtsgesellschaftskapitän\($0)" }), ("wide", { "犬と猫と鳥と魚と馬 \($0)" }),
  ]

  private static func points(_ count: Int, _ seed: Int, signs: Bool = false) -> [ChartDrawing.Point] {
    (0..<count).map { index in
      let value = Double((index * 37 + seed * 53) % 97) * 0.7 - (signs ? 30 : 0)
      return .init(Double(index), value, low: value - 1.5, high: value + 1.5, note: "\(index)")
    }
  }

  @Test("No text lies on another or is cut off: bars, 1 to 40 rows, names of any length", arguments: names.indices)
  func bars(naming: Int) throws {
    for count in Array(1...20) + [40] {
      for slots in [1, 2, 4] {
        let names = (0..<count).map(Self.names[naming].name)
        let series = (0..<slots).map { ChartDrawing.Series(Self.names[naming].name($0), .bars, Self.points(count, $0, signs: count % 2 == 0), colour: $0, slot: $0) }
        let marks = ChartDrawing.Series("baseline", .marks, Self.points(count, 9).map { .init($0.x, $0.y) }, colour: 4)
        var chart = ChartDrawing(
          title: "A title that is as long as titles are: \(Self.names[naming].name(3))", subtitle: ["How many classes, and how fine"], base: .categories(names, title: "net (classes)"),
          left: .init("mean class accuracy, %; k-NN mean class accuracy, %; linear probe mean class accuracy, %", hasZero: true), series: series + [marks],
          notes: ["error bars: ± sample standard deviation; hollow: the paper’s numbers", "not shown: \(names.joined(separator: ", "))"])
        try Self.check(chart.svg(), "\(count) × \(slots) upright, \(Self.names[naming].kind)")
        chart.isLying = true
        chart.values = names.map { "+12.5 ± 3.1, \($0)" }
        try Self.check(chart.svg(), "\(count) × \(slots) lying, \(Self.names[naming].kind)")
      }
    }
  }

  @Test("No text lies on another or is cut off: lines over numbers, with one axis and two", arguments: [ChartDrawing.Scale.linear, .logarithmic])
  func lines(scale: ChartDrawing.Scale) throws {
    for (first, last) in [(9.0, 1000.0), (1, 1_281_167), (0.0001, 3), (486, 500), (50, 50), (1e6, 1e12)] {
      for hasRight in [false, true] {
        let xs = (0...6).map { first * pow(last / first, Double($0) / 6) }
        let series = (0..<8).map { number in
          ChartDrawing.Series(
            "column number \(number)", .line(hasMarkers: true), xs.enumerated().map { .init($1, Double($0 * number) * 1000 - 5, low: -6, high: Double($0 * number) * 1000 + 3) },
            colour: number, isRight: hasRight && number % 2 == 1)
        }
        let chart = ChartDrawing(
          title: "fig", base: .numbers(.init("classes", scale: scale)), left: .init("mean class accuracy, %"), right: hasRight ? .init("mAP, %") : nil, series: series)
        try Self.check(chart.svg(), "\(first)…\(last), \(scale)")
      }
    }
  }

  @Test("Charts below each other, without numbers, and maps have their texts apart too")
  func others() throws {
    let empty = ChartDrawing(title: "nothing yet", base: .numbers(.init("classes", scale: .logarithmic)), left: .init("accuracy, %"), right: .init("mAP"), series: [])
    let rows = ChartDrawing(title: "rows", base: .categories([], title: ""), left: .init(""), series: [])
    let map = ScatterPicture(
      title: ["a map", "features of a run"], points: (0..<400).map { (Double($0 * 31 % 97), Double($0 * 57 % 89)) }, labels: (0..<400).map { $0 % 41 - 1 },
      groups: (0..<40).map { "group with a name \($0)" })
    let read = try Self.check([empty, rows, map.chart].svg(), "stacked")
    #expect(read.texts.contains { $0.string == "no numbers yet" })
    #expect(read.texts.contains { $0.string == "and 4 smaller groups without a name here" })
    try Self.check([ChartDrawing]().svg(), "none")
  }

  @Test("Values that are no numbers leave gaps, and nothing in the picture says nan")
  func gaps() throws {
    let points = [Double.nan, 1, .infinity, 2, 3, -.infinity, 1e308].enumerated().map { ChartDrawing.Point(Double($0), $1, low: .nan, high: .infinity) }
    for form in [ChartDrawing.Series.Form.line(hasMarkers: true), .points, .bars, .marks, .dots] {
      let series = [ChartDrawing.Series("a", form, points, colour: 0), ChartDrawing.Series("b", form, points + [.init(.nan, 1), .init(2, 5)], colour: 1, hasBand: true)]
      for base in [ChartDrawing.Base.numbers(.init("x")), .numbers(.init("x", scale: .logarithmic)), .categories(["a", "b", "c", "d", "e", "f", "g"], title: ""), .plane] {
        for scale in [ChartDrawing.Scale.linear, .logarithmic] {
          try Self.check(ChartDrawing(title: "t", base: base, left: .init("y", scale: scale), series: series).svg(), "\(form)")
        }
      }
    }
  }

  @Test("Names from outside cannot leave their text: markup, quotes, control characters")
  func hostile() throws {
    let name = "</text><script>alert(1)</script>&amp;\"'\u{7}\u{202E}\u{FFFF}]]>"
    let chart = ChartDrawing(
      title: name, subtitle: [name], base: .categories([name, "b"], title: name), left: .init(name), series: [.init(name, .bars, [.init(0, 1, note: name)], colour: 0), .init("b", .bars, [], colour: 1)],
      notes: [name])
    for lying in [false, true] {
      var chart = chart
      chart.isLying = lying
      let read = try SVGReading(chart.svg())
      #expect(!read.elements.contains { $0.name == "script" })
      #expect(read.titles.first?.contains("</text><script>alert(1)</script>&amp;\"'\\u{7}\\u{202e}") == true)
    }
  }

  @Test("A theme is what the reader's screen asks for, or the one that was chosen; the light colours stand without a style sheet")
  func themes() throws {
    let chart = ChartDrawing(title: "t", base: .categories(["a"], title: ""), left: .init("y", hasZero: true), series: [.init("", .bars, [.init(0, 1)], colour: 0)])
    let auto = try SVGReading(chart.svg())
    #expect(auto.style.hasPrefix("@media (prefers-color-scheme:dark){") && auto.style.contains(".chart-f-s0{fill:\(ChartInk(0).colour.dark)}"))
    #expect(auto.elements.contains { $0.attributes["fill"] == ChartInk(0).colour.light && $0.attributes["class"] == "chart-f-s0" })
    for (theme, colour) in [(ChartTheme.light, ChartInk(0).colour.light), (.dark, ChartInk(0).colour.dark)] {
      let read = try SVGReading(chart.svg(theme))
      #expect(read.style == "" && read.elements.contains { $0.attributes["fill"] == colour } && !read.elements.contains { $0.attributes["class"] != nil })
    }
    #expect(chart.svg() == chart.svg())
    #expect(auto.elements.first?.attributes["aria-label"] == "t" && !chart.svg().contains("url("))
  }

  @Test("Values are where the axes say: the ends of bars, the middle of a logarithmic axis")
  func places() throws {
    let chart = ChartDrawing(
      title: "", base: .numbers(.init("classes", scale: .logarithmic)), left: .init("y"), series: [.init("", .points, [.init(10, 0), .init(100, 50), .init(1000, 100)], colour: 0)])
    let circles = try SVGReading(chart.svg()).elements.filter { $0.name == "circle" }.map { (Double($0.attributes["cx"]!)!, Double($0.attributes["cy"]!)!) }
    #expect(circles.count == 3)
    #expect(abs(circles[1].0 - (circles[0].0 + circles[2].0) / 2) < 0.2 && abs(circles[1].1 - (circles[0].1 + circles[2].1) / 2) < 0.2)
    #expect(circles[0].1 > circles[2].1)
    let bars = BarPicture(title: ["t"], unit: "%", bars: [.init(name: "a", value: 20, low: 18, high: 23, mark: 30, note: "3 classes"), .init(name: "b", value: -10)]).chart
    let read = try Self.check(bars.svg(), "bars")
    let rectangles = read.elements.filter { $0.name == "rect" }.dropFirst().map { Double($0.attributes["width"]!)! }
    #expect(abs(rectangles[1] - 2 * rectangles[2]) < 0.3 || abs(rectangles[0] - 2 * rectangles[1]) < 0.3)
    #expect(read.texts.map(\.string).contains("20.0 %, 3 classes") && read.texts.map(\.string).contains("−10.0 %") && read.texts.map(\.string).contains("baseline"))
  }

  @Test("The pictures are those that somebody last looked at", arguments: ["lines", "bars", "lying"])
  func goldens(name: String) throws {
    let svg = Self.golden(name).svg()
    let path = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Goldens/\(name).svg"
    if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil { return try Data(svg.utf8).write(to: URL(filePath: path)) }
    let expected = String(decoding: try #require(FileManager.default.contents(atPath: path), "\(path) is missing; record it"), as: UTF8.self)
    #expect(svg == expected)
  }

  static func golden(_ name: String) -> ChartDrawing {
    switch name {
    case "lines":
      ChartDrawing(
        title: "fig-2", subtitle: ["How many classes (Fig. 2)"], base: .numbers(.init("classes", scale: .logarithmic)), left: .init("mean class accuracy, %"), right: .init("mAP, %"),
        series: [
          .init("fine", .line(hasMarkers: true), [.init(9, 12, low: 11, high: 13), .init(127, 31), .init(1000, 55)], colour: 0),
          .init("det", .line(hasMarkers: true), [.init(9, 41), .init(127, 55.5), .init(1000, 58)], colour: 1, isRight: true, isDashed: true),
          .init("det, the paper", .points, [.init(1000, 58.3, low: 58, high: 58.6)], colour: 1, isRight: true, isHollow: true),
        ], notes: ["error bars: ± sample standard deviation; hollow: the paper’s numbers"])
    case "bars":
      ChartDrawing(
        title: "fig-4", base: .categories(["918", "9 (top-down)"], title: "net (classes)"), left: .init("induction top-1, %", hasZero: true),
        series: [
          .init("top1", .bars, [.init(0, 40, low: 38, high: 42), .init(1, 20)], colour: 0, slot: 0), .init("top5", .bars, [.init(0, 60), .init(1, 35)], colour: 1, slot: 1),
          .init("baseline", .marks, [.init(0, 45), .init(1, 44)], colour: 4, slot: 0),
        ])
    default:
      ChartDrawing(
        title: "fig-6", base: .categories(["dog", "…", "tool"], title: ""), left: .init("coarse − fine, points", hasZero: true), series: [.init("", .bars, [.init(0, 20), .init(2, -5)], colour: 0)],
        isLying: true, values: ["+20.0", "3 classes are between", "−5.0"])
    }
  }
}
