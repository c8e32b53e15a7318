import Analysis
import ArgumentParser
import Basics
import Files
import Runs
import Taxonomy

struct RunsResultsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Show results as mean ± sample standard deviation over runs that differ only in their seed.",
    discussion: "Uses the last validation of each finished run. Values are percentages, except for the loss.")

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
    if csv { return Output.data(table(rows)) }
    let settings = rows.contains { !$0.settings.isEmpty }
    Output.table(
      ["runs"] + (settings ? ["with"] : []) + [" n", " top-1", " top-5", " mean class", " loss", " best top-1", "seeds"],
      rows.map { row in
        let numbers = [
          text(row.top1, 100, 2), text(row.top5, 100, 2), text(row.meanClass, 100, 2), text(row.loss, 1, 4),
          text(row.bestTop1, 100, 2),
        ]
        return ([row.name] + (settings ? [row.settings.joined(separator: ", ")] : []) + ["\(row.runs.count)"] + numbers
          + [row.seeds.map(String.init).joined(separator: " ")]).map(printable)
      })
    let others = chosen.count - used.count
    if others > 0 { print("\(counted(others, "unfinished run", "is")) not included; --unfinished includes all") }
  }

  private func text(_ estimate: RunStatistics.Estimate?, _ scale: Double, _ places: Int) -> String {
    guard let estimate else { return "-" }
    let deviation = estimate.deviation.map { " ± \(decimals(scale * $0, places))" } ?? ""
    return decimals(scale * estimate.mean, places) + deviation
  }

  private func table(_ rows: [RunStatistics]) -> String {
    func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
    func numbers(_ estimate: RunStatistics.Estimate?) -> [String] {
      [estimate.map { "\($0.mean)" } ?? "", estimate?.deviation.map { "\($0)" } ?? ""]
    }
    let columns = ["top1", "top5", "mean_class", "loss", "best_top1"].flatMap { [$0, $0 + "_sd"] }
    let lines = rows.map { row in
      [quoted(row.name), quoted(row.settings.joined(separator: "; ")), "\(row.runs.count)"]
        + [row.top1, row.top5, row.meanClass, row.loss, row.bestTop1].flatMap(numbers)
        + [quoted(row.seeds.map(String.init).joined(separator: " "))]
    }
    return ([["runs", "with", "n"] + columns + ["seeds"]] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }
}

extension RunStatistics.Key: ExpressibleByArgument {}
