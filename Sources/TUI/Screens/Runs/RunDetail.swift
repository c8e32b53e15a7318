import Engine
import Taxonomy

/// One run in full.
package struct RunDetail: Equatable, Sendable {
  package let id: String
  package var configuration: RunConfiguration?

  package init(id: String, configuration: RunConfiguration? = nil) {
    self.id = id
    self.configuration = configuration
  }
}

/// How one run looks in full: what was asked for, how far it is, all its curves, its log.
struct RunDetailView {
  let run: RunSummary
  let configuration: RunConfiguration?
  let plot: RunPlot
  let mark: SeriesMark
  let options: ChartOptions
  let log: [String]

  func draw(on canvas: inout Canvas, in rect: Rect) {
    var rest = rect
    drawTitle(on: &canvas, in: rest.takeTop(1))
    if let problem = run.problem {
      for line in wrap(printable(problem), rest.columns - 3).prefix(3) {
        canvas.put(line, in: rest.takeTop(1).inset(columns: 1), style: Style(.bad))
      }
    }
    for warning in run.progress.warnings {
      for line in wrap(printable(warning), rest.columns - 3).prefix(2) {
        canvas.put(line, in: rest.takeTop(1).inset(columns: 1), style: Style(.near))
      }
    }
    let logArea = rest.takeBottom(max(3, rest.rows / 5))
    drawLog(log, on: &canvas, in: logArea)
    if rest.columns >= 70 {
      let facts = rest.takeLeft(min(44, rest.columns * 2 / 5))
      drawFacts(on: &canvas, in: facts.inset(columns: 1))
    } else if rest.rows >= 16 {
      drawFacts(on: &canvas, in: rest.takeTop(6).inset(columns: 1))
    }
    drawCharts(on: &canvas, in: rest)
  }

  private func drawTitle(on canvas: inout Canvas, in rect: Rect) {
    var column = canvas.put(
      "‹ \(mark.glyph(canvas.look.glyphs)) ", row: rect.row, column: rect.column + 1, style: Style(mark.color, .bold))
    column = canvas.put(printable(run.name), row: rect.row, column: column, style: .bold, width: rect.columns / 2) + 2
    let state = RunsTable.state(run)
    column = canvas.put(state.text, row: rect.row, column: column, style: state.style) + 2
    var parts = ["step \(NumberText.grouped(run.progress.step))"]
    if run.progress.steps > 0 { parts[0] += " of \(NumberText.grouped(run.progress.steps))" }
    if run.state == .running { parts += ["\(RunsTable.speed(run)) images/s", "\(RunsTable.left(run)) left"] }
    var rest = rect
    rest.column = column
    rest.columns = rect.endColumn - column - 1
    canvas.put(parts.joined(separator: "   "), in: rest, style: .muted, align: .right)
  }

  private func drawFacts(on canvas: inout Canvas, in rect: Rect) {
    var rest = rect
    let labelWidth = 11
    for (label, text) in facts where rest.rows > 0 {
      var row = rest.takeTop(1)
      canvas.put(label, in: row.takeLeft(labelWidth), style: .muted)
      row.columns -= 1
      let lines = wrap(text, max(1, row.columns))
      canvas.put(lines.first ?? "", in: row)
      for line in lines.dropFirst() {
        var more = rest.takeTop(1)
        _ = more.takeLeft(labelWidth)
        canvas.put(line, in: more)
      }
    }
  }

