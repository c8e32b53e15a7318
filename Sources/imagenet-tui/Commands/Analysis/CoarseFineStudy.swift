import Analysis
import Basics

/// In words.
extension CoarseFineStudy {
  func show(top: Int) {
    print(printable("coarse from fine: \(run) step \(step) on \(counted(images, "validation image")) of \(dataset), coarse classes of \(labels)"))
    print("coarse − fine accuracy in percentage points, every member of a class weighing the same; classes of \(counted(minMembers, "member")) or more")
    if result.small > 0 { print("\(counted(result.small, "coarse class", "has")) fewer, and \(result.small == 1 ? "is" : "are") left out") }
    print()
    let rows = result.rows
    let parts = top == 0 || rows.count - min(top, rows.count) <= top ? [rows] : [Array(rows.prefix(top)), Array(rows.suffix(top))]
    let most = max(rows.first?.difference ?? 0, 1e-9)
    for (index, part) in parts.enumerated() {
      if index > 0 { print("… \(Output.grouped(rows.count - 2 * top)) between …") }
      Output.table(
        ["class", "wnid", " members", " images", " coarse", " fine", " difference", ""],
        part.map { row in
          [
            printable(row.name), row.wnid, Output.grouped(row.members), Output.grouped(row.images), percent(row.coarse), percent(row.fine),
            decimals(row.difference, 1), String(repeating: "█", count: max(0, Int(nearest: row.difference / most * 24))),
          ]
        })
    }
    showTree()
    if let behind { show(behind) }
    if let merges { show(merges) }
  }

  private func showTree() {
    print("\nby the tree: \(counted(tree.errors, "error")) of \(counted(tree.images, "image"))")
    if let height = tree.meanHeightOfErrors {
      print(
        "the lowest common ancestor of truth and error is \(decimals(height, 2)) high on average "
          + "(\(decimals(tree.meanHeight, 2)) over all images); height: the longest way down to a class")
    }
    Output.table(
      [" depth", " classes", " right there"],
      tree.levels.map { ["\($0.depth)", Output.grouped($0.classes), percent($0.accuracy)] })
  }

  private func show(_ behind: Behind) {
    print("\n" + printable("what images of \(behind.name) \(behind.wnid) are taken for"))
    Output.table(
      ["class", "is taken for", " images"],
      behind.confusions.map { [printable($0.truth), printable($0.prediction), Output.grouped($0.images)] })
  }

  private func show(_ merges: MergeProposal) {
    let suggestion = merges.suggestion
    let how = suggestion.likeness == .confusion
      ? "the share of images taken for each other" : "minus the distance of mean features, in units of the mean distance"
    print("\n\(counted(suggestion.groups.count, "group")) to join\(merges.alongTree ? " along the tree" : ""): alike by \(how), \(merges.least) or more")
    for group in suggestion.groups {
      print(printable("  \(decimals(group.likeness, 3))  \(group.names.joined(separator: ", "))"))
    }
  }

  private func percent(_ share: Double) -> String { decimals(100 * share, 1) + " %" }
}
