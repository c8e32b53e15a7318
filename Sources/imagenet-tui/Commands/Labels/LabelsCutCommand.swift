import ArgumentParser
import Basics

struct LabelsCutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut", abstract: "Collapse nodes of the tree by hand, or merge fine classes from anywhere in it.",
    discussion: "Everything below a collapsed node becomes one class; so do the fine classes of each --merge.")

  @Option(help: ArgumentHelp("The nodes to collapse.", valueName: "wnid,…"))
  var collapse: [WnidList] = []
  @Option(help: ArgumentHelp("Fine classes that become one class; can be repeated.", valueName: "wnid,…"))
  var merge: [WnidList] = []
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard collapse.isEmpty != merge.isEmpty else { throw ValidationError("give either --collapse or --merge") }
  }

  func run() throws {
    try making.run("cut") { _ throws(Problem) in
      [merge.isEmpty ? .cut(collapsed: collapse.flatMap(\.wnids)) : .merge(groups: merge.map(\.wnids))]
    }
  }
}
