import ArgumentParser
import Basics
import Datasets
import Taxonomy

/// How a label set is printed.
enum LabelSetFormat: String, CaseIterable, ExpressibleByArgument {
  /// For people: a class a line, then a summary.
  case table
  /// The target classes' wnids, sorted, one a line.
  case wnids
  /// `fine<TAB>class`, sorted by fine class.
  case map
  /// The file in which a label set is kept.
  case json
}

extension LabelSet {
  func show(_ format: LabelSetFormat) {
    switch format {
    case .table: print(text(format), terminator: "")
    case .json: Swift.print(printableJSON(text(format)), terminator: "")
    case .wnids, .map: Output.data(text(format))
    }
  }

  private func text(_ format: LabelSetFormat) -> String {
    switch format {
    case .table:
      Output.tableText(
        ["wnid", "class", " fine classes"],
        classes.map { [$0.wnid, printable($0.name), "\($0.members.count)"] }) + "\n\(summary)\n"
    case .wnids: classes.map { $0.wnid + "\n" }.joined()
    case .map:
      classes.flatMap { target in target.members.map { (fine: $0, target: target.wnid) } }
        .sorted { $0.fine < $1.fine }.map { "\($0.fine)\t\($0.target)\n" }.joined()
    case .json: LabelSetFile.text(self)
    }
  }

  /// One line for people: "bottom-up-486: 486 classes of 1,000 fine ones of imagenet-1k: bottom-up at depth 9".
  var summary: String {
    let fine = classes.reduce(0) { $0 + $1.members.count }
    let out = leftOut.isEmpty ? "" : ", \(Output.grouped(leftOut.count)) left out"
    let steps = recipe.isEmpty ? "" : ": " + recipe.map(\.description).joined(separator: ", then ")
    let counts = "\(counted(classes.count, "class")) of \(Output.grouped(fine)) fine ones of \(dataset)"
    return printable("\(name): \(counts)\(out)\(steps)")
  }
}
