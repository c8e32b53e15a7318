import Basics
import Taxonomy

/// The label set being made, every state that it was in, and whether the last one is saved.
package struct TreeHistory: Equatable, Sendable {
  package struct Version: Equatable, Sendable {
    package var cut: Cut
    /// The steps that made the cut from the fine classes, where it was not made by hand.
    package var recipe: [RecipeStep]?
    /// How many training images of each fine class are used; nil for all.
    package var budget: ImageBudget?
    /// Which fine classes are in part A and B.
    package var parts: HandSplit
    /// What was done to come here: "collapse dog".
    package var title: String
    /// What it was saved or opened as, or what was changed by hand since; nil for what a recipe made, which is something new.
    package var name: String?
    /// Where it was changed to come here.
    package var node: Int?
    /// How many classes it has, once they were counted.
    package var classes: Int?

    package init(
      _ cut: Cut, recipe: [RecipeStep]? = nil, budget: ImageBudget? = nil, parts: HandSplit? = nil,
      title: String = "the dataset's fine classes", name: String? = nil, node: Int? = nil
    ) {
      (self.name, self.node) = (name, node)
      self.cut = cut
      self.recipe = recipe?.filter { if case .sampleImages = $0 { false } else { true } }
      self.budget = budget
      self.parts = parts ?? HandSplit(cut.hierarchy)
      self.title = title
    }

    /// What gives the classes from the fine ones.
    var classSteps: [RecipeStep] { recipe ?? cut.recipe }
    /// What gives the label set.
    package var steps: [RecipeStep] {
      classSteps + (budget.map { [.sampleImages(perClass: $0.perClass, seed: $0.seed)] } ?? [])
    }

    /// Whether two differ in more than the way that led to them.
    func isSame(as other: Version) -> Bool { cut == other.cut && budget == other.budget && parts == other.parts }
  }

  package private(set) var current: Version
  private var undone: [Version] = []
  private var done: [Version] = []
  /// What is kept under each name, as far as it was saved or opened here; without a name, what this began with.
  private var saved: [String?: Version]

  package init(_ cut: Cut) {
    current = Version(cut)
    saved = [nil: current]
  }

  /// What it was saved or opened as, or what was changed by hand since.
  package var name: String? { current.name }
  package var isEdited: Bool { saved[name].map { !current.isSame(as: $0) } ?? true }
  /// Whether the label set, beside its parts, is kept under its name.
  package var isSaved: Bool { name != nil && saved[name].map { current.cut == $0.cut && current.budget == $0.budget } ?? false }
  /// Whether it is what the dataset has, all of it, as nobody touched it.
  package var isUntouched: Bool { name == nil && current.isSame(as: Version(Cut(current.cut.hierarchy))) }
  package var canUndo: Bool { !done.isEmpty }
  package var canRedo: Bool { !undone.isEmpty }

  /// - Returns: whether anything changed.
  @discardableResult
  package mutating func change(to version: Version) -> Bool {
    guard !version.isSame(as: current) else { return false }
    done.append(current)
    undone = []
    current = version
    return true
  }

  /// Another cut by hand; the budget and the parts stay. On another tree there are no parts.
  @discardableResult
  package mutating func change(to cut: Cut, _ title: String, at node: Int? = nil) -> Bool {
    let parts = cut.hierarchy === current.cut.hierarchy ? current.parts : nil
    return change(to: Version(cut, budget: current.budget, parts: parts, title: title, name: name, node: node))
  }

  /// What the current version was found to come to.
  mutating func note(classes: Int) { current.classes = classes }

  /// - Returns: what was taken back.
  @discardableResult
  package mutating func undo() -> Version? {
    guard let last = done.popLast() else { return nil }
    undone.append(current)
    current = last
    return undone.last
  }

  /// - Returns: what was made again.
  @discardableResult
  package mutating func redo() -> Version? {
    guard let next = undone.popLast() else { return nil }
    done.append(current)
    current = next
    return current
  }

  /// Every version from the first to the last that was taken back.
  package var versions: [Version] { done + [current] + undone.reversed() }
  /// The place of the current one among them.
  package var place: Int { done.count }

  /// Puts what was done before the screens were left, and what was taken back then, around what this start began with.
  /// - Parameter place: where this start began; what was taken back is gone where something was done since.
  package mutating func restore(before: [Version], after: [Version], at place: Int) {
    if undone.isEmpty, done.count == place { undone = after.reversed() }
    guard place > 0, done.count >= place, let first = done.first else { return }
    done.insert(contentsOf: before.first?.isSame(as: first) == true ? Array(before.dropFirst()) : before, at: 1)
  }

  /// Takes back, or makes again, as many changes as lie between.
  package mutating func go(to place: Int) {
    while done.count > place { undo() }
    while done.count < place, canRedo { redo() }
  }

  package mutating func markSaved(as name: String) {
    current.name = name
    saved[name] = current
  }

  /// Both parts are kept as label sets of their own.
  package mutating func markPartsSaved() { saved[name]?.parts = current.parts }

  /// Goes on with a label set that was saved before; what was there can be had again with undo.
  package mutating func open(_ set: LabelSet, _ cut: Cut) {
    open(Version(cut, recipe: set.recipe, budget: set.imageBudget, title: "open \(set.name)"), as: set.name)
  }

  mutating func open(_ version: Version, as name: String) {
    change(to: version)
    markSaved(as: name)
  }

  /// The label set as it is now.
  /// - Throws: a ``Problem`` where everything is left out.
  package func labelSet(name: String, dataset: String) throws(Problem) -> LabelSet {
    try LabelSet(name: name, dataset: dataset, recipe: current.steps, on: current.cut.hierarchy)
  }

  /// Part A or B of it.
  /// - Throws: a ``Problem`` where the part is empty.
  package func labelSet(_ part: SplitPart, name: String, dataset: String) throws(Problem) -> LabelSet {
    let step = current.parts.step(part, of: current.cut.partition)
    var steps = current.steps
    steps.insert(step, at: current.classSteps.count)
    return try LabelSet(name: name, dataset: dataset, recipe: steps, on: current.cut.hierarchy)
  }
}
