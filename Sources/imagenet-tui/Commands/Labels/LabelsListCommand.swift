import ArgumentParser
import Basics
import LabelSets

struct LabelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the saved label sets.")

  @OptionGroup var global: GlobalOptions
  @Option(help: ArgumentHelp("Only those with this tag; can be repeated.", valueName: "tag"))
  var tag: [String] = []
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let all = LabelSetLibrary(home: global.location, wordNet: global.wordnet).refresh()
    let sets = all.filter { set in tag.allSatisfy(set.tags.contains) }
    if json { return try Output.json(sets) }
    if all.isEmpty {
      return print("no label set is saved yet; make one: imagenet-tui labels bottom-up --classes 486 --save coarse-486")
    }
    Output.table(
      ["name", "dataset", " classes", " left out", " runs", "tags", "recipe"],
      sets.map { set in
        [
          set.name, printable(set.dataset ?? "-"), set.classes.map(Output.grouped) ?? "-",
          set.leftOut.map(Output.grouped) ?? "-", Output.grouped(set.runs.count), set.tags.joined(separator: " "),
          printable(set.problem ?? set.recipe ?? ""),
        ]
      })
  }
}
