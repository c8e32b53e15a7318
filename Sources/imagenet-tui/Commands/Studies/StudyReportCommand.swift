import ArgumentParser
import Basics
import Files
import FoundationEssentials
import Pictures
import Runs
import Studies
import Taxonomy

struct StudyReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Print a study's tables, or draw its figures, with what is known by now.",
    discussion: """
      Figures are of the reports that have a `plot`. SVG and HTML need nothing else; PNG and PDF are drawn by gnuplot (Debian: gnuplot-nox), whose script and \
      data are left beside them. Examples: imagenet-tui study report fig-2 --format latex > table.tex; imagenet-tui study report paper fig-4 --format svg -o fig-4.svg
      """)

  @OptionGroup var options: StudyOptions
  @Argument(help: "Only this report.")
  var report: String?
  @Option(help: "How: text, markdown, csv, latex, json or html; figures: svg, png or pdf.")
  var format = StudyDocument.Format.text
  @Option(help: "Of SVG and HTML: light, dark, or auto, as the reader's screen is.")
  var theme = ChartTheme.auto
  @Option(name: .short, help: ArgumentHelp("Write into this file; several figures, and those that gnuplot draws, into this folder.", valueName: "file|folder"))
  var output: String?

  func run() throws {
    var options = options
    if let report { options.only.append(NameList([report])) }
    let (file, plan) = try options.open()
    let standing = try StudyObserver(home: options.home).look(at: plan)
    let document = StudyDocument(plan, standing, program: ImagenetTUI.nameAndVersion, source: file.text)
    if format.isFigure { return try draw(document, file) }
    let text = document.text(format, theme: theme)
    if let output { try AtomicFile.write(text, to: output) } else { Output.data(text) }
  }

  private func draw(_ document: StudyDocument, _ file: StudyFile) throws {
    let figures = document.figures
    guard !figures.isEmpty else {
      throw Problem(
        "no report that is asked for has a figure", at: document.name, advice: "give one a `plot` in \(file.path), as `plot: {x: classes, left: columns}`", kind: .usage)
    }
    guard let output else {
      guard format == .svg else {
        throw Problem("gnuplot's files need a place", at: "--format \(format.rawValue)", expected: "a folder, or the picture's file, with -o", kind: .usage)
      }
      try checkSingle(figures, at: document.name)
      return Output.data(figures[0].svg(theme))
    }
    let isFile = output.lowercased().hasSuffix(".\(format.suffix)")
    if isFile { try checkSingle(figures, at: output) }
    for figure in figures {
      let path = isFile ? output : "\(output)/\(figure.fileName).\(format.suffix)"
      for path in try PictureOutput.write(figure.charts, theme, to: path) { RunProgressLine.note("wrote \(path)") }
    }
  }

  private func checkSingle(_ figures: [StudyFigure], at place: String) throws(Problem) {
    guard figures.count > 1 else { return }
    throw Problem("the study has several figures", at: place, expected: "a folder for them with -o, or one report", found: firstFew(figures.map(\.report), 8), kind: .usage)
  }
}

extension StudyDocument.Format: ExpressibleByArgument {}

struct StudyStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where each cell of a study stands.",
    discussion: "✓ done, ▶ running, … queued, · open, ✗ failed, ∞ diverged, ? lost, ■ stopped, ⊘ blocked by a failed parent, – no data.")

  @OptionGroup var options: StudyOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let (_, plan) = try options.open()
    let observer = StudyObserver(home: options.home)
    let standing = try observer.look(at: plan)
    if json { return try Output.json(StudyPlanJSON(plan, standing, StudyEstimate(plan, standing, speeds: observer.speeds))) }
    for grid in plan.grids {
      Output.table(
        [printable(grid.report.name)] + grid.columns.map { printable($0.heading) },
        zip(grid.rows, grid.cells).map { row, cells in
          [printable(row.net)] + cells.map { cell in
            cell.obstacle != nil ? "–" : cell.works.map { $0.repeats.map { standing.works[$0].state.glyph }.joined() }.joined(separator: " ")
          }
        })
      print()
    }
    for (index, work) in standing.works.enumerated() {
      guard case .failed(let reason) = work.state else { continue }
      print("✗ \(printable(plan.works[index].title)): \(printable(reason))")
    }
    print("\(standing.count { $0 == .done }) of \(standing.works.count) done")
  }
}

struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the studies of the home.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = StudyEntry.all(in: global.location)
    if json { return try Output.json(entries) }
    if entries.isEmpty { return print("no studies yet; `imagenet-tui study new --from fig-2 --dataset NAME` makes one") }
    Output.table(
      ["study", "dataset", " nets", " tests", " reports", "title"],
      entries.map { [printable($0.id), printable($0.dataset), "\($0.nets)", "\($0.tests)", "\($0.reports)", printable($0.problem ?? $0.title)] })
  }
}

struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a study's file.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The study: its name, or the path of its file.")
  var study: String

  func run() throws {
    let file = try StudyFile(study, home: global.location)
    Output.data(String(decoding: FileManager.default.contents(atPath: file.path) ?? Data(), as: UTF8.self))
  }
}
