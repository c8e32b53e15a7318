import ArgumentParser

struct DataRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove a dataset from the list; its images stay in place.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
  var yes = false

  func run() throws {
    let catalog = global.catalog
    try catalog.checkRemovable(name)
    guard try yes || Output.confirm("Remove the dataset \(name) from the list? Its images stay.") else { return }
    try catalog.remove(name)
    print("removed \(name)")
  }
}
