import Engine
import Taxonomy

extension RunsScreen {
  package func draw(on canvas: inout Canvas, in area: Rect, _ session: Session) {
    if let form {
      form.draw(on: &canvas, in: area)
    } else if let detail, let run = runs.first(where: { $0.id == detail.id }) {
      RunDetailView(
        run: run, configuration: detail.configuration, plot: plots[run.id] ?? RunPlot(),
        mark: marks[run.id] ?? SeriesMark(0), options: options, log: log
      ).draw(on: &canvas, in: area)
    } else if runs.isEmpty {
      drawEmpty(on: &canvas, in: area)
    } else {
      drawOverview(on: &canvas, in: area)
    }
    question?.question.draw(on: &canvas, in: area)
  }

  private func drawEmpty(on canvas: inout Canvas, in area: Rect) {
    let lines =
      hasLooked
      ? [
        "No runs yet", "", "t  train on every class of the dataset",
        "1  fold the tree into coarser classes first, then t",
      ]
      : ["Looking for runs …"]
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, row: area.row + max(1, area.rows / 3) + index, column: area.column + max(2, area.columns / 2 - 26),
        style: index == 0 ? .bold : .muted)
    }
  }

  private func drawOverview(on canvas: inout Canvas, in area: Rect) {
    var rest = area
    RunsTable(runs: runs, marks: marks, plotted: plotted, plots: plots)
      .draw(selected: list, on: &canvas, in: rest.takeTop(listRows(area.rows)))
    if let problem = selected?.problem {
      canvas.put(printable(problem), in: rest.takeTop(1).inset(columns: 2), style: Style(.bad))
    }
    if rest.rows >= 18 { drawLog(log, on: &canvas, in: rest.takeBottom(min(8, rest.rows - 14))) }
    // In the order of the list, so that colours do not change places when the selection moves.
    let shown = runs.filter { plotted.contains($0.id) }.compactMap { run in
      marks[run.id].map { RunCharts.Shown(run: run, plot: plots[run.id] ?? RunPlot(), mark: $0) }
    }
    RunCharts(shown: shown, options: options).drawOverview(on: &canvas, in: rest)
  }

  /// The runs whose curves are on the charts.
  private var plotted: Set<String> { overlaid.union(selected.map { [$0.id] } ?? []) }
}
