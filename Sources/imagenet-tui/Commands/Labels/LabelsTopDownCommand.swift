import ArgumentParser
import Basics

struct LabelsTopDownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top-down", abstract: "Replace classes by their hypernyms round by round, by the topmost where they nest.")

  @Option(help: ArgumentHelp("The number of classes; it must be one that a cut gives.", valueName: "n"))
  var classes: Int?
  @Option(help: ArgumentHelp("The number of rounds.", valueName: "r"))
  var rounds: Int?
  @OptionGroup var making: LabelSetMaking

  func validate() throws {
    guard (classes == nil) != (rounds == nil) else { throw ValidationError("Give either --classes or --rounds.") }
  }

  func run() throws {
    try making.run("top-down") { partition throws(Problem) in
      if let rounds { return [.topDown(rounds: rounds)] }
      return [.topDown(rounds: try partition.topDownRounds(classes: classes!))]
    }
  }
}
