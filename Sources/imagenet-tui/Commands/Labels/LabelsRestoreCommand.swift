import ArgumentParser

struct LabelsRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore the label set last removed under a name; without a name, list the removed ones.")

  @Argument(help: "The name it had.")
  var name: String?
  @Option(name: .customLong("as"), help: ArgumentHelp("The name to restore it under (default: the old one).", valueName: "name"))
  var newName: String?
  @Flag(help: "Print the list as JSON.")
  var json = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if name == nil, newName != nil { throw ValidationError("--as needs the name of the removed label set before it.") }
  }

  func run() throws {
    let store = global.labelSets
    if let name {
      try store.restore(name, as: newName)
      return print("restored \(newName ?? name)")
    }
    let removed = store.removed()
    if json { return try Output.json(removed) }
    if removed.isEmpty { return print("no label set was removed") }
    Output.table(["name", "removed (UTC)"], removed.map { [$0.name, $0.removed] })
  }
}
