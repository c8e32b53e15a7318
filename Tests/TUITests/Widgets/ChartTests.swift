import TUI
import Testing

@Suite("Chart")
struct ChartTests {
  /// Falls from 2 towards 0.4 over 1,000 steps.
  private let fine = Curve((0...100).map { .init(Double($0 * 10), 0.4 + 1.6 / (1 + Double($0) / 10)) })
  private let coarse = Curve((0...60).map { .init(Double($0 * 10), 0.1 + 0.9 / (1 + Double($0) / 5)) })

  private func text(_ chart: Chart, _ rows: Int, _ columns: Int, _ look: Look = Look()) -> String {
    var canvas = Canvas(Size(rows: rows, columns: columns), look: look)
    chart.draw(on: &canvas, in: canvas.bounds)
    var lines = canvas.text
    while lines.last == "\n" { lines.removeLast() }
    return lines
  }

  private func both(_ scale: Axis.Scale = .linear) -> Chart {
    Chart(
      title: "loss", note: scale == .logarithmic ? "log y" : "",
      series: [.init(fine, mark: SeriesMark(0)), .init(coarse, mark: SeriesMark(1))], scale: scale)
  }

  @Test("axes carry round numbers, and each curve's last value stands at its end")
  func linear() {
    #expect(
      text(both(), 9, 48) == """
        ─ loss ─────────────────────────────────────────
        2 ┤⢱
          │ ⠑⡄
          │⡀ ⠈⠑⠤⣀⡀
          │⠸⡀    ⠉⠉⠒⠒⠦⠤⠤⠤⣀⣀⣀⣀⣀⣀
          │ ⠈⠢⠤⣀⣀⡀            ⠈⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠒⠒⠒⠒⠒ ● 0.545
        0 ┤      ⠈⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂               ◆ 0.169
          └┬─────────────────┬─────────────────┬ step
           0                500               1k
        """)
  }

  @Test("a logarithmic axis spreads small values and says so")
  func logarithmic() {
    #expect(
      text(both(.logarithmic), 9, 48) == """
        ─ loss ───────────────────────────────── log y ─
            │⠑⢤⡀
          1 ┤⢄ ⠈⠑⠢⠤⣀⣀
            │⠘⢄      ⠉⠉⠑⠒⠒⠒⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⡀
            │ ⠈⠒⣄⡀                      ⠈⠉⠉⠉⠉⠉⠉⠉ ● 0.545
        0.3 ┤    ⠉⠒⠤⣄⣀
            │         ⠉⠉⠑⠒⠒⠦⠤⠤⠤⢄⣀⣀               ◆ 0.169
            └┬────────────────┬────────────────┬ step
             0               500              1k
        """)
  }

  @Test("in ASCII the curves are letters")
  func ascii() {
    #expect(
      text(both(), 9, 48, Look(glyphs: .ascii, colors: .mono)) == """
        - loss -----------------------------------------
        2 +a
          | aa
          |b aaaaa
          |bb    aaaaaaaaaaaaaa
          | bbbbbb            aaaaaaaaaaaaaaaaaa a 0.545
        0 +      bbbbbbbbbbbbbbbbb               b 0.169
          ++-----------------+-----------------+ step
           0                500               1k
        """)
  }

  @Test("without colour the curves carry the glyphs of their runs")
  func mono() {
    #expect(
      text(both(), 9, 48, Look(glyphs: .unicode, colors: .mono)) == """
        ─ loss ─────────────────────────────────────────
        2 ┤⢱
          │ ⠑⡄
          │⡀ ⠈⠑⠤⣀⡀
          │⠸⡀    ⠉⠉●⠒⠦⠤⠤⠤⣀⣀⣀⣀⣀⣀
          │ ⠈⠢◆⣀⣀⡀            ⠈⠉⠉⠉⠉●⠉⠉⠉⠉⠉⠉⠉⠒⠒⠒⠒⠒ ● 0.545
        0 ┤      ⠈⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒⠒◆⠒⠒⠂               ◆ 0.169
          └┬─────────────────┬─────────────────┬ step
           0                500               1k
        """)
  }

  @Test("too small for a plot, the chart still says the last values")
  func tiny() {
    #expect(
      text(both(), 4, 30) == """
        ─ loss ───────────────────────

               ● 0.545  ◆ 0.169
        """)
    #expect(
      text(both(), 1, 10) == """
        ─ loss ───
        """)
  }

  @Test("a share's axis never shows more than 1 or less than 0", arguments: [0, 0.001, 0.5, 0.981, 1])
  func share(value: Double) {
    let chart = Chart(title: "top-1", series: [.init(Curve([.init(938, value)]), mark: SeriesMark(0))], within: 0...1)
    for rows in [8, 24, 40] {
      let labels = text(chart, rows, 60).split(separator: "\n").compactMap { line in
        line.contains("┤") ? Double(String(line.prefix { $0 != "┤" }.filter { $0 != " " })) : nil
      }
      #expect(labels.count >= 2 && labels.allSatisfy { 0...1 ~= $0 }, "\(labels)")
    }
  }

  @Test("a share that is none, as a damaged file has it, is drawn where it lies", arguments: [5, -5, 1e30, -3.4e38, 3.4e38, 1.0000001])
  func noShare(value: Double) {
    for scale in [Axis.Scale.linear, .logarithmic] {
      let chart = Chart(
        title: "top-1", series: [.init(Curve([.init(1, value), .init(2, value)], before: .init(0, .nan), after: .init(3, -.infinity)), mark: SeriesMark(0))],
        scale: scale, within: 0...1)
      for rows in [1, 5, 24] {
        let lines = text(chart, rows, 60)
        #expect(scale == .logarithmic && value < 0 || rows < 5 || lines.contains(NumberText.compact(value)), "\(lines)")
      }
    }
  }

  @Test("as many curves as there may be are drawn")
  func manyCurves() {
    let series = (0..<40_000).map { Chart.Series(Curve([.init(1, Double($0)), .init(2, 0)]), mark: SeriesMark($0)) }
    #expect(text(Chart(title: "norms", series: series), 12, 60).contains("norms"))
  }

  @Test("without values it says so")
  func empty() {
    #expect(
      text(
        Chart(title: "top-1", series: [.init(Curve([]), mark: SeriesMark(0))], emptyText: "validated after each epoch"),
        5, 40) == """
          ─ top-1 ────────────────────────────────

                 validated after each epoch
          """)
  }

  @Test("a loss that became NaN is said at the end of its curve")
  func diverged() {
    var broken = fine
    broken.spans.append(.init(1010, .nan))
    #expect(
      text(Chart(title: "loss", series: [.init(broken, mark: SeriesMark(2))]), 7, 40) == """
        ─ loss ─────────────────────────────────
        2 ┤⢣
          │ ⢧⡀
        1 ┤  ⠙⠢⢤⣀⡀
          │      ⠈⠉⠉⠙⠒⠒⠒⠒⠒⠒⠒⠢⠤⠄          ▲   NaN
          └┬────────┬─────────┬────────┬ step
           0       500       1k      1.5k
        """)
  }

  @Test("the raw curve lies behind the smoothed one, in the colour of secondary things")
  func raw() {
    let noisy = Curve((0...99).map { .init(Double($0), $0.isMultiple(of: 2) ? 1 : 0) })
    var canvas = Canvas(Size(rows: 8, columns: 40))
    Chart(title: "loss", series: [.init(noisy.smoothed(0.9), raw: noisy, mark: SeriesMark(0))]).draw(
      on: &canvas, in: canvas.bounds)
    #expect(canvas[1, 10].style == Style(.muted))
    #expect(canvas[3, 10].style == Style(.series(0)))
  }

  @Test("last values keep apart, and those that find no room are left out")
  func crowdedEnds() {
    let flat = (0..<6).map {
      Chart.Series(Curve([.init(0, 0.5), .init(100, 0.5 + Double($0) / 100)]), mark: SeriesMark($0))
    }
    #expect(
      text(Chart(title: "top-1", series: flat), 8, 40) == """
        ─ top-1 ────────────────────────────────
        0.55 ┤                     ⣀⡠⠔⠒⠉ ◉ 0.550
             │               ⢀⣀⠤⠔⠊⠉⡠⠤⠒⠒⠉ ▼ 0.540
             │          ⢀⡠⠤⠒⠊⠁⠔⠒⠉⠉⠤⠤⠔⠒⠊⠉ ■ 0.530
             │     ⣀⡠⠔⠒⠉⠁⠊⠉⠒⠒⠊⠉⠁⠒⠒⠒⠉⠉⠉⣀⣀ ▲ 0.520
        0.50 ┤⣀⠤⠔⠊⠉⠉⠉⠉⠁⠉⠉⠁⠒⠒⠒⠒⠉⠉⠉⠉⠉⠉⠁⣀⣀⣀ ◆ 0.510
             └┬────────────┬───────────┬ step
              0           50          100
        """)
  }

  @Test("a crosshair is a dotted line, the glyph on each curve, its place below, and the values there beside the chart")
  func cursor() {
    var chart = both()
    (chart.cursor, chart.isFocused) = (300, true)
    #expect(
      text(chart, 9, 48) == """
        ─ loss ─────────────────────────────────────────
        2 ┤⢱          ┊
          │ ⠑⡄
          │⡀ ⠈⠑⠤⣀⡀    ┊
          │⠸⡀    ⠉⠉⠒⠒⠦●⠤⠤⣀⣀⣀⣀⣀⣀
          │ ⠈⠢⠤⣀⣀⡀    ┊       ⠈⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠒⠒⠒⠒⠒ ● 0.800
        0 ┤      ⠈⠉⠉⠉⠉◆⠑⠒⠒⠒⠒⠒⠒⠒⠒⠒⠂               ◆ 0.229
          └┬──────────┼──────┬─────────────────┬ step
           0         300    500               1k
        """)
  }

  @Test("a chart says whether it shows all, goes along with the end, or stays", arguments: [
    (ChartWindow.Part.all, "all"), (.live(width: 100), "▶ live"), (.frozen(0...100), "= frozen"),
  ])
  func badge(part: ChartWindow.Part, word: String) {
    var chart = both()
    chart.part = part
    #expect(text(chart, 9, 48).split(separator: "\n").first?.hasSuffix(" \(word) ─") == true)
  }

  @Test("over epochs, images and time the axis has their numbers", arguments: [
    (ChartUnit.epoch, 2.5, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]), (.images, 1_280_000, ["0", "500k", "1M"]),
    (.time, 5000, ["0", "30m", "60m"]), (.time, 200_000, ["0", "12h", "24h", "36h", "48h"]), (.time, 45, ["0", "10s", "20s", "30s", "40s"]),
  ] as [(ChartUnit, Double, [String])])
  func units(unit: ChartUnit, end: Double, labels: [String]) {
    #expect(unit.axis(0...end, maximumTicks: 5).ticks.map(\.label) == labels)
  }
}
