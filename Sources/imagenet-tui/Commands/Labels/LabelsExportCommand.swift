import ArgumentParser
import Basics
import LabelSets

struct LabelsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a saved label set for other programs.",
    discussion: ExchangeFormat.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: "The label set's name.")
  var name: String
  @Option(help: "The file format.")
  var format: ExchangeFormat
  @Option(name: .shortAndLong, help: "The file to write.")
  var output: String
  @Flag(help: "Overwrite an existing file.")
  var replace = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let set = try global.labelSets.load(name)
    let export = try LabelSetExport(set, as: format, home: global.location, wordNet: global.wordnet)
    try export.write(to: output, mayReplace: replace)
    for loss in export.losses { RunProgressLine.note("note: this format does not store \(loss)") }
    print("wrote \(printable(output))")
  }
}
