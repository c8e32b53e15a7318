import ArgumentParser

struct LabelsCopyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Copy a saved label set, with its tags, to a new name.")

  @Argument(help: "The label set's name.")
  var name: String
  @Argument(help: "The copy's name, not yet used.")
  var newName: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.labelSets.duplicate(name, as: newName)
    print("copied \(name) to \(newName)")
  }
}
