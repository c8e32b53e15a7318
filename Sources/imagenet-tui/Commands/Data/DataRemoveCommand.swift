import ArgumentParser

struct DataRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Forget a dataset that was added; its images stay where they are.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The dataset's name.")
  var name: String
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() throws {
    let catalog = global.catalog
    try catalog.checkRemovable(name)
    guard try yes || Output.confirm("Forget the dataset \(name)? Its images stay.") else { return }
    try catalog.remove(name)
    print("forgot \(name)")
  }
}
