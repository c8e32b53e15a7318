import Basics
import Files
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
  /// What was done to the dataset's classes; nil where nothing was.
  package var draft: Draft?
  /// The same in files of earlier versions: all classes that it gave, which are 80,000 on the largest trees.
  package var labelSet: LabelSet?
  /// What was done on the way there, and what was taken back, in their order; nil in files of earlier versions.
  package var done: [Past]?
  package var undone: [Past]?
  /// Whether it is kept as a label set of its name.
  package var isSaved: Bool
  /// The wnids with a bookmark; nil in files of earlier versions.
  package var bookmarks: [String]?
  /// In what order siblings stand, and what the filter was searched for, where there was one; nil in files of earlier versions.
  package var order: TreeOrder?
  package var filter: String?
  /// The split into parts by hand, as the step that takes part A; nil where there is none.
  package var parts: RecipeStep?
  /// The other screens; nil in a file of a time that did not remember them.
  package var places: Places?

  package struct Draft: Codable, Equatable, Sendable {
    package var name: String
    package var steps: [RecipeStep]
    /// What was done last; nil in files of earlier versions.
    package var title: String?
  }

  /// A version of the label set, as what gives it from the dataset's classes.
  package struct Past: Codable, Equatable, Sendable {
    package var title: String
    package var steps: [RecipeStep]
    /// As ``Remembered/parts``.
    package var parts: RecipeStep?

    init(title: String, steps: [RecipeStep], parts: RecipeStep? = nil) {
      (self.title, self.steps, self.parts) = (title, steps, parts)
    }

    init(_ version: TreeHistory.Version) {
      let parts = version.parts.isEmpty ? nil : version.parts.handStep(.a, of: version.cut.partition)
      self.init(title: version.title, steps: version.steps, parts: parts)
    }

    /// Nil where the tree does not have it any more.
    func version(on hierarchy: Hierarchy) -> TreeHistory.Version? {
      var partition: Partition? = Partition(hierarchy)
      for step in steps { partition = partition.flatMap { try? $0.applying(step) } }
      guard let partition, let cut = try? Cut(partition) else { return nil }
      let parts = parts.flatMap { try? HandSplit($0, of: partition) }
      var version = TreeHistory.Version(cut, recipe: steps, budget: steps.imageBudget, parts: parts, title: title)
      version.classes = partition.count
      return version
    }
  }

  private static func path(_ dataset: String, _ home: Home) -> String { "\(home.path)/screens/\(dataset).json" }

  /// Nil where nothing is remembered, or what is there is not ours: that is no reason not to start.
  /// - Parameters:
  ///   - dataset: one that the catalog knows.
  ///   - remark: is told of what a later version remembers, which stays as it is.
  package static func read(_ dataset: String, _ home: Home, remark: (Problem) -> Void = { _ in }) -> Remembered? {
    do throws(Problem) {
      return try RunJSON.read(Remembered.self, from: path(dataset, home), what: "what the screens remember", for: .owner)
    } catch {
      if error.isOfNewerVersion { remark(error) }
      return nil
    }
  }

  /// The label set as it was left; nil where there was none, or the tree does not have it any more.
  func version(on hierarchy: Hierarchy) -> (version: TreeHistory.Version, name: String)? {
    let title = "last session"
    if let draft {
      return Past(title: draft.title ?? title, steps: draft.steps).version(on: hierarchy).map { ($0, draft.name) }
    }
    guard let labelSet, let partition = try? Partition(labelSet, on: hierarchy), let cut = try? Cut(partition) else { return nil }
    return (TreeHistory.Version(cut, recipe: labelSet.recipe, budget: labelSet.imageBudget, title: title), labelSet.name)
  }

  /// What cannot be written is not remembered: leaving must not fail.
  package func write(_ dataset: String, _ home: Home) {
    let path = Self.path(dataset, home)
    guard !RunJSON.isOfNewerVersion(Remembered.self, at: path) else { return }
    try? AtomicFile.makeFolder(home.path + "/screens")
    try? RunJSON.write(self, to: path)
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
      unfolded: (filter?.unfoldedBefore ?? unfolded).map { hierarchy.wnid($0) }.sorted(),
      draft: history.isUntouched ? nil : Remembered.Draft(name: name, steps: history.current.steps, title: history.current.title),
      done: past(history.versions[..<history.place].reversed()).reversed(), undone: past(Array(history.versions[(history.place + 1)...])),
      isSaved: history.isSaved,
      bookmarks: bookmarks,
      order: order,
      // One that is being searched again is kept as well.
      filter: filter?.text ?? (filteredAt == nil ? nil : sought),
      parts: history.current.parts.isEmpty ? nil : history.current.parts.handStep(.a, of: history.current.cut.partition),
      places: places)
  }

  /// As many of the nearest versions, the nearest first, as are worth writing down: fewer where each names many classes.
  private func past(_ versions: [TreeHistory.Version]) -> [Remembered.Past] {
    guard let hierarchy else { return [] }
    return versions.prefix { $0.cut.hierarchy.policy == hierarchy.policy }.prefix(min(200, max(10, 200_000 / hierarchy.count)))
      .map { Remembered.Past($0) }
  }

  /// Goes on from where the screens were left. What the tree does not know any more is passed over.
  /// - Returns: the search for what the tree was filtered by, and the work to have again what was done before.
  mutating func recall(_ remembered: Remembered) -> [Effect] {
    guard let hierarchy else { return [] }
    if let (version, name) = remembered.version(on: hierarchy) {
      if remembered.isSaved { history?.open(version, as: name) } else { history?.change(to: version) }
      _ = changed()
    }
    bookmarks = remembered.bookmarks ?? []
    if let step = remembered.parts, let partition = cutView?.partition, let parts = try? HandSplit(step, of: partition), !parts.isEmpty {
      _ = changeParts("parts of the last session") { $0 = parts }
    }
    unfolded = Set(remembered.unfolded.compactMap { hierarchy.node(wnid: $0) })
    order = remembered.order ?? order
    let selected = hierarchy.node(wnid: remembered.selected)
    rebuildOutline(keeping: selected)
    detailed = line?.node
    let (done, undone) = (remembered.done ?? [], remembered.undone ?? [])
    let past: [Effect] =
      done.isEmpty && undone.isEmpty ? [] : [.tree(.restore(done, undone, on: hierarchy, at: history?.place ?? 0))]
    guard let text = remembered.filter else { return past }
    filteredAt = selected ?? line?.node
    return search(text) + past
  }
}
