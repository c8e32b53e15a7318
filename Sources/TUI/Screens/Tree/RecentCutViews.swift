import Taxonomy

/// What the last few cuts come to: whoever takes a change back, makes it again, or changes what is beside the cut waits for no counting.
struct RecentCutViews: Sendable {
  /// A megabyte each on the largest trees.
  private static let most = 8

  private var kept: [(cut: Cut, view: CutView)] = []

  /// Taken from there, else made and kept.
  mutating func view(of cut: Cut) -> CutView {
    if let place = kept.firstIndex(where: { $0.cut == cut }) {
      let known = kept.remove(at: place)
      kept.append(known)
      return known.view
    }
    let view = CutView(cut)
    if kept.count == Self.most { kept.removeFirst() }
    kept.append((cut, view))
    return view
  }
}
