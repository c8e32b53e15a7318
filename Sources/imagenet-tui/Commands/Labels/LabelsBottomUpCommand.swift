import ArgumentParser
import Basics
import Taxonomy

struct LabelsBottomUpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bottom-up", abstract: "Cut every chain of the tree at one depth.")

  @Option(help: ArgumentHelp("The number of classes; one of those that there are.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("The depth of the cut; the root has 0.", valueName: "d"))
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
