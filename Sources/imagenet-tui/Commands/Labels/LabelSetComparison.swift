import Basics
import Taxonomy

/// Two label sets beside each other, as they are printed.
struct LabelSetComparison: Encodable {
  let a, b: LabelSet
  let diff: LabelSetDiff
  /// Class by class, where that was asked for.
  let branches: LabelSetBranches?

  init(_ a: LabelSet, _ b: LabelSet, withBranches: Bool) throws(Problem) {
    (self.a, self.b) = (a, b)
    diff = try LabelSetDiff(a, b)
    branches = withBranches ? LabelSetBranches(a, b) : nil
  }

  private enum Key: String, CodingKey {
    case branches
  }

  /// The difference, and the branches as one more entry of it.
  func encode(to encoder: any Encoder) throws {
    try diff.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(branches?.branches, forKey: .branches)
  }

  func show() {
    print(diff.verdict(a.name, b.name))
    if let distance = diff.distance { print(facts(distance)) }
    if let branches { return show(branches) }
    let names = Dictionary((a.classes + b.classes).map { ($0.wnid, $0.name) }) { first, _ in first }
    func line(_ wnid: String) -> String { printable(names[wnid].map { "\(wnid)  \($0)" } ?? wnid) }
    section("classes only in \(a.name)", diff.onlyInA.map(line))
    section("classes only in \(b.name)", diff.onlyInB.map(line))
    section("fine classes only in \(a.name)", diff.heldOnlyByA.map(line))
    section("fine classes only in \(b.name)", diff.heldOnlyByB.map(line))
    section("fine classes in different classes", diff.moved.map { "\($0.fine)  \($0.from) → \($0.to)" })
  }

  /// What they share, and how far they lie apart: a line each.
  private func facts(_ distance: PartitionDistance) -> String {
    func bits(_ value: Double) -> String { decimals(value, 3) }
    let counts =
      "\(counted(distance.fineClasses, "fine class")) in both; \(counted(distance.classesOfA, "class")) in \(a.name), "
      + "\(Output.grouped(distance.classesOfB)) in \(b.name), \(Output.grouped(diff.equalClasses)) identical"
    return counts + "\nvariation of information \(bits(distance.variationOfInformation)) bits: \(bits(distance.onlyInA)) only in \(a.name), "
      + "\(bits(distance.onlyInB)) only in \(b.name)"
  }

  private func show(_ branches: LabelSetBranches) {
    for branch in branches.branches {
      let (own, other) = branch.side == .a ? (a.name, b.name) : (b.name, a.name)
      print("\n" + printable("\(branch.name) \(branch.wnid)  \(Output.grouped(branch.fineClasses))  in \(own); in \(other):"))
      for (index, part) in branch.parts.enumerated() {
        let name = part.wnid.map { "\(part.name ?? "") \($0)" } ?? "left out"
        let line = index + 1 < branch.parts.count ? "├─" : "└─"
        print(printable("  \(line) \(name)  \(Output.grouped(part.fineClasses))"))
      }
    }
    if branches.branches.isEmpty { print("every class is in both") }
  }

  private func section(_ title: String, _ lines: [String]) {
    guard !lines.isEmpty else { return }
    print("\n\(title): \(Output.grouped(lines.count))")
    for line in lines { print("  \(line)") }
  }
}
