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
    let standing = try StudyObserver(home: options.home).look(at: plan, withJobs: true)
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
