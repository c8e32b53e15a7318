import Basics
import Taxonomy

/// What the last few cuts come to: whoever takes a change back, makes it again, or changes what is beside the cut waits for no counting.
struct RecentCutViews: Sendable {
  /// A megabyte each on the largest trees.
  private static let most = 8

  private struct Entry: Sendable {
    let cut: Cut
    let view: CutView
    /// With the dataset's images, and the budget that they were counted with.
    var counted: (budget: ImageBudget?, facts: Consequences)?
  }

  private var kept: [Entry] = []

  /// Taken from there, else made and kept.
  mutating func view(of cut: Cut) -> CutView {
    if let place = kept.firstIndex(where: { $0.cut == cut }) {
      kept.append(kept.remove(at: place))
    } else {
      if kept.count == Self.most { kept.removeFirst() }
      kept.append(Entry(cut: cut, view: CutView(cut)))
    }
    return kept[kept.count - 1].view
  }

  /// The same for what the last cut comes to with images.
  mutating func consequences(of version: TreeHistory.Version, _ imagesPerFine: [Int]) -> Consequences {
    guard let last = kept.indices.last, kept[last].cut == version.cut else {
      return Consequences(version, targets: version.cut.partition.targets, imagesPerFine: imagesPerFine)
    }
    if let counted = kept[last].counted, counted.budget == version.budget { return counted.facts }
    let facts = Consequences(version, targets: kept[last].view.partition.targets, imagesPerFine: imagesPerFine)
    kept[last].counted = (version.budget, facts)
    return facts
  }

  /// The dataset's images were counted again.
  mutating func forgetImages() {
    for place in kept.indices { kept[place].counted = nil }
  }
}
