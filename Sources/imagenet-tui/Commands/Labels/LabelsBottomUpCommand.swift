import ArgumentParser
import Basics
import Taxonomy

struct LabelsBottomUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bottom-up", abstract: "Cut every hypernym chain at one depth.")

  @Option(help: ArgumentHelp("The number of classes; it must be one that a cut gives.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("The depth of the cut; the root is at 0.", valueName: "d"))
  var depth: Int?
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard (classes == nil) != (depth == nil) else { throw ValidationError("Give either --classes or --depth.") }
  }

  func run() throws {
    try making.run("bottom-up") { partition throws(Problem) in
      if let depth { return [.bottomUp(depth: depth)] }
      return [.bottomUp(depth: try partition.bottomUpDepth(classes: classes!))]
    }
  }
}
