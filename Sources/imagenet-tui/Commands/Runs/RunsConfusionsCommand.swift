import ArgumentParser
import Basics

struct RunsConfusionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confusions", abstract: "Show the most frequent confusions between classes on validation.")

  @OptionGroup var argument: RunArgument
  @OptionGroup var chosen: ResultsOptions
  @Option(name: .customShort("n"), help: "Maximum number of rows.")
  var count = 50
  @Flag(help: "Print JSON.")
  var json = false

  private struct Row: Encodable {
    var wnid: String
    var name: String
    /// Nil: no score was a number.
    var takenForWnid: String?
    var takenFor: String?
    var images: Int
    /// Of the class's images, 0…1.
    var share: Double
  }

  func validate() throws {
    guard count > 0 else { throw ValidationError("-n takes 1 or more") }
  }

  func run() throws {
    let (summary, directory) = try argument.find()
    let results = try chosen.load(directory, summary)
    let classes = try directory.configuration().labelSet.classes
    let rows = results.confusions.prefix(count).map { confusion in
      let (from, to) = (classes[confusion.label], confusion.prediction.map { classes[$0] })
      return Row(
        wnid: from.wnid, name: from.name, takenForWnid: to?.wnid, takenFor: to?.name, images: confusion.count,
        share: Double(confusion.count) / Double(max(1, results.images[confusion.label])))
    }
    if json { return try Output.json(rows) }
    Output.table(
      ["class", "name", "predicted", "name", " images", " share"],
      rows.map {
        [
          $0.wnid, $0.name, $0.takenForWnid ?? "-", $0.takenFor ?? "nothing", "\($0.images)",
          "\(decimals(100 * $0.share, 1)) %",
        ].map(printable)
      })
    chosen.remark(results)
  }
}
