import Basics
import Taxonomy

/// Two label sets on one tree, and how they differ.
package struct Comparison: Sendable {
  /// One of the two.
  package struct Side: Sendable {
    package var places: LabelSetOnTree
    /// Whether it is kept under its name, so that commands know it.
    package var isSaved: Bool

    package var set: LabelSet { places.set }
    package var name: String { isSaved ? set.name : "\(set.name) (unsaved)" }
  }

  package let hierarchy: Hierarchy
  package let a, b: Side
  package let diff: LabelSetDiff
  /// The topmost nodes at which they differ, in the tree's order.
  package let differences: [Int]
  /// What compares them in a shell: one that is not kept is made first.
  package let command: ShellCommand

  /// - Throws: a ``Problem`` where they are of two datasets.
  package init(_ a: LabelSet, _ b: LabelSet, isSaved: (Bool, Bool), on hierarchy: Hierarchy) throws(Problem) {
    diff = try LabelSetDiff(a, b)
    self.hierarchy = hierarchy
    self.a = Side(places: LabelSetOnTree(a, on: hierarchy), isSaved: isSaved.0)
    self.b = Side(places: LabelSetOnTree(b, on: hierarchy), isSaved: isSaved.1)
    differences = LabelSetOnTree.differences(self.a.places, self.b.places, on: hierarchy)
    let making = [self.a, self.b].filter { !$0.isSaved }.map(\.set.command)
    command = ShellCommand(inOrder: making + [ShellCommand("labels", "diff", a.name, b.name, "--tree")])
  }

  /// What is unfolded at first: what leads to the differences, or the upper part of the tree where that would be too much.
  func unfoldedAtFirst(limit: Int = 300) -> Set<Int> {
    var unfolded: Set<Int> = []
    for node in differences {
      unfolded.formUnion(hierarchy.chain(node).dropFirst())
      if unfolded.count > limit { return TreeOutline.start(hierarchy) }
    }
    return unfolded.isEmpty ? TreeOutline.start(hierarchy) : unfolded
  }
}
