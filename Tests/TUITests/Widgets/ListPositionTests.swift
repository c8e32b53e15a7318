import TUI
import Testing

@Suite struct ListPositionTests {
  @Test("The window holds the selected entry, fills its rows, and stays within the list")
  func window() {
    for count in [0, 1, 2, 5, 17, 100] {
      for rows in 0...20 {
        for selected in 0..<max(1, count) {
          let window = ListPosition(selected).window(count: count, rows: rows)
          #expect(window.count == min(rows, count), "\(selected) of \(count) in \(rows)")
          #expect(rows == 0 || count == 0 || window.contains(selected), "\(selected) of \(count) in \(rows)")
          #expect(window.lowerBound >= 0 && window.upperBound <= count)
        }
      }
    }
  }

  @Test("Two moves in three or more leave the window where it is, and a third of it shows on either side of the selection")
  func restful() {
    let windows = (0..<300).map { ListPosition($0).window(count: 300, rows: 36) }
    let moves = zip(windows, windows.dropFirst()).filter { $0 != $1 }.count
    #expect(moves <= 300 / 12)
    for (selected, window) in windows.enumerated() where window.lowerBound > 0 && window.upperBound < 300 {
      #expect(selected - window.lowerBound >= 12 && window.upperBound - selected > 12)
    }
  }
}
