import ArgumentParser
import Basics
import Studies

struct StudyStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where each cell of a study stands.",
    discussion: "✓ done, ▶ running, … queued or submitted, · open, ✗ failed, ∞ diverged, ? lost, ■ stopped, ⊘ blocked by a failed parent, – no data.")

  @OptionGroup var options: StudyOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let (_, plan) = try options.open()
    let observer = StudyObserver(home: options.home)
    let standing = try observer.look(at: plan, withJobs: true)
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
    let submitted = standing.count { $0 == .submitted }
    print("\(standing.count { $0 == .done }) of \(standing.works.count) done" + (submitted > 0 ? ", \(submitted) submitted" : ""))
  }
}
