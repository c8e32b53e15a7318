import ArgumentParser
import Engine
import Taxonomy

struct LabelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the saved label sets.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Print JSON.")
  var json = false

  private struct Entry: Encodable {
    var name: String
    var dataset: String?
    var classes: Int?
    var leftOut: Int?
    var recipe: String?
    var hash: String?
    /// Why it cannot be used.
    var problem: String?
  }

  func run() throws {
    let store = LabelSetStore(home: global.location)
    let entries = store.names().map { name -> Entry in
      do throws(Problem) {
        let set = try store.load(name)
        return Entry(
          name: name, dataset: set.dataset, classes: set.classes.count, leftOut: set.leftOut.count,
          recipe: set.recipe.isEmpty ? "every class" : set.recipe.map(\.description).joined(separator: ", then "),
          hash: set.contentHash)
      } catch {
        return Entry(name: name, problem: error.description)
      }
    }
    if json { return try Output.json(entries) }
    if entries.isEmpty {
      return print("no label set is saved yet; make one: imagenet-tui labels bottom-up --classes 486 --save coarse-486")
    }
    Output.table(
      ["name", "dataset", " classes", " left out", "recipe"],
      entries.map { entry in
        [
          entry.name, printable(entry.dataset ?? "-"), entry.classes.map(Output.grouped) ?? "-",
          entry.leftOut.map(Output.grouped) ?? "-", printable(entry.problem ?? entry.recipe ?? ""),
        ]
      })
  }
}
