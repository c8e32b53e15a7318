import Basics
import Files
import Pictures
import Runs

/// A study's reports as documents: text, Markdown, LaTeX, CSV, JSON and a page, and as figures. The same runs give the same bytes.
public struct StudyDocument: Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case text, markdown, csv, latex, json, html, svg, png, pdf

    /// Whether each report with a plot is a file.
    public var isFigure: Bool { [.svg, .png, .pdf].contains(self) }

    public var suffix: String {
      switch self {
      case .text: "txt"
      case .markdown: "md"
      case .csv: "csv"
      case .latex: "tex"
      case .json: "json"
      case .html, .svg, .png, .pdf: rawValue
      }
    }
  }

  public let name: String
  public let title: String
  public let tables: [StudyTable]
  public let notes: [String]
  /// Of the reports that have a plot.
  public let figures: [StudyFigure]
  /// The study as a file.
  let source: String

  /// - Parameters:
  ///   - program: the program's name and version, which is said.
  ///   - source: the text of the study's file; nil: what says the same.
  public init(_ plan: StudyPlan, _ standing: StudyStanding, program: String, source: String? = nil) {
    name = plan.name
    title = plan.study.title
    let tables = plan.grids.map { StudyTable($0, plan: plan, standing: standing) }
    self.tables = tables
    figures = StudyFigure.all(tables, plan, standing)
    self.source = source ?? plan.study.yaml
    notes = Self.notes(plan, standing, program: program)
  }

  private static func notes(_ plan: StudyPlan, _ standing: StudyStanding, program: String) -> [String] {
    var notes = ["accuracies in percent, each of the last validation; ± sample standard deviation (n): over seeds of the net where there are several, else over repeats"]
    for test in plan.study.tests where plan.works.contains(where: { $0.test == test.name }) {
      if let reading = test.reading { notes.append("\(test.name): \(reading)") }
    }
    notes.append("data: " + plan.datasets.map { "\($0.name) \($0.fingerprint.prefix(8))" }.joined(separator: ", "))
    let runs = standing.works.filter { $0.state == .done }.compactMap(\.run).map(\.id).sorted()
    if let first = runs.first, let last = runs.last { notes.append("runs: \(Set(runs).count), from \(first) to \(last)") }
    if standing.works.contains(where: { $0.olderNumerics != nil }) {
      notes.append("† computed by an earlier version of the program's numerics (now \(Numerics.version)); †n: so many of the numbers. `study run --renew` computes them again")
    }
    notes.append("made with \(program)" + (Numerics.version > 1 ? ", numerics \(Numerics.version)" : ""))
    for (work, planned) in zip(standing.works, plan.works) where !work.conflict.isEmpty {
      notes.append("ERROR: \(planned.title): runs of the same key have other numbers: \(([work.run?.id].compactMap { $0 } + work.conflict).joined(separator: ", "))")
    }
    return notes
  }

  /// - Parameter theme: of figures and of the page. Figures that gnuplot draws are scripts here.
  public func text(_ format: Format, theme: ChartTheme = .auto) -> String {
    switch format {
    case .text: (title.isEmpty ? "" : title + "\n\n") + tables.map { $0.plain + "\n" }.joined() + notes.map { $0 + "\n" }.joined()
    case .markdown: (title.isEmpty ? "" : "# \(title)\n\n") + tables.map { "## \($0.report.name)\n\n\($0.markdown)\n" }.joined() + notes.map { "- \($0)\n" }.joined()
    case .latex: tables.map { "% \(name): \($0.report.name)\n\($0.latex)" }.joined(separator: "\n")
    case .csv: csv
    case .json: json
    case .html: StudyPage(document: self, theme: theme).html
    case .svg: figures.map { $0.svg(theme) }.joined()
    case .png: figures.map { GnuplotFigure($0.charts, name: $0.fileName, format: .png).script }.joined()
    case .pdf: figures.map { GnuplotFigure($0.charts, name: $0.fileName, format: .pdf).script }.joined()
    }
  }

  // MARK: For programs

  /// A line for each repeat.
  private var csv: String {
    var lines = [["report", "row", "column", "metric", "seed", "repeat", "value", "run", "key", "state", "paper"]]
    for table in tables {
      for (row, cells) in zip(table.rows, table.cells) {
        for (column, cell) in zip(table.columns, cells) {
          for value in cell.values {
            lines.append([
              table.report.name, row.net, column.heading, column.metric.name, "\(value.seed)", "\(value.repeated)", value.value.map { "\($0)" } ?? "",
              value.run ?? "", value.key, value.state, cell.paper.map { "\($0.value)" } ?? "",
            ])
          }
          if cell.values.isEmpty {
            lines.append([table.report.name, row.net, column.heading, column.metric.name, "", "", "", "", "", "no data", cell.paper.map { "\($0.value)" } ?? ""])
          }
        }
      }
    }
    return lines.map { CSV.line($0) }.joined()
  }

  private struct JSONReport: Encodable {
    struct Cell: Encodable {
      var column, metric: String
      var mean, deviation: Double?
      var n, wanted: Int
      var paper: StudyReport.Published?
      var obstacle: String?
      var values: [StudyTable.Value]
    }
    struct Row: Encodable {
      var net: String
      var classes, images: Int?
      var cells: [Cell]
    }
    var report: String
    var rows: [Row]
  }

  private var json: String {
    struct Whole: Encodable {
      var study, title: String
      var reports: [JSONReport]
      var notes: [String]
    }
    let reports = tables.map { table in
      JSONReport(
        report: table.report.name,
        rows: zip(table.rows, table.cells).map { row, cells in
          .init(
            net: row.net, classes: row.classes, images: row.images,
            cells: zip(table.columns, cells).map { column, cell in
              .init(
                column: column.heading, metric: column.metric.name, mean: cell.estimate?.mean, deviation: cell.estimate?.deviation, n: cell.estimate?.n ?? 0,
                wanted: cell.wanted, paper: cell.paper, obstacle: cell.obstacle, values: cell.values)
            })
        })
    }
    return RunJSON.text(Whole(study: name, title: title, reports: reports, notes: notes))
  }
}

