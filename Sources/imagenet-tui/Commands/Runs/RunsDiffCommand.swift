import ArgumentParser
import Basics
import Runs

struct RunsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare the settings and results of two runs, listing only what differs.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "A run: its directory, its name, or the beginning of either.")
  var a: String
  @Argument(help: "Another run.")
  var b: String
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reader = RunsReader(home: global.location)
    func side(_ text: String) throws -> RunDifference.Side {
      let summary = try reader.find(text)
      return .init(
        try reader.directory(of: summary.id).configuration(), summary, try? reader.curves(of: summary.id) { $0.seconds })
    }
    let difference = RunDifference(try side(a), try side(b))
    if json { return try Output.json(difference) }
    func rows(_ lines: [RunDifference.Line]) -> [[String]] {
      lines.map { [$0.field, $0.a, $0.b, $0.option ?? ""].map(printable) }
    }
    let header = ["", difference.a, difference.b, ""].map(printable)
    let same = difference.configuration.isEmpty ? [["nothing differs", "", "", ""]] : []
    Output.table(header, rows(difference.configuration) + same + [["", "", "", ""]] + rows(difference.results))
  }
}
