import TUI
import Testing

@Suite struct ChartWindowTests {
  /// 1,000 steps done of 4,000.
  private let end = 1000.0
  private let limit: Double? = 4000

  private func range(_ window: ChartWindow) -> ClosedRange<Double> { window.range(end: end, limit: limit) }

  @Test("Zooming in at the end goes along with it, in leaps of an eighth of what is shown")
  func live() {
    var window = ChartWindow()
    #expect(range(window) == 0...1000)
    window.zoomIn(end: end, limit: limit)
    #expect(window.part == .live(width: 500) && range(window) == 500...1000)
    #expect(window.range(end: 1001, limit: limit) == window.range(end: 1062, limit: limit))
    #expect(window.range(end: 1063, limit: limit).upperBound == 1125)
    window.zoomOut(end: end, limit: limit)
    #expect(window.part == .all)
  }

  @Test("Around the crosshair the charts stay as they are while values arrive, and the crosshair keeps its place")
  func frozen() {
    var window = ChartWindow()
    for _ in 0..<40 { window.moveCursor(by: 1, columns: 101, end: end, limit: limit) }
    let place = window.cursor
    window.zoomIn(end: end, limit: limit)
    let shown = range(window)
    #expect(window.cursor == place && shown.contains(place!))
    #expect(window.range(end: 3000, limit: limit) == shown)
    window.zoomOut(end: end, limit: limit)
    #expect(window.part == .all)
  }

  @Test("Going back in time stays there; beyond the end the charts are live again")
  func panning() {
    var window = ChartWindow()
    window.pan(by: -1, end: end, limit: limit)
    #expect(window.part == .all)
    for _ in 0..<3 { window.zoomIn(end: end, limit: limit) }
    let width = range(window).upperBound - range(window).lowerBound
    for _ in 0..<4 { window.pan(by: -1, end: end, limit: limit) }
    #expect(window.range(end: 5000, limit: limit) == range(window) && range(window).upperBound < end)
    for _ in 0..<20 { window.pan(by: 1, end: end, limit: limit) }
    #expect(window.part == .live(width: width))
    for _ in 0..<40 { window.pan(by: -1, end: end, limit: limit) }
    #expect(range(window).lowerBound == 0)
  }

  @Test("F keeps what is seen, and lets it go on")
  func freezing() {
    var window = ChartWindow()
    window.toggleFrozen(end: end, limit: limit)
    #expect(window.part == .frozen(0...1000))
    window.toggleFrozen(end: end, limit: limit)
    #expect(window.part == .all)
  }

  @Test("No key leaves what there is", arguments: 0..<20)
  func anyKeys(seed: Int) {
    var random = TestRandom(seed: seed)
    var window = ChartWindow(unit: ChartUnit.allCases[seed % 4])
    var end = 0.0
    for _ in 0..<500 {
      switch Int.random(in: 0..<9, using: &random) {
      case 0: window.zoomIn(end: end, limit: nil)
      case 1: window.zoomOut(end: end, limit: nil)
      case 2: window.pan(by: -1, end: end, limit: nil)
      case 3: window.pan(by: 1, end: end, limit: nil)
      case 4: window.moveCursor(by: Int.random(in: -10...10, using: &random), columns: 60, end: end, limit: nil)
      case 5: window.follow(end: end, limit: nil)
      case 6: window.toggleFrozen(end: end, limit: nil)
      case 7: window.removeCursor()
      default: end += Double(Int.random(in: 0...300, using: &random))
      }
      let range = window.range(end: end, limit: nil)
      #expect(range.lowerBound >= 0 && range.upperBound > range.lowerBound && range.upperBound.isFinite)
    }
  }
}
