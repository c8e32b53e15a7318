import ArgumentParser
import Basics
import Files
import Glibc
import LabelSets
import Taxonomy

struct LabelsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import a label set from a file: this program's JSON, synset words, CSV, or Caffe's image lists.",
    discussion: """
      What a file is, its content tells. Everything is checked against the dataset: a class that it does not have, one that is \
      there twice or in two classes, and numbers that do not fit are refused in one line. A label set that has the name goes to \
      the trash, after a question or with --replace.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: ArgumentHelp("The dataset whose classes are grouped (default: the one named in the JSON).", valueName: "name"))
  var dataset: String?
  @Option(help: ArgumentHelp("The name to save it under (default: the one in the JSON, else the file's name).", valueName: "name"))
  var name: String?
  @Option(help: "The file's format, where the content is ambiguous.")
  var format: ExchangeFormat?
  @Option(help: "Which of several hypernyms becomes the parent: the first by name, or in file order.")
  var policy = HypernymPolicy.name
  @Option(help: ArgumentHelp("For image lists: a file of synset words whose line i is class i.", valueName: "file"))
  var synsets: String?
  @Flag(help: "Replace a label set of that name without asking.")
  var replace = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = global.labelSets
    if let name { _ = try store.path(name) }
    let options = LabelSetImport.Options(
      dataset: dataset, name: name, format: format, policy: policy, synsets: synsets, wordNet: global.wordnet)
    let found = try LabelSetImport(file: file, options, home: global.location)
    let isTaken = store.contains(found.set.name)
    if isTaken, !replace, isatty(STDIN_FILENO) == 1 {
      guard try Output.confirm("There is a label set \(found.set.name). Replace it?") else { throw ExitCode.failure }
    }
    try found.save(in: store, mayReplace: replace || isTaken && isatty(STDIN_FILENO) == 1)
    for remark in found.remarks { RunProgressLine.note("note: \(remark)") }
    print("imported \(found.set.summary)\n\(found.set.contentHash)")
  }
}

extension ExchangeFormat: ExpressibleByArgument {}
