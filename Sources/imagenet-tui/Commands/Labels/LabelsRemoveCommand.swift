import ArgumentParser
import Basics

struct LabelsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove a saved label set; it can be restored, and runs keep a copy of theirs.")

  @Argument(help: "The label set's name.")
  var name: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.labelSets.remove(name)
    print("removed \(name); take it back with: \(ShellCommand("labels", "restore", name).text())")
  }
}