extension StudyTest {
  /// Which of several readings of a protocol it follows.
  var reading: String? {
    switch kind {
    case .own, .unknownTask: nil
    case .tune(let tuning):
      switch tuning.task {
      case "sun-cls": "SUN-397, partition 1 of the official ones unless the dataset says otherwise; all layers tuned, 50,000 iterations of 256, rate .001, a tenth of it every 20,000 unless the study says otherwise; accuracy macro-averaged"
      default: "\(tuning.settings.values["tune"]?.first ?? "all") tuned from the last checkpoint of the net"
      }
    case .measure(let measure):
      switch measure.kind {
      case .induction: "\(measure.space ?? "the layer before the classifier") after its ReLU, \(measure.metric ?? "l2"); gallery: training images of the classes that the net does not have as its own"
      case .coarseFine: "mean over coarse classes of \(measure.members ?? 5) members or more"
      case .knn: "\(measure.k ?? 20) neighbours, \(measure.metric ?? "l2"), \(measure.space ?? "the layer before the classifier")"
      case .linear: "softmax regression on \(measure.space ?? "the layer before the classifier"), L2 \(measure.l2.map { "\($0)" } ?? "0.001")"
      case .accuracy: "of the net's own classifier on the validation images"
      case .neighbours: "\(measure.k ?? 10) nearest training images of each validation image, \(measure.metric ?? "l2")"
      }
    }
  }
}

// MARK: Tables

extension StudyTable {
  /// The cells of each column as text: number, paper, difference; a part is there where any row has it.
  var strings: (header: [[String]], rows: [[[String]]]) {
    let hasClasses = rows.contains { $0.classes != nil }, hasImages = report.plot?.x == .images
    var header: [[String]] = [["net"]]
    if hasClasses { header.append(["classes"]) }
    if hasImages { header.append(["images"]) }
    var lines = zip(rows, cells).map { row, _ -> [[String]] in
      [[row.net]] + (hasClasses ? [[row.classes.map { grouped($0) } ?? "–"]] : []) + (hasImages ? [[row.images.map { grouped($0) } ?? "–"]] : [])
    }
    for (place, column) in columns.enumerated() {
      let hasPaper = cells.contains { $0[place].paper != nil }
      header.append(["\(column.heading)"] + (hasPaper ? ["paper", "diff"] : []))
      for row in lines.indices {
        let cell = cells[row][place]
        lines[row].append([cell.text] + (hasPaper ? [cell.paperText ?? "", cell.differenceText ?? ""] : []))
      }
    }
    return (header, lines)
  }

  /// What each column measures.
  var legend: String { columns.map { "\($0.heading): \($0.metric.heading)" }.joined(separator: "; ") }

  /// For a terminal.
  var plain: String {
    let (header, lines) = strings
    let flat = [header.flatMap { $0 }] + lines.map { $0.flatMap { $0 } }
    let widths = flat[0].indices.map { column in flat.map { $0[column].count }.max() ?? 0 }
    func line(_ fields: [String]) -> String {
      let padded = fields.enumerated().map { column, field in
        let blanks = String(repeating: " ", count: widths[column] - field.count)
        return column == 0 ? field + blanks : blanks + field
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    return ([report.name] + flat.map(line)).map { $0 + "\n" }.joined() + "\n" + "columns: \(legend)\n"
  }

  var markdown: String {
    let (header, lines) = strings
    func line(_ fields: [String]) -> String { "| " + fields.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n" }
    let names = header.flatMap { $0 }
    return line(names) + "|" + names.indices.map { $0 == 0 ? "---|" : "---:|" }.joined() + "\n" + lines.map { line($0.flatMap { $0 }) }.joined()
      + "\n\(legend)\n"
  }

  /// A bare `tabular`.
  var latex: String {
    let (header, lines) = strings
    func escaped(_ text: String) -> String {
      var result = ""
      for character in text {
        switch character {
        case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
        case "~": result += "\\textasciitilde{}"
        case "^": result += "\\textasciicircum{}"
        case "\\": result += "\\textbackslash{}"
        case "±": result += "$\\pm$"
        case "−": result += "$-$"
        case "–": result += "--"
        case "·", "✗", "✓", "▶", "‖", "…", "∞", "■", "⊘", "?": result += character == "·" ? "$\\cdot$" : character == "✗" ? "$\\times$" : "--"
        default: result.append(character)
        }
      }
      return result
    }
    func line(_ fields: [String]) -> String { fields.map(escaped).joined(separator: " & ") + " \\\\\n" }
    let names = header.flatMap { $0 }
    return "\\begin{tabular}{l\(String(repeating: "r", count: names.count - 1))}\n\\hline\n" + line(names) + "\\hline\n" + lines.map { line($0.flatMap { $0 }) }.joined()
      + "\\hline\n\\end{tabular}\n"
  }
}
