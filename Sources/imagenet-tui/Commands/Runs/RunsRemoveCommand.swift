import ArgumentParser
import Basics
import Runs

struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove a run with its checkpoints and curves; it can be restored until the trash is emptied.")

  @OptionGroup var argument: RunArgument
  @Flag(help: "Delete it permanently, which frees its space. This cannot be undone.")
  var forGood = false
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation before --for-good.")
  var yes = false

  func run() throws {
    let (summary, directory) = try argument.find()
    let trash = RunTrash(home: argument.global.location)
    guard forGood else {
      try trash.remove(directory)
      return print("removed \(summary.id); restore it with: \(ShellCommand("runs", "restore", summary.id).text())")
    }
    try directory.checkRemovable()
    guard try yes || Output.confirm("Delete \(summary.id), step \(summary.progress.step), with its checkpoints, for good?")
    else { return }
    try trash.deleteForGood(directory)
    print("deleted \(summary.id)")
  }
}
