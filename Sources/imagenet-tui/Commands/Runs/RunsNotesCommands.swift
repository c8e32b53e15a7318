import ArgumentParser
import Basics

struct RunsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Put tags on a run, or take them away; without any, print what it has.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "Tags to put on it.")
  var tags: [String] = []
  @Option(help: ArgumentHelp("A tag to take away; may be given several times.", valueName: "tag"))
  var remove: [String] = []

  func run() throws {
    let run = try argument.find().directory
    let now = tags.isEmpty && remove.isEmpty ? try run.notes().tags : try run.tag(adding: tags, removing: remove)
    print(now.isEmpty ? "\(run.id) has no tags" : printable("\(run.id): \(now.joined(separator: " "))"))
  }
}

struct RunsNoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Keep a note beside a run, in place of the old one; without a text, print it.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "The note; an empty one takes it away.")
  var text: String?

  func run() throws {
    let run = try argument.find().directory
    let note = try text.map { text in try run.annotate { $0.note = text } } ?? run.notes()
    print(note.note.isEmpty ? "\(run.id) has no note" : printable("\(run.id): \(note.note)"))
  }
}

struct RunsGroupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group", abstract: "Put a run into a group, as runs that differ in their seed alone; without one, print it.")

  @OptionGroup var argument: RunArgument
  @Argument(help: "The group; an empty one takes it out.")
  var group: String?

  func run() throws {
    let run = try argument.find().directory
    let notes = try group.map { group in try run.annotate { $0.group = group } } ?? run.notes()
    print(notes.group.map { printable("\(run.id): \($0)") } ?? "\(run.id) is in no group")
  }
}
