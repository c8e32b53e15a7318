import ArgumentParser

struct LabelsCopyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Keep a saved label set, with its tags, under a second name.")

  @Argument(help: "The label set's name.")
  var name: String
  @Argument(help: "The copy's name, which nothing has yet.")
  var newName: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.labelSets.duplicate(name, as: newName)
    print("copied \(name) to \(newName)")
  }
}
