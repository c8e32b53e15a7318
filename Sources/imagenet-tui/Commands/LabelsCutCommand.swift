import ArgumentParser
import Taxonomy

struct LabelsCutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut", abstract: "Collapse nodes of the tree by hand: everything below each becomes one class.")

  @Option(help: ArgumentHelp("The nodes to collapse.", valueName: "wnid,…"))
  var collapse: [WnidList]
  @OptionGroup var making: LabelSetMaking

  func run() throws {
    try making.run("cut") { _ throws(Problem) in [.cut(collapsed: collapse.flatMap(\.wnids))] }
  }
}
