import ArgumentParser

struct LabelsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two saved label sets of one dataset.",
    discussion: """
      How far they lie apart is the variation of information (Meilă 2003) on the fine classes that both hold, each weighing the \
      same: the bits that one tells of a fine class and the other does not, and the reverse.
      """)

  @Argument(help: "A label set's name.")
  var a: String
  @Argument(help: "Another label set's name.")
  var b: String
  @Flag(help: "For each class in only one of them, list the classes of the other that contain its members.")
  var tree = false
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = global.labelSets
    let report = try LabelSetComparison(store.load(a), store.load(b), withBranches: tree)
    if json { return try Output.json(report) }
    report.show()
  }
}
