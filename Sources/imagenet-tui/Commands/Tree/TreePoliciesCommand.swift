import ArgumentParser
import Basics
import Taxonomy

struct TreePoliciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies", abstract: "List the classes whose position in the tree depends on the hypernym policy.")

  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var tree: TreeChoice

  func run() throws {
    let hierarchy = try tree.hierarchy()
    let differences = PolicyDifference.all(in: hierarchy)
    if json { return try Output.json(differences) }
    func named(_ wnid: String) -> String {
      hierarchy.wordNet.id(ofWnid: wnid).map { "\(printable(hierarchy.wordNet.name(of: $0))) \(wnid)" } ?? wnid
    }
    Output.table(
      ["class", "parts at", "by name under", "by file under"],
      differences.map { [named($0.wnid), named($0.at), named($0.byName), named($0.byFile)] })
    let several = hierarchy.nodeOfFine.count { hierarchy.wordNet.hypernyms(of: hierarchy.id(Int($0))).count > 1 }
    print(
      """

      \(differences.count) of \(Output.grouped(hierarchy.fineClasses.count)) classes of \(printable(tree.dataset)) \
      have another chain; \(several) have several hypernyms themselves
      """)
  }
}
