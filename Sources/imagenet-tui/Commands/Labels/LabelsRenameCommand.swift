import ArgumentParser

struct LabelsRenameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rename", abstract: "Rename a saved label set; runs that used it are still found by its classes.")

  @Argument(help: "The label set's name.")
  var name: String
  @Argument(help: "The new name, not yet used.")
  var newName: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.labelSets.rename(name, to: newName)
    print("renamed \(name) to \(newName)")
  }
}
