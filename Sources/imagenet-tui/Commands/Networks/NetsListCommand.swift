import ArgumentParser
import Networks

struct NetsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the networks.")

  @OptionGroup var global: GlobalOptions
  @Option(help: "Number of target classes (outputs of the last layer).")
  var classes = 1000
  @Flag(help: "Print JSON.")
  var json = false

  private struct Entry: Encodable {
    var name, summary, features: String
    var input: [Int]
    var classes, parameters, multiplyAdds: Int
  }

  func run() throws {
    var entries: [Entry] = []
    for architecture in Architecture.all {
      let table = try NetworkTable(architecture, classes: classes, batch: 1)
      entries.append(
        Entry(
          name: architecture.name, summary: architecture.summary, features: architecture.features, input: table.input,
          classes: classes, parameters: table.parameters, multiplyAdds: table.multiplyAdds))
    }
    if json { return try Output.json(entries) }
    Output.table(
      ["net", "input", "features", " parameters", " multiply-adds", "what it is"],
      entries.map {
        [
          $0.name, NetsShowCommand.shape($0.input), $0.features, Output.grouped($0.parameters),
          NetsShowCommand.millions($0.multiplyAdds), $0.summary,
        ]
      })
  }
}
