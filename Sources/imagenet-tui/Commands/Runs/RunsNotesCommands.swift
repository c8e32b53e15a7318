import ArgumentParser
import Basics

struct RunsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Add or remove tags of a run; without arguments, print them.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "Tags to add.")
  var tags: [String] = []
  @Option(help: ArgumentHelp("A tag to remove; can be repeated.", valueName: "tag"))
  var remove: [String] = []

  func run() throws {
    let run = try argument.find().directory
    let now = tags.isEmpty && remove.isEmpty ? try run.notes().tags : try run.tag(adding: tags, removing: remove)
    print(now.isEmpty ? "\(run.id) has no tags" : printable("\(run.id): \(now.joined(separator: " "))"))
  }
}

struct RunsNoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Set the note of a run; without a text, print it.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "The note; an empty one removes it.")
  var text: String?

  func run() throws {
    let run = try argument.find().directory
    let note = try text.map { text in try run.annotate { $0.note = text } } ?? run.notes()
    print(note.note.isEmpty ? "\(run.id) has no note" : printable("\(run.id): \(note.note)"))
  }
}

struct RunsGroupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group", abstract: "Set the group of a run, such as runs that differ only in their seed; without one, print it.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "The group; an empty one removes it.")
  var group: String?

  func run() throws {
    let run = try argument.find().directory
    let notes = try group.map { group in try run.annotate { $0.group = group } } ?? run.notes()
    print(notes.group.map { printable("\(run.id): \($0)") } ?? "\(run.id) is in no group")
  }
}
