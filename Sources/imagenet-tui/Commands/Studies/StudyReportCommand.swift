import ArgumentParser
import Basics
import Files
import FoundationEssentials
import Runs
import Studies

struct StudyReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Print a study's tables with what is known by now.",
    discussion: "Example: imagenet-tui study report fig-2 --format latex > table.tex")

  @OptionGroup var options: StudyOptions
  @Option(help: "How: text, markdown, csv, latex or json.")
  var format = StudyDocument.Format.text
  @Option(name: .short, help: ArgumentHelp("Write into this file.", valueName: "file"))
  var output: String?

  func run() throws {
    let (_, plan) = try options.open()
    let standing = try StudyObserver(home: options.home).look(at: plan)
    let text = StudyDocument(plan, standing, program: ImagenetTUI.nameAndVersion).text(format)
    if let output { try AtomicFile.write(text, to: output) } else { Output.data(text) }
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
    if json { return try Output.json(StudyPlanJSON(plan, standing, StudyEstimate(plan, standing, runs: observer.reader.refresh()))) }
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
    struct Entry: Encodable { var name, title, dataset: String; var nets, tests, reports: Int; var problem: String? }
    let entries = StudyFile.names(in: global.location).map { name -> Entry in
      do throws(Problem) {
        let study = try StudyFile(name, home: global.location).study
        return Entry(name: name, title: study.title, dataset: study.dataset, nets: study.nets.count, tests: study.tests.count, reports: study.reports.count)
      } catch {
        return Entry(name: name, title: "", dataset: "", nets: 0, tests: 0, reports: 0, problem: error.description)
      }
    }
    if json { return try Output.json(entries) }
    if entries.isEmpty { return print("no studies yet; `imagenet-tui study new --from fig-2 --dataset NAME` makes one") }
    Output.table(
      ["study", "dataset", " nets", " tests", " reports", "title"],
      entries.map { [printable($0.name), printable($0.dataset), "\($0.nets)", "\($0.tests)", "\($0.reports)", printable($0.problem ?? $0.title)] })
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
