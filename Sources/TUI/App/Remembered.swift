import Engine
import Taxonomy

/// Where somebody was on a dataset when the screens were left, kept in the home's `screens/`: the next start goes on from there,
/// so that a lost connection loses no label set in the making.
package struct Remembered: Codable, Equatable, Sendable {
  package var screen: ScreenName
  package var policy: HypernymPolicy
  /// The wnid under the tree's cursor.
  package var selected: String
  /// The wnids whose children are shown.
  package var unfolded: [String]
  /// What the tree was folded to; nil where it was not, or holds no class.
  package var labelSet: LabelSet?
  /// Whether `labelSet` is kept under its name.
  package var isSaved: Bool
  /// The wnids with a bookmark; nil in files of earlier versions.
  package var bookmarks: [String]?
  /// The split into parts by hand, as the step that takes part A; nil where there is none.
  package var parts: RecipeStep?
  /// The other screens; nil in a file of a time that did not remember them.
  package var places: Places?

  private static func path(_ dataset: String, _ home: Home) -> String { "\(home.path)/screens/\(dataset).json" }

  /// Nil where nothing is remembered, or what is there is not ours: that is no reason not to start.
  /// - Parameter dataset: one that the catalog knows.
  package static func read(_ dataset: String, _ home: Home) -> Remembered? {
    try? RunJSON.read(Remembered.self, from: path(dataset, home), what: "where the screens were left")
  }

  /// What cannot be written is not remembered: leaving must not fail.
  package func write(_ dataset: String, _ home: Home) {
    try? AtomicFile.makeFolder(home.path + "/screens")
    try? RunJSON.write(self, to: Self.path(dataset, home))
  }
}

extension AppState {
  /// What to remember; nil until the tree is open.
  package var remembered: Remembered? { tree.remembered(on: screen, places, session) }
}

extension TreeScreen {
  func remembered(on screen: ScreenName, _ places: Places, _ session: Session) -> Remembered? {
    guard let history, let hierarchy, let line else { return nil }
    return Remembered(
      screen: screen, policy: hierarchy.policy, selected: hierarchy.wnid(line.node),
      unfolded: unfolded.map { hierarchy.wnid($0) }.sorted(),
      labelSet: history.isUntouched
        ? nil : try? history.labelSet(name: history.name ?? suggestedName, dataset: session.dataset),
      isSaved: history.isSaved,
      bookmarks: bookmarks,
      parts: history.current.parts.isEmpty ? nil : history.current.parts.handStep(.a, of: history.current.cut.partition),
      places: places)
  }

  /// Goes on from where the screens were left. What the tree does not know any more is passed over.
  mutating func recall(_ remembered: Remembered) {
    guard let hierarchy else { return }
    if let set = remembered.labelSet, let partition = try? Partition(set, on: hierarchy), let cut = try? Cut(partition) {
      if remembered.isSaved {
        history?.open(set, cut)
      } else {
        history?.change(
          to: TreeHistory.Version(cut, recipe: set.recipe, budget: set.imageBudget, title: "as it was left"))
      }
      _ = changed()
    }
    bookmarks = remembered.bookmarks ?? []
    if let step = remembered.parts, let partition = cutView?.partition, let parts = try? HandSplit(step, of: partition), !parts.isEmpty {
      _ = changeParts("parts as they were left") { $0 = parts }
    }
    unfolded = Set(remembered.unfolded.compactMap { hierarchy.node(wnid: $0) })
    rebuildOutline(keeping: hierarchy.node(wnid: remembered.selected))
    detailed = line?.node
  }
}
