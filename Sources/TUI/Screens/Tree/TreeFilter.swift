/// Shows what a search found, and what it lies under, and nothing else.
package struct TreeFilter: Equatable, Sendable {
  /// What was searched.
  var text: String
  /// The hits and their ancestors.
  package var visible: Set<Int>
  /// What was unfolded before, and will be again.
  var unfoldedBefore: Set<Int>
}

extension TreeScreen {
  /// - Parameter node: where the cursor goes, if the filter shows it; nil: it stays.
  mutating func startFilter(at node: Int? = nil) -> [Effect] {
    guard let hierarchy, !hits.isEmpty else { return [] }
    let visible = Set(hits.flatMap { hierarchy.chain($0) })
    filter = TreeFilter(text: searched, visible: visible, unfoldedBefore: filter?.unfoldedBefore ?? unfolded)
    unfolded = Set(hits.flatMap { hierarchy.chain($0).dropFirst() })
    let here = line.flatMap { $0.chain.first { visible.contains($0) } }
    rebuildOutline(keeping: node.flatMap { visible.contains($0) ? $0 : nil } ?? here ?? hits[0])
    return settle()
  }

  mutating func endFilter() -> [Effect] {
    guard let filter else { return [] }
    self.filter = nil
    unfolded = filter.unfoldedBefore
    if let node = line?.node { reveal(node) }
    return settle()
  }
}
