import ArgumentParser
import Basics
import Taxonomy

struct TreeSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find synsets by their words, wnid or gloss, best matches first.")

  @Argument(help: "The text to search for.")
  var text: [String]
  @Option(help: ArgumentHelp("Maximum number of results; 0 for all.", valueName: "n"))
  var limit = 50
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var tree: TreeChoice

  private struct Hit: Encodable {
    var wnid: String
    var lemmas: [String]
    var gloss: String
    /// The dataset's classes at or below it; nil where it is not in the dataset's tree.
    var classes: Int?
  }

  func run() throws {
    let hierarchy = try tree.hierarchy()
    let wordNet = hierarchy.wordNet
    let query = text.joined(separator: " ")
    let found = wordNet.search(SearchQuery(query)).map { hit in
      (id: hit.id, rank: hit.rank, classes: hierarchy.node(hit.id).map { hierarchy.fineClassesBelow($0) })
    }
    // Among equally good matches those that the dataset has come first.
    let best = found.sorted { a, b in
      a.rank != b.rank ? a.rank < b.rank : a.classes != b.classes ? (a.classes ?? 0) > (b.classes ?? 0) : a.id < b.id
    }
    let hits = best.prefix(limit > 0 ? limit : .max).compactMap { hit in
      wordNet.synset(hit.id).map { Hit(wnid: $0.wnid, lemmas: $0.lemmas, gloss: $0.gloss, classes: hit.classes) }
    }
    if json { return try Output.json(hits) }
    guard !hits.isEmpty else {
      throw Problem("nothing matches", at: query, advice: "try a part of the word, or the wnid")
    }
    Output.table(
      ["wnid", " classes", "words"],
      hits.map { [$0.wnid, $0.classes.map(Output.grouped) ?? "-", printable($0.lemmas.joined(separator: ", "))] })
    if hits.count < best.count {
      print("\n\(hits.count) of \(Output.grouped(best.count)); see them all with --limit 0")
    }
  }
}
