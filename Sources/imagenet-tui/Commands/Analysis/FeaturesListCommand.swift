import Analysis
import ArgumentParser
import Basics

struct FeaturesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the imported features.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = global.features.list()
    if json { return try Output.json(entries) }
    if entries.isEmpty { return print("no features were imported; see `imagenet-tui features import --help`") }
    Output.table(
      ["name", "dataset", "layer", " columns", " train", " val", "trained on", " size", "note"],
      entries.map { entry in
        let found = entry.description
        return [
          entry.name, found?.dataset ?? "", found?.space ?? "", found.map { Output.grouped($0.width) } ?? "", found.map { Output.grouped($0.train) } ?? "",
          found.map { Output.grouped($0.val) } ?? "", found?.taught?.name ?? "", Output.size(entry.size), entry.problem ?? found?.note ?? "",
        ].map(printable)
      })
  }
}

struct FeaturesRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove imported features; they can be restored until the trash is emptied.", aliases: ["remove"])

  @OptionGroup var global: GlobalOptions
  @Argument(help: "Their name.")
  var name: String
  @Flag(help: "Delete them permanently, which frees their space. This cannot be undone.")
  var forGood = false
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation before --for-good.")
  var yes = false

  func run() throws {
    guard forGood else {
      try global.features.remove(name)
      return print("removed \(name); restore it with: \(ShellCommand("features", "restore", name).text())")
    }
    _ = try global.features.path(name)
    guard global.features.contains(name) else { return try global.features.deleteForGood(name) }
    guard try yes || Output.confirm("Delete the features \(name) for good?") else { return }
    try global.features.deleteForGood(name)
    print("deleted \(name)")
  }
}

struct FeaturesRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore the imported features last removed under a name; without a name, list the removed ones.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The name they had.")
  var name: String?

  func run() throws {
    guard let name else { return FeaturesTrashListCommand.show(global.features.removed()) }
    try global.features.restore(name)
    print("restored \(name)")
  }
}

/// `features trash …`: what was removed.
struct FeaturesTrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trash", abstract: "List removed features, or delete them permanently.",
    subcommands: [FeaturesTrashListCommand.self, FeaturesTrashEmptyCommand.self], defaultSubcommand: FeaturesTrashListCommand.self)
}

struct FeaturesTrashListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List removed features.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let removed = global.features.removed()
    if json { return try Output.json(removed) }
    Self.show(removed)
  }

  static func show(_ removed: [RemovedFeatures]) {
    if removed.isEmpty { return print("no features were removed") }
    Output.table(["name", "removed (UTC)"], removed.map { [$0.name, $0.removed] })
  }
}

struct FeaturesTrashEmptyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "empty", abstract: "Delete removed features permanently, which frees their space. This cannot be undone.")

  @OptionGroup var global: GlobalOptions
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
  var yes = false

  func run() throws {
    let removed = global.features.removed()
    guard try removed.isEmpty || yes || Output.confirm("Delete \(removed.map(\.name).joined(separator: ", ")) for good?") else { return }
    print("deleted \(counted(try global.features.emptyTrash(), "set")) of features")
  }
}
