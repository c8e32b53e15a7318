import ArgumentParser
import Engine

struct RunsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Delete a run with its checkpoints and curves.")

  @OptionGroup var argument: RunArgument
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() throws {
    let (summary, directory) = try argument.find()
    try directory.checkRemovable()
    guard try yes || Output.confirm("Delete \(summary.id), step \(summary.progress.step), with its checkpoints?") else {
      return
    }
    try directory.remove(home: argument.global.location)
    print("deleted \(summary.id)")
  }
}
