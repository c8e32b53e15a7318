import Taxonomy

/// The label set being made, every state that it was in, and whether the last one is saved.
package struct TreeHistory: Equatable, Sendable {
  package struct Version: Equatable, Sendable {
    package var cut: Cut
    /// The steps that made it from the fine classes, where it was not made by hand.
    package var recipe: [RecipeStep]?
    /// What was done to come here: "collapse dog".
    package var title = "the dataset's own classes"
  }

  package private(set) var current: Version
  private var undone: [Version] = []
  private var done: [Version] = []
  private var saved: Version
  /// What it was saved or loaded as.
  package private(set) var name: String?

  package init(_ cut: Cut, name: String? = nil, recipe: [RecipeStep]? = nil) {
    current = Version(cut: cut, recipe: recipe)
    saved = current
    self.name = name
  }

  package var isEdited: Bool { current.cut != saved.cut }
  package var canUndo: Bool { !done.isEmpty }
  package var canRedo: Bool { !undone.isEmpty }

  /// - Returns: whether anything changed.
  @discardableResult
  package mutating func change(to cut: Cut, recipe: [RecipeStep]? = nil, _ title: String) -> Bool {
    guard cut != current.cut else { return false }
    done.append(current)
    undone = []
    current = Version(cut: cut, recipe: recipe, title: title)
    return true
  }

  package mutating func undo() {
    guard let last = done.popLast() else { return }
    undone.append(current)
    current = last
  }

  package mutating func redo() {
    guard let next = undone.popLast() else { return }
    done.append(current)
    current = next
  }

  /// Every version from the first to the last that was taken back.
  package var versions: [Version] { done + [current] + undone.reversed() }
  /// The place of the current one among them.
  package var place: Int { done.count }

  /// Takes back, or makes again, as many changes as lie between.
  package mutating func go(to place: Int) {
    while done.count > place { undo() }
    while done.count < place, canRedo { redo() }
  }

  package mutating func markSaved(as name: String) {
    saved = current
    self.name = name
  }

  /// Goes on with a label set that was saved before; what was there can be had again with undo.
  package mutating func open(_ cut: Cut, name: String, recipe: [RecipeStep]) {
    change(to: cut, recipe: recipe, "open \(name)")
    markSaved(as: name)
  }

  /// The label set as it is now.
  /// - Throws: a ``Problem`` where everything is left out.
  package func labelSet(name: String, dataset: String) throws(Problem) -> LabelSet {
    let hierarchy = current.cut.hierarchy
    return try LabelSet(name: name, dataset: dataset, recipe: current.recipe ?? current.cut.recipe, on: hierarchy)
  }
}
