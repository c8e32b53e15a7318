import Engine

/// Which curves the charts show, and how.
package struct ChartOptions: Equatable, Sendable {
  package var isLogarithmic = false
  /// The weight of the past in the moving average.
  package var smoothing = 0.9

  package init() {}

  /// The weights that one key goes round.
  private static let weights = [0.0, 0.6, 0.9, 0.98]

  mutating func nextSmoothing() {
    let index = Self.weights.firstIndex(of: smoothing) ?? 0
    smoothing = Self.weights[(index + 1) % Self.weights.count]
  }

  var note: String {
    let smooth = smoothing > 0 ? "smooth \(NumberText.compact(smoothing).trimmingZeros)" : ""
    return [smooth, isLogarithmic ? "log y" : ""].filter { !$0.isEmpty }.joined(separator: " · ")
  }
}

/// The charts of the runs screen.
struct RunCharts {
  struct Shown {
    var run: RunSummary
    var plot: RunPlot
    var mark: SeriesMark
  }

  let shown: [Shown]
  let options: ChartOptions

  /// Training loss and validation accuracy of several runs: side by side, one above the other, or only the loss, by
  /// the room there is.
  func drawOverview(on canvas: inout Canvas, in rect: Rect) {
    var rest = rect
    if rect.columns >= 76 {
      let left = rest.takeLeft((rect.columns - 1) / 2)
      _ = rest.takeLeft(1)
      loss.draw(on: &canvas, in: left)
      top1.draw(on: &canvas, in: rest)
    } else if rect.rows >= 14 {
      loss.draw(on: &canvas, in: rest.takeTop(rect.rows / 2))
      top1.draw(on: &canvas, in: rest)
    } else {
      loss.draw(on: &canvas, in: rest)
    }
  }

  private var lastStep: Int { shown.map(\.run.progress.step).max() ?? 0 }
  private var plannedSteps: Int? { shown.map(\.run.progress.steps).max() }

  private var loss: Chart {
    Chart(
      title: "training loss", note: options.note,
      series: shown.map { smoothed($0.plot.loss, $0.mark) },
      scale: options.isLogarithmic ? .logarithmic : .linear, lastStep: lastStep, plannedSteps: plannedSteps,
      emptyText: shown.isEmpty ? "no run selected" : "no step finished yet")
  }

  private var top1: Chart {
    Chart(
      title: "top-1 on validation", series: shown.map { Chart.Series($0.plot.top1, mark: $0.mark) },
      lastStep: lastStep, plannedSteps: plannedSteps, within: 0...1,
      emptyText: shown.isEmpty ? "no run selected" : "after the first epoch")
  }

  func smoothed(_ curve: Curve, _ mark: SeriesMark) -> Chart.Series {
    options.smoothing > 0
      ? Chart.Series(curve.smoothed(options.smoothing), raw: curve, mark: mark) : Chart.Series(curve, mark: mark)
  }
}

extension String {
  /// A decimal fraction without its last zeros.
  var trimmingZeros: String {
    var text = self
    while text.contains("."), text.last == "0" { text.removeLast() }
    return text.last == "." ? String(text.dropLast()) : text
  }
}
