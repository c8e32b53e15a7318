import Testing
import Pictures

@Suite("Room for the text of charts") struct ChartTextTests {
  @Test("A name that is too long is cut in the middle, so that its end still tells it apart")
  func shortened() {
    #expect(ChartText.shortened("dog", 12, to: 100) == "dog")
    let cut = ChartText.shortened("the minimal half of all classes, part B", 12, to: 120)
    #expect(cut.hasPrefix("the m") && cut.hasSuffix("part B") && cut.contains("…"))
    #expect(ChartText.width(cut, 12) <= 120)
    #expect(ChartText.shortened("abc", 12, to: 1) == "…")
  }

  @Test("Text is broken between words, within a word only where it has no room, and cut after the last line")
  func wrapped() {
    #expect(ChartText.wrapped("one two three", 12, to: 1000, most: 2).lines == ["one two three"])
    let lines = ChartText.wrapped("one two three", 12, to: 60, most: 3)
    #expect(lines.lines == ["one two", "three"] && lines.isWhole)
    let broken = ChartText.wrapped("pneumonoultramicroscopic", 12, to: 60, most: 2)
    #expect(!broken.isWhole && broken.lines.count == 2 && broken.lines.allSatisfy { ChartText.width($0, 12) <= 60 })
    #expect(ChartText.wrapped("", 12, to: 60, most: 2).lines == [])
  }

  @Test(
    "Numbers are written as tables have them",
    arguments: [(0.0, 0, "0"), (-1200.5, 1, "−1,200.5"), (-0.04, 1, "0.0"), (1_000_000, 0, "1,000,000"), (0.25, 2, "0.25"), (5e12, 0, "5e+12")])
  func number(value: Double, places: Int, text: String) { #expect(ChartText.number(value, places) == text) }
}

@Suite("Ticks of charts") struct ChartTickTests {
  private func texts(_ values: ClosedRange<Double>?, _ axis: ChartDrawing.Axis, most: Int = 8, isSnug: Bool = false) -> [String] {
    ChartTicks(axis, values, most: most, isSnug: isSnug) { _ in true }.ticks.map(\.text)
  }

  @Test("Ticks of a linear axis are round and hold all values")
  func linear() {
    #expect(texts(41.3...58.3, .init("")) == ["40.0", "42.5", "45.0", "47.5", "50.0", "52.5", "55.0", "57.5", "60.0"] || texts(41.3...58.3, .init("")) == ["40", "45", "50", "55", "60"])
    #expect(texts(0...100, .init("")) == ["0", "20", "40", "60", "80", "100"])
    #expect(texts(-0.031...0.02, .init("")).first == "−0.04")
    #expect(texts(0.5...0.5, .init("")).count > 2)
    #expect(texts(nil, .init("")).first == "0.0")
    #expect(texts(-3...80, .init(""), most: 2).count == 3)
  }

  @Test("Ticks of a logarithmic axis are 1, 2 and 5 where there is room, else the decades")
  func logarithmic() {
    let axis = ChartDrawing.Axis("", scale: .logarithmic)
    #expect(texts(9...1000, axis, most: 9, isSnug: true) == ["10", "20", "50", "100", "200", "500", "1,000"])
    #expect(texts(1e-3...1e3, axis, most: 9, isSnug: true) == ["0.001", "0.01", "0.1", "1", "10", "100", "1,000"])
    #expect(texts(40...45, axis, most: 9, isSnug: true).count >= 3)
    #expect(texts(930...1860, axis, most: 9, isSnug: true).count > 2)
    #expect(texts(50...50, axis, most: 9, isSnug: true).count >= 2)
    let ticks = ChartTicks(axis, 1...100, most: 9, isSnug: true) { _ in true }
    #expect(abs(ticks.place(10) - 0.5) < 1e-9 && ticks.place(1) > 0 && ticks.place(100) < 1)
  }

  @Test("Whatever the values are, an axis has a finite range that holds them")
  func anything() {
    for values in [0...0, -5...(-5), 1e-300...1e-300, 1e300...1.7e308, -1.7e308...1.7e308, 1e-9...1e9, 123456789...123456790] as [ClosedRange<Double>] {
      for scale in [ChartDrawing.Scale.linear, .logarithmic] where scale == .linear || values.lowerBound > 0 {
        for isSnug in [true, false] {
          let ticks = ChartTicks(.init("", scale: scale), values, most: 8, isSnug: isSnug) { _ in true }
          #expect(ticks.range.lowerBound < ticks.range.upperBound, "\(values)")
          #expect(ticks.place(values.lowerBound).isFinite, "\(values)")
        }
      }
    }
  }
}
