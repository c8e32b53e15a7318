import ArgumentParser
import Basics
import Runs
import Training

struct RunsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export training curves as a table: one row per step, one column per metric.",
    discussion: """
      Times are seconds since 1970. In JSON lines a number that is not finite is a text: "nan", "inf".
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The runs: their directories, their names, or the beginning of either.")
  var runs: [String]
  @Option(help: "csv, or jsonl: one JSON object per line.")
  var format = CurveExport.Format.csv
  @Option(
    help: ArgumentHelp(
      "A TensorBoard tag (val/top1), a metric (top1), or a prefix of tags (norm/); can be repeated. (default: all but norm/)",
      valueName: "tag"))
  var metric: [String] = []
  @Option(name: .shortAndLong, help: "The file to write. (default: standard output)")
  var output: String?

  func run() throws {
    let reader = RunsReader(home: global.location)
    var found: [(id: String, curves: RunCurves)] = []
    for text in runs {
      let run = try reader.find(text)
      let id = run.id
      if run.state == .newer, let problem = run.problem { RunProgressLine.note("\(id): \(problem)") }
      found.append((id, try reader.wholeCurves(of: id)))
      for remark in found.last!.curves.remarks { RunProgressLine.note("\(id): \(remark)") }
    }
    let rows = try CurveExport(format, tags: try Self.tags(metric, of: found.map(\.curves))).write(found, to: output)
    if let output { print(printable("wrote \(output): \(counted(rows, "row"))")) }
  }

  /// The wanted tags that any of the runs has; of none, all metrics.
  static func tags(_ metric: [String], of curves: [RunCurves]) throws -> [String] {
    func all(_ tags: (RunCurves) -> [String]) -> [String] {
      var known = Set<String>()
      return curves.flatMap(tags).filter { known.insert($0).inserted }
    }
    guard !metric.isEmpty else { return all(\.metricTags) }
    let there = all(\.tags)
    var known = Set<String>()
    return try metric.flatMap { wanted in
      let tag = there.contains(wanted) ? wanted : "val/" + (TaskMetric.known.first { $0.name == wanted }?.snakeName ?? wanted)
      let fitting = there.contains(tag) ? [tag] : there.filter { wanted.hasSuffix("/") && $0.hasPrefix(wanted) }
      guard !fitting.isEmpty else {
        throw Problem("the runs have no such metric", at: wanted, expected: "one of \(there.joined(separator: ", "))", kind: .usage)
      }
      return fitting.filter { known.insert($0).inserted }
    }
  }
}

extension CurveExport.Format: ExpressibleByArgument {}

extension RunsReader {
  /// All curves of a run; of long ones it shows on a terminal how far it is.
  func wholeCurves(of id: String) throws -> RunCurves {
    let piece = 64 << 20
    var curves = try checkedCurves(of: id, atMost: piece)
    let total = curves.unreadBytes
    while curves.unreadBytes > 0 {
      RunProgressLine.show(work: "reading \(id), MB", (total - curves.unreadBytes) >> 20, of: total >> 20)
      curves = try checkedCurves(of: id, atMost: piece)
    }
    if total > 0 { RunProgressLine.end() }
    return curves
  }
}
