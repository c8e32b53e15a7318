import ArgumentParser
import Basics
import Studies

struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the studies of the home.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = StudyEntry.all(in: global.location)
    if json { return try Output.json(entries) }
    if entries.isEmpty { return print("no studies yet; `imagenet-tui study new --from fig-2 --dataset NAME` makes one") }
    Output.table(
      ["study", "dataset", " nets", " tests", " reports", "title"],
      entries.map { [printable($0.id), printable($0.dataset), "\($0.nets)", "\($0.tests)", "\($0.reports)", printable($0.problem ?? $0.title)] })
  }
}

struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a study's file.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The study: its name, or the path of its file.")
  var study: String

  func run() throws {
    let file = try StudyFile(study, home: global.location)
    Output.data(file.text ?? "")
  }
}