  private var facts: [(String, String)] {
    var facts = [
      ("label set", "\(printable(run.labelSet)), \(NumberText.grouped(run.classes)) classes"),
      ("dataset", printable(run.dataset)),
      ("net", printable(run.network)),
    ]
    if let best = run.progress.best {
      let shares = [("top-1", best.top1), ("top-5", best.top5), ("class mean", best.meanClass)]
        .map { "\($0) \(NumberText.fixed($1, 3))" }.joined(separator: ", ")
      facts.append(("best", "\(shares), after epoch \(NumberText.compact(best.epoch).trimmingZeros)"))
    }
    facts += [
      (
        "epochs",
        "\(NumberText.compact(run.progress.epoch).trimmingZeros) of \(run.epochs), batches of \(run.batchSize)"
      ),
      ("seed", String(run.seed)),
    ]
    if let training = configuration?.training {
      let solver = training.solver
      facts += [
        ("rate", "\(NumberText.compact(Double(solver.rate)).trimmingZeros), \(Self.words(solver.schedule))"),
        (
          "solver",
          "momentum \(NumberText.compact(Double(solver.momentum)).trimmingZeros), "
            + "decay \(NumberText.compact(Double(solver.decay)).trimmingZeros)"
        ),
      ]
    }
    if run.progress.skippedImages > 0 {
      facts.append(("skipped", "\(NumberText.grouped(run.progress.skippedImages)) images that cannot be decoded"))
    }
    facts.append(("host", printable(run.host)))
    facts += plot.remarks.map { ("remark", printable($0)) }
    facts.append(("in", printable(run.path)))
    if let command = configuration?.command, !command.isEmpty {
      facts.append(("same as", printable(command.joined(separator: " "))))
    }
    return facts
  }

  private static func words(_ schedule: TrainingConfiguration.Schedule) -> String {
    switch schedule {
    case .constant: "constant"
    case .step(let every, let factor):
      "× \(NumberText.compact(Double(factor)).trimmingZeros) every \(NumberText.grouped(every)) steps"
    case .polynomial(let power): "polynomial, power \(NumberText.compact(Double(power)).trimmingZeros)"
    case .cosine: "cosine"
    }
  }

  private func drawCharts(on canvas: inout Canvas, in rect: Rect) {
    let charts = [lossChart, accuracyChart, speedChart]
    let count = max(1, min(charts.count, rect.rows / 7))
    var rest = rect
    for index in 0..<count {
      charts[index].draw(on: &canvas, in: rest.takeTop(rest.rows / (count - index)))
    }
  }

  private var plannedSteps: Int? { run.progress.steps > 0 ? run.progress.steps : nil }

  private var lossChart: Chart {
    let charts = RunCharts(shown: [], options: options)
    return Chart(
      title: "loss", note: ["● training ◆ validation", options.note].filter { !$0.isEmpty }.joined(separator: "  "),
      series: [charts.smoothed(plot.loss, SeriesMark(0)), Chart.Series(plot.validationLoss, mark: SeriesMark(1))],
      scale: options.isLogarithmic ? .logarithmic : .linear, lastStep: run.progress.step, plannedSteps: plannedSteps,
      emptyText: "no step finished yet")
  }

  private var accuracyChart: Chart {
    Chart(
      title: "accuracy on validation", note: "● top-1 ◆ top-5 ▲ class mean",
      series: [plot.top1, plot.top5, plot.meanClass].enumerated().map { Chart.Series($1, mark: SeriesMark($0)) },
      lastStep: run.progress.step, plannedSteps: plannedSteps, within: 0...1, emptyText: "after the first epoch")
  }

  private var speedChart: Chart {
    Chart(
      title: "images a second", series: [Chart.Series(plot.imagesPerSecond, mark: SeriesMark(0))],
      lastStep: run.progress.step, plannedSteps: plannedSteps, holds: 0...0, emptyText: "no step finished yet")
  }
}

/// The last lines of a log that fit, under a title.
func drawLog(_ log: [String], on canvas: inout Canvas, in rect: Rect) {
  guard rect.rows >= 2 else { return }
  var rest = rect
  let title = rest.takeTop(1)
  canvas.horizontalRule(title)
  canvas.put(" log ", row: title.row, column: title.column + 1, style: .bold)
  if log.isEmpty { canvas.put("nothing yet", in: rest.inset(columns: 1), style: .muted) }
  for (index, line) in log.suffix(rest.rows).enumerated() {
    canvas.put(line, in: rest.line(index).inset(columns: 1), style: .muted)
  }
}
