import ArgumentParser

struct LabelsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Put tags on a saved label set, or take them away; without any, print what it has.",
    discussion: "Tags change neither the classes nor their hash.")

  @Argument(help: "The label set's name.")
  var name: String
  @Argument(help: "Tags to put on it.")
  var tags: [String] = []
  @Option(help: ArgumentHelp("A tag to take away; may be given several times.", valueName: "tag"))
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
