import Basics
import Pictures

/// Bars below each other with their intervals and marks, as `BarPicture` has them, in cells.
package struct BarList {
  package var bars: [BarPicture.Bar]
  /// Behind each number.
  package var unit: String

  package init(_ bars: [BarPicture.Bar], unit: String) { (self.bars, self.unit) = (bars, unit) }

  /// A line a bar, as many as fit: name, bar, number, note.
  package func draw(on canvas: inout Canvas, in area: Rect) {
    let names = min(area.columns / 3, bars.map { displayWidth(printable($0.name)) }.max() ?? 0)
    let numbers = bars.map { $0.value.isFinite ? "\(NumberText.fixed($0.value, 1)) \(unit)" : "–" }
    let numberWidth = numbers.map(displayWidth).max() ?? 0
    let notes = bars.map { displayWidth($0.note) }.max() ?? 0
    let noteWidth = area.columns - names - numberWidth - notes - 6 >= 20 ? notes : 0
    let finite = bars.flatMap { [$0.value, $0.high ?? $0.value, $0.mark ?? 0] }.filter(\.isFinite)
    let most = max(finite.max() ?? 1, 1e-9)
    for (index, bar) in bars.prefix(area.rows).enumerated() {
      var line = area.line(index)
      canvas.put(printable(bar.name), in: line.takeLeft(names), cut: .middle)
      _ = line.takeLeft(2)
      if noteWidth > 0 {
        canvas.put(printable(bar.note), in: line.takeRight(noteWidth), style: .muted)
        _ = line.takeRight(2)
      }
      canvas.put(numbers[index], in: line.takeRight(numberWidth), align: .right)
      _ = line.takeRight(1)
      draw(bar, most, on: &canvas, in: line)
    }
  }

  private func draw(_ bar: BarPicture.Bar, _ most: Double, on canvas: inout Canvas, in line: Rect) {
    guard bar.value.isFinite, line.columns > 2 else { return }
    canvas.put(Bar.text(bar.value / most, columns: line.columns), row: line.row, column: line.column, style: .accent)
    func column(_ value: Double) -> Int {
      line.column + max(0, min(line.columns - 1, Int((value / most * Double(line.columns)).rounded(.down))))
    }
    if let low = bar.low, let high = bar.high, low.isFinite, high.isFinite {
      let (from, to) = (column(low), column(high))
      for at in from...max(from, to) {
        canvas.put(from == to ? "┼" : at == from ? "├" : at == to ? "┤" : "─", row: line.row, column: at, style: .bold)
      }
    }
    if let mark = bar.mark, mark.isFinite { canvas.put("┃", row: line.row, column: column(mark), style: Style(.near, .bold)) }
  }
}
