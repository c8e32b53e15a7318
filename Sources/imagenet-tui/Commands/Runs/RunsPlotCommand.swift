import Analysis
import ArgumentParser
import Basics
import Pictures
import Runs
import Taxonomy

struct RunsPlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw training curves as a figure; of runs that repeat each other their mean ± standard deviation.",
    discussion: """
      Each metric is a chart, one below the other. SVG needs no other program; FILE.png and FILE.pdf are drawn by gnuplot (Debian: gnuplot-nox), whose script \
      and data are left beside them. Example: imagenet-tui runs plot fine coarse --metric val/top1 --mean -o curves.svg
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The runs: their directories, their names, or the beginning of either.")
  var runs: [String] = []
  @Option(help: ArgumentHelp("The runs of this group too; can be repeated.", valueName: "name"))
  var group: [String] = []
  @Option(
    help: ArgumentHelp("A TensorBoard tag (val/top1), or a prefix of tags (norm/); can be repeated. (default: train/loss and val/top1)", valueName: "tag"))
  var metric: [String] = []
  @Option(name: .customLong("x"), help: "What curves are drawn over: steps, epochs, images or hours.")
  var axis = CurveChart.Axis.steps
  @Flag(help: "One curve for all runs that differ only in their seed: their mean, and ± sample standard deviation as a band.")
  var mean = false
  @Option(help: "As --mean, of the runs that have this in common: configuration, group, label-set, net or dataset.")
  var by: RunStatistics.Key?
  @Option(help: "The weight of the past in a moving average, from 0 (none) to below 1.")
  var smooth = 0.0
  @Flag(help: "A logarithmic axis for the values.")
  var log = false
  @Option(help: "Of SVG: light, dark, or auto, as the reader's screen is.")
  var theme = ChartTheme.auto
  @Option(name: .shortAndLong, help: "The file to write: .svg, .png or .pdf. (default: SVG on standard output)")
  var output: String?

  func validate() throws {
    guard !runs.isEmpty || !group.isEmpty else { throw ValidationError("give a run, or --group") }
    guard smooth >= 0, smooth < 1 else { throw ValidationError("--smooth takes a number from 0 to below 1") }
  }

  func run() throws {
    let drawings = try charts()
    guard let output else { return Output.data(drawings.svg(theme)) }
    for path in try PictureOutput.write(drawings, theme, to: output) { RunProgressLine.note("wrote \(path)") }
  }

  private func charts() throws -> [ChartDrawing] {
    let reader = RunsReader(home: global.location)
    var known = Set<String>()
    var chosen = try runs.map { try reader.find($0) }
    if !group.isEmpty {
      let all = reader.refresh()
      for name in group {
        let members = all.filter { $0.group == name }
        guard !members.isEmpty else {
          let groups = Set(all.compactMap(\.group)).sorted()
          throw Problem("no run is in this group", at: name, expected: groups.isEmpty ? nil : "one of \(firstFew(groups, 8))", kind: .notFound)
        }
        chosen += members.reversed()
      }
    }
    chosen = chosen.filter { known.insert($0.id).inserted }
    var curves: [String: RunCurves] = [:]
    for run in chosen {
      if run.state == .newer, let problem = run.problem { RunProgressLine.note("\(run.id): \(problem)") }
      let found = try reader.wholeCurves(of: run.id)
      for remark in found.remarks { RunProgressLine.note("\(run.id): \(remark)") }
      curves[run.id] = found
    }
    let tags = try metric.isEmpty ? standard(Array(curves.values)) : RunsExportCommand.tags(metric, of: chosen.map { curves[$0.id]! })
    let entries = try entries(chosen, reader).map { name, runs in CurveChart.Entry(name, runs.map { ($0, curves[$0.id]!) }) }
    return tags.map { CurveChart($0, over: axis, smoothing: smooth, isLogarithmic: log).chart(entries) }
  }

  private func standard(_ curves: [RunCurves]) throws -> [String] {
    let tags = ["train/loss", "val/top1"].filter { tag in curves.contains { !$0.series(tag: tag).isEmpty } }
    guard !tags.isEmpty else { throw Problem("the runs have recorded nothing yet", at: firstFew(runs + group, 3), kind: .notFound) }
    return tags
  }

  /// The curves of a chart: runs by name, or what repeats each other.
  private func entries(_ chosen: [RunSummary], _ reader: RunsReader) throws -> [(name: String, runs: [RunSummary])] {
    guard mean || by != nil else {
      return chosen.map { run in (chosen.count { $0.name == run.name } > 1 ? run.id : run.name, [run]) }
    }
    let rows = RunStatistics.rows(try chosen.map { (try reader.directory(of: $0.id).configuration(), $0) }, by: by ?? .configuration)
    return rows.map { row in
      let name = ([row.name] + row.settings).joined(separator: ", ").replacing("  ", with: " ")
      return (name, row.runs.compactMap { id in chosen.first { $0.id == id } })
    }
  }
}

extension CurveChart.Axis: ExpressibleByArgument {}
