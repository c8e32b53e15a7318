import ArgumentParser
import Engine
import Taxonomy

struct LabelsDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two saved label sets of one dataset.")

  @Argument(help: "A label set's name.")
  var a: String
  @Argument(help: "Another label set's name.")
  var b: String
  @Flag(help: "Print JSON.")
  var json = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let store = LabelSetStore(home: global.location)
    let setA = try store.load(a), setB = try store.load(b)
    let diff = try LabelSetDiff(setA, setB)
    if json { return try Output.json(diff) }
    let verdict =
      switch diff.relation {
      case .equal: "\(a) and \(b) group alike the fine classes that both hold"
      case .finer: "\(a) is finer: each of its classes lies in one of \(b)"
      case .coarser: "\(a) is coarser: each class of \(b) lies in one of \(a)"
      case .crossing: "\(a) and \(b) cross: neither is finer"
      case .disjoint: "\(a) and \(b) have no fine class in common"
      }
    print(verdict)
    let names = Dictionary((setA.classes + setB.classes).map { ($0.wnid, $0.name) }) { first, _ in first }
    func line(_ wnid: String) -> String { printable(names[wnid].map { "\(wnid)  \($0)" } ?? wnid) }
    section("classes only in \(a)", diff.onlyInA.map(line))
    section("classes only in \(b)", diff.onlyInB.map(line))
    section("fine classes that only \(a) holds", diff.heldOnlyByA.map(line))
    section("fine classes that only \(b) holds", diff.heldOnlyByB.map(line))
    section("fine classes in another class", diff.moved.map { "\($0.fine)  \($0.from) → \($0.to)" })
  }

  private func section(_ title: String, _ lines: [String]) {
    guard !lines.isEmpty else { return }
    print("\n\(title): \(Output.grouped(lines.count))")
    for line in lines { print("  \(line)") }
  }
}
