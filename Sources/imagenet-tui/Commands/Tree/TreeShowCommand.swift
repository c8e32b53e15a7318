import ArgumentParser
import Basics
import Taxonomy

struct TreeShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a synset: its words, meaning, path, kinds, and the dataset's classes below it.")

  @Argument(help: ArgumentHelp("The synset: n02084071, dog.n.01, or a word with one meaning.", valueName: "wnid"))
  var synset: String
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var tree: TreeChoice

  private struct Report: Encodable {
    var wnid, name: String
    var lemmas: [String]
    var gloss: String
    /// From the root to the synset.
    var path: [Link]
    /// Hypernyms beside the one in the path.
    var alsoUnder: [Link]
    var hyponyms: [Link]
    var dataset: String
    /// The dataset's classes at or below it.
    var fineClasses: [Link]
  }

  private struct Link: Encodable {
    var wnid, name: String
  }

  func run() throws {
    let hierarchy = try tree.hierarchy()
    let wordNet = hierarchy.wordNet
    let found = try wordNet.find(synset)
    func link(_ id: SynsetID) -> Link { Link(wnid: wordNet.wnid(of: id), name: wordNet.name(of: id)) }
    let path = wordNet.chain(from: found.id, policy: tree.policy)
    let fine = hierarchy.node(found.id).map { hierarchy.subtree($0).filter { hierarchy.fineClass($0) != nil } } ?? []
    let report = Report(
      wnid: found.wnid, name: wordNet.canonicalName(of: found.id) ?? "", lemmas: found.lemmas, gloss: found.gloss,
      path: path.reversed().map(link),
      alsoUnder: found.hypernyms.filter { !path.dropFirst().prefix(1).contains($0) }.map(link),
      hyponyms: found.hyponyms.map(link), dataset: tree.dataset, fineClasses: fine.map { link(hierarchy.id($0)) })
    if json { return try Output.json(report) }
    show(report)
  }

  private func show(_ report: Report) {
    func list(_ title: String, _ links: [Link]) {
      guard !links.isEmpty else { return }
      print("\n\(title): \(Output.grouped(links.count))")
      for link in links { print("  \(link.wnid)  \(printable(link.name))") }
    }
    print("\(report.wnid)  \(printable(report.name))  \(printable(report.lemmas.joined(separator: ", ")))")
    print(printable(report.gloss))
    print("\nunder " + printable(report.path.dropLast().map(\.name).joined(separator: " › ")))
    list("also under", report.alsoUnder)
    list("kinds", report.hyponyms)
    list("classes of \(report.dataset) at or below it", report.fineClasses)
    if report.fineClasses.isEmpty { print("\n\(printable(report.dataset)) has no class at or below it") }
  }
}
