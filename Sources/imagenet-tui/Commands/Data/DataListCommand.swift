import ArgumentParser
import Basics

struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the datasets.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = global.catalog.list()
    if json { return try Output.json(entries) }
    Output.table(
      ["name", " classes", " train", " val", " size", "where"],
      entries.map { entry in
        let place = entry.place ?? "built in"
        return [
          entry.name, Output.grouped(entry.classes), Output.grouped(entry.train), Output.grouped(entry.val),
          entry.size == 0 ? "-" : Output.size(entry.size),
          printable(entry.problem.map { "\(place): \($0)" } ?? place),
        ]
      })
  }
}
