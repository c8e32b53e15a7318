import ArgumentParser

struct LabelsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Add or remove tags of a saved label set; without arguments, print them.",
    discussion: "Tags change neither the classes nor their hash.")

  @Argument(help: "The label set's name.")
  var name: String
  @Argument(help: "Tags to add.")
  var tags: [String] = []
  @Option(help: ArgumentHelp("A tag to remove; can be repeated.", valueName: "tag"))
  var remove: [String] = []
  @Flag(help: "Print the tags as JSON.")
  var json = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = global.labelSets
    let now =
      tags.isEmpty && remove.isEmpty ? try store.tags(of: name) : try store.tag(name, adding: tags, removing: remove)
    if json { return try Output.json(now) }
    print(now.isEmpty ? "\(name) has no tags" : "\(name): \(now.joined(separator: " "))")
  }
}
