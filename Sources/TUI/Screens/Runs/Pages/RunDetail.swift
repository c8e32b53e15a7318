import Basics
import Kernels
import Runs
import Settings

/// One run in full.
package struct RunDetail: Equatable, Sendable {
  package let id: String
  /// Nil until it was read.
  package var details: RunDetails?

  package init(id: String, details: RunDetails? = nil) {
    self.id = id
    self.details = details
  }
}

/// What is read of a run's directory when it is shown in full.
package struct RunDetails: Equatable, Sendable {
  package var configuration: RunConfiguration?
  /// The steps of its checkpoints, rising, and the best of them.
  package var checkpoints: [Int] = []
  package var best: Int?

  package init(configuration: RunConfiguration? = nil, checkpoints: [Int] = [], best: Int? = nil) {
    self.configuration = configuration
    self.checkpoints = checkpoints
    self.best = best
  }

  init(_ run: RunDirectory) {
    self.init(configuration: try? run.configuration(), checkpoints: run.checkpoints.steps(), best: run.checkpoints.bestValidated())
  }
}

extension RunSummary {
  /// Why it does not go on, and what to do.
  var alarm: String? { problem ?? (state == .lost ? "its worker died; r resumes it bit-for-bit from the last checkpoint" : nil) }
}

/// How one run looks in full: what was asked for, how far it is, all its curves, its log.
struct RunDetailView {
  let run: RunSummary
  let details: RunDetails?
  let remarks: [String]
  let mark: SeriesMark

  /// What somebody should look at: a line each, cut to the screen.
  static func alarms(_ run: RunSummary, columns: Int) -> [Span] {
    let problem = run.alarm.map { wrap(printable($0), columns - 3).prefix(3).map { Span($0, Style(.bad)) } } ?? []
    return problem + run.progress.warnings.flatMap { warning in
      wrap(printable(warning), columns - 3).prefix(2).map { Span($0, Style(.near)) }
    }
  }

  /// Title and facts; charts and log are drawn by the screen.
  func draw(on canvas: inout Canvas, in rect: Rect, facts factsRect: Rect) {
    var rest = rect
    drawTitle(on: &canvas, in: rest.takeTop(1))
    for alarm in Self.alarms(run, columns: rect.columns) {
      canvas.put(alarm.text, in: rest.takeTop(1).inset(columns: 1), style: alarm.style)
    }
    drawFacts(on: &canvas, in: factsRect)
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
    let labelWidth = 12
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
      ("label set", "\(printable(run.labelSet)), \(counted(run.classes, "class"))"),
      ("dataset", printable(run.dataset)),
      ("net", printable(run.network)),
    ]
    if let job = run.job { facts.append(("job", printable("\(job.id): \(job.text)"))) }
    if let best = run.progress.best {
      let metrics = best.metrics.map { "\(printable($0.heading)) \(NumberText.text($1, of: $0))" }.joined(separator: ", ")
      facts.append(("best", "\(metrics), after epoch \(NumberText.compact(best.epoch).trimmingZeros)"))
    }
    facts += [
      (
        "epochs",
        "\(NumberText.compact(run.progress.epoch).trimmingZeros) of \(run.epochs), batch size \(run.batchSize)"
      ),
      ("seed", String(run.seed)),
    ]
    if let training = details?.configuration?.training {
      let solver = training.solver
      facts += [
        ("schedule", "learning rate \(NumberText.compact(Double(solver.learningRate)).trimmingZeros), \(Self.words(solver.schedule))"),
        (
          "solver",
          "momentum \(NumberText.compact(Double(solver.momentum)).trimmingZeros), "
            + "weight decay \(NumberText.compact(Double(solver.weightDecay)).trimmingZeros)"
        ),
      ]
    }
    if let lineage = details?.configuration?.lineage {
      let step = lineage.step.map { ", step \(NumberText.grouped($0))" } ?? ""
      facts.append(("starts from", printable(lineage.from) + step + (lineage.hasNewHead ? ", new classifier" : "")))
    }
    if let details, !details.checkpoints.isEmpty {
      let steps = details.checkpoints.map { NumberText.grouped($0) + ($0 == details.best ? " (best)" : "") }
      facts.append(("checkpoints", "step " + steps.joined(separator: ", ")))
    }
    if run.progress.skippedImages > 0 {
      facts.append(("skipped", "\(counted(run.progress.skippedImages, "image")) that cannot be decoded"))
    }
    if !run.tags.isEmpty { facts.append(("tags", printable(run.tags.joined(separator: " ")))) }
    if let group = run.group { facts.append(("group", printable(group))) }
    if !run.note.isEmpty { facts.append(("note", printable(run.note))) }
    facts.append(("host", printable(run.host)))
    if run.state.isLive, let usage = run.usage {
      facts.append(("memory", "\(usage.memory / 1_000_000) MB, peak \(usage.peak / 1_000_000)"))
      facts.append(("cores busy", NumberText.fixed(usage.cores, 1)))
    }
    facts += remarks.map { ("remark", printable($0)) }
    facts.append(("in", printable(run.path)))
    if let command = details?.configuration?.command, !command.isEmpty {
      facts.append(("same as", ShellCommand.quoted(command)))
    }
    return facts
  }

  private static func words(_ schedule: TrainingConfiguration.Schedule) -> String {
    switch schedule {
    case .constant: "constant"
    case .step(let every, let factor):
      "× \(NumberText.compact(Double(factor)).trimmingZeros) every \(counted(every, "step"))"
    case .polynomial(let power): "polynomial, power \(NumberText.compact(Double(power)).trimmingZeros)"
    case .cosine: "cosine"
    }
  }
}

/// The last lines of a run's log that fit, under a title.
func drawLog(_ log: [String], of run: String?, on canvas: inout Canvas, in rect: Rect) {
  guard rect.rows >= 2 else { return }
  var rest = rect
  let title = rest.takeTop(1)
  canvas.horizontalRule(title)
  let name = run.map { " log of \(printable($0)) " } ?? " log "
  canvas.put(name, row: title.row, column: title.column + 1, style: .bold, width: title.columns - 2)
  if log.isEmpty { canvas.put("nothing yet", in: rest.inset(columns: 1), style: .muted) }
  for (index, line) in log.suffix(rest.rows).enumerated() {
    canvas.put(line, in: rest.line(index).inset(columns: 1), style: .muted)
  }
}
