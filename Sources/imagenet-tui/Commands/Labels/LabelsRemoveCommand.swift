import ArgumentParser
import Basics

struct LabelsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove a saved label set; it can be restored, and runs keep their own copy.")

  @Argument(help: "The label set's name.")
  var name: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.labelSets.remove(name)
    print("removed \(name); restore it with: \(ShellCommand("labels", "restore", name).text())")
  }
}
