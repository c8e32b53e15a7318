import ArgumentParser
import Basics
import Files
import Glibc
import LabelSets
import Taxonomy

struct LabelsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Keep a label set from a file: our JSON, synset words, CSV, or Caffe's lists of images.",
    discussion: """
      What a file is, its content tells. Everything is checked against the dataset: a class that it does not have, one that is \
      there twice or in two classes, and numbers that do not fit are refused in one line. A label set that has the name goes to \
      the trash, after a question or with --replace.
      """)

  @Argument(help: "The file.")
  var file: String
  @Option(help: ArgumentHelp("The dataset whose classes are grouped (default: the one that our own JSON names).", valueName: "name"))
  var dataset: String?
  @Option(help: ArgumentHelp("The name to keep it under (default: the one in our own JSON, else the file's).", valueName: "name"))
  var name: String?
  @Option(help: "What the file is, where its content does not tell.")
  var format: ExchangeFormat?
  @Option(help: "Which of several hypernyms is the parent: the first by name, or by file.")
  var policy = HypernymPolicy.name
  @Option(help: ArgumentHelp("For lists of images: a file of synset words whose line i names class i.", valueName: "file"))
  var synsets: String?
  @Flag(help: "Replace a label set of that name without a question.")
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
