import ArgumentParser
import Basics
import Runs

struct RunsRestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Restore a removed run; without one, list the removed runs.")

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: ArgumentHelp(
      "The run: its directory, its name, or the beginning of either; the one removed last, where several fit.", valueName: "run"))
  var name: String?

  func run() throws {
    let trash = RunTrash(home: global.location)
    guard let name else { return RunsTrashListCommand.show(trash.removed()) }
    print("restored \(try trash.restore(trash.find(name)).id)")
  }
}

/// `runs trash …`: what was removed.
struct RunsTrashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trash", abstract: "List removed runs, or delete them permanently.",
    subcommands: [RunsTrashListCommand.self, RunsTrashEmptyCommand.self], defaultSubcommand: RunsTrashListCommand.self)
}

struct RunsTrashListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List removed runs.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let removed = RunTrash(home: global.location).removed()
    if json { return try Output.json(removed) }
    Self.show(removed)
  }

  static func show(_ removed: [RemovedRun]) {
    if removed.isEmpty { return print("no run was removed") }
    Output.table(
      ["run", "removed (UTC)", " size"], removed.map { [printable($0.id), $0.removed, Output.size($0.size)] })
  }
}

struct RunsTrashEmptyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "empty", abstract: "Delete removed runs permanently, which frees their space. This cannot be undone.")

  @OptionGroup var global: GlobalOptions
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
  var yes = false

  func run() throws {
    let trash = RunTrash(home: global.location)
    let removed = trash.removed()
    let size = Output.size(removed.reduce(0) { $0 + $1.size })
    guard try removed.isEmpty || yes || Output.confirm("Delete \(counted(removed.count, "removed run")), \(size), for good?") else { return }
    print("deleted \(counted(try trash.empty(), "run")), \(size)")
  }
}
