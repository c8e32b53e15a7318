import Synchronization

/// The charts as they were drawn last. Most keys of the list change none of them, and curves are what takes longest to draw.
package final class DrawnCharts: Sendable {
  private struct Drawn {
    var chart: Chart
    var cells: Canvas
    var plot: Chart.Plot?
  }

  private let latest = Mutex<[ChartKind: Drawn]>([:])

  package init() {}

  /// Draws `chart` into `rect`: again only where it, the room for it or the terminal's look is another than the last time.
  package func draw(_ chart: Chart, _ kind: ChartKind, on canvas: inout Canvas, in rect: Rect) {
    let cells = latest.withLock { latest in
      if let known = latest[kind], known.cells.size == rect.size, known.cells.look == canvas.look, known.chart == chart { return known.cells }
      var drawn = Drawn(chart: chart, cells: Canvas(rect.size, look: canvas.look), plot: latest[kind]?.plot)
      chart.draw(on: &drawn.cells, in: drawn.cells.bounds, plot: &drawn.plot)
      latest[kind] = drawn
      return drawn.cells
    }
    canvas.put(cells, row: rect.row, column: rect.column)
  }
}
