import Analysis
import ArgumentParser
import Basics
import Files
import Runs
import Taxonomy
import Training

struct RunsResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Show results as mean ± sample standard deviation over runs that differ only in their seed.",
    discussion: "Uses the last validation of each finished run. Values are percentages, except for losses and metrics that are no shares.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The runs: their directories, their names, or the beginning of either. (default: all)")
  var runs: [String] = []
  @Option(help: ArgumentHelp("Only the runs of this group; can be repeated.", valueName: "name"))
  var group: [String] = []
  @Option(help: "Group runs by configuration, group, label-set, net or dataset.")
  var by = RunStatistics.Key.configuration
  @Flag(help: "Include unfinished runs, at their latest validation.")
  var unfinished = false
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(help: "Print CSV.")
  var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
  }

  func run() throws {
    let reader = RunsReader(home: global.location)
    var known = Set<String>()
    var chosen = try runs.isEmpty ? reader.refresh() : runs.map { try reader.find($0) }
    let groups = Set(chosen.compactMap(\.group)).sorted()
    for name in group where !groups.contains(name) {
      throw Problem(
        "no run is in this group", at: name, expected: groups.isEmpty ? nil : "one of \(firstFew(groups, 8))",
        advice: "add one with \(ShellCommand("runs", "group", "RUN", name).inSentence)", kind: .notFound)
    }
    chosen = chosen.filter { run in
      known.insert(run.id).inserted && run.progress.validation != nil && (group.isEmpty || run.group.map(group.contains) ?? false)
        && (by != .group || run.group != nil)
    }
    let unreadable = chosen.filter { [.damaged, .newer].contains($0.state) }
    for run in unreadable { RunProgressLine.note("ignored \(run.id): \(run.problem ?? "")") }
    chosen.removeAll { [.damaged, .newer].contains($0.state) }
    let used = chosen.filter { unfinished || $0.state == .finished }
    let rows = RunStatistics.rows(
      try used.map { (try reader.directory(of: $0.id).configuration(), $0) }, by: by)
    if json { return try Output.json(rows) }
    let (metrics, headlines) = (Self.union(rows.map(\.metrics), but: TaskMetric.classification), Self.union(rows.map(\.best), but: [.top1]))
    if csv { return Output.data(table(rows, metrics, headlines)) }
    let settings = rows.contains { !$0.settings.isEmpty }
    Output.table(
      ["runs"] + (settings ? ["with"] : []) + [" n"] + metrics.map { " " + $0.heading } + [" loss"] + headlines.map { " best " + $0.heading }
        + ["seeds"],
      rows.map { row in
        let numbers = metrics.map { text(row[$0], $0.form) } + [text(row.loss, .number)] + headlines.map { text(row.best($0), $0.form) }
        return ([row.name] + (settings ? [row.settings.joined(separator: ", ")] : []) + ["\(row.runs.count)"] + numbers
          + [row.seeds.map(String.init).joined(separator: " ")]).map(printable)
      })
    let others = chosen.count - used.count
    if others > 0 { print("\(counted(others, "unfinished run", "is")) not included; --unfinished includes all") }
  }

  /// The metrics that any of the rows has.
  /// - Parameter none: where no row has any.
  private static func union(_ rows: [[RunStatistics.Value]], but none: [TaskMetric]) -> [TaskMetric] {
    let all = rows.joined().map(\.metric).reduce(into: [TaskMetric]()) { if !$0.contains($1) { $0.append($1) } }
    return all.isEmpty ? none : all
  }

  private func text(_ estimate: RunStatistics.Estimate?, _ form: TaskMetric.Form) -> String {
    guard let estimate else { return "-" }
    let (scale, places) = form == .share ? (100.0, 2) : (1, 4)
    let deviation = estimate.deviation.map { " ± \(decimals(scale * $0, places))" } ?? ""
    return decimals(scale * estimate.mean, places) + deviation
  }

  private func table(_ rows: [RunStatistics], _ metrics: [TaskMetric], _ headlines: [TaskMetric]) -> String {
    func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
    func numbers(_ estimate: RunStatistics.Estimate?) -> [String] {
      [estimate.map { "\($0.mean)" } ?? "", estimate?.deviation.map { "\($0)" } ?? ""]
    }
    let columns = (metrics.map(\.snakeName) + ["loss"] + headlines.map { "best_" + $0.snakeName }).flatMap { [$0, $0 + "_sd"] }
    let lines = rows.map { row in
      [quoted(row.name), quoted(row.settings.joined(separator: "; ")), "\(row.runs.count)"]
        + (metrics.map { row[$0] } + [row.loss] + headlines.map { row.best($0) }).flatMap(numbers)
        + [quoted(row.seeds.map(String.init).joined(separator: " "))]
    }
    return ([["runs", "with", "n"] + columns + ["seeds"]] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

extension RunStatistics.Key: ExpressibleByArgument {}
