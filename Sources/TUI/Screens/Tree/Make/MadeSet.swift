import Basics
import Taxonomy

/// A label set that is computed, with the numbers that decide which one it is.
package struct MadeSet: Equatable, Sendable {
  package enum Kind: CaseIterable, Sendable {
    case everyClass, bottomUp, topDown, minimalSplit, randomSplit, withoutPascal, classBudget, imageBudget
  }

  /// A number of it that can be changed.
  package enum Field: Hashable, Sendable {
    case depth, rounds, target, part, classes, images, seed, base
    /// How many classes a depth or a number of rounds gives.
    case count
  }

  /// What it is made from.
  package enum Base: Int, CaseIterable, Sendable {
    /// The label set as it is.
    case current
    /// Every fine class but those that were left out by hand.
    case everyClass
  }

  package let kind: Kind
  package var values: [Field: Int]

  package var base: Base {
    get { values[.base].flatMap(Base.init) ?? .current }
    set { values[.base] = newValue.rawValue }
  }

  package var title: String {
    switch kind {
    case .everyClass: "every class"
    case .bottomUp: "bottom-up"
    case .topDown: "top-down"
    case .minimalSplit: "minimal split"
    case .randomSplit: "random split"
    case .withoutPascal: "without PASCAL"
    case .classBudget: "class budget"
    case .imageBudget: "image budget"
    }
  }

  package var fields: [Field] {
    switch kind {
    case .everyClass: []
    case .bottomUp: [.depth, .count, .base]
    case .topDown: [.rounds, .count, .base]
    case .minimalSplit: [.depth, .target, .part, .base]
    case .randomSplit: [.target, .seed, .part, .base]
    case .withoutPascal: [.base]
    case .classBudget: [.classes, .seed, .base]
    case .imageBudget: [.images, .seed]
    }
  }

  /// Which part a split takes; nil for both, as parts of what is there.
  var part: SplitPart? { values[.part].flatMap { [.a, .b, nil][$0] } }

  /// What it does to the classes of its base; a split of both parts does it to part A.
  func step(pascal: [String]) -> RecipeStep? {
    func value(_ field: Field) -> Int { values[field] ?? 0 }
    let seed = UInt64(value(.seed))
    switch kind {
    case .everyClass, .imageBudget: return nil
    case .bottomUp: return .bottomUp(depth: value(.depth))
    case .topDown: return .topDown(rounds: value(.rounds))
    case .minimalSplit: return .minimalSplit(depth: value(.depth), target: value(.target), part: part ?? .a)
    case .randomSplit: return .randomSplit(target: value(.target), seed: seed, part: part ?? .a)
    case .withoutPascal: return .without(below: pascal)
    case .classBudget: return .sampleClasses(count: value(.classes), seed: seed)
    }
  }

  /// The label set that it makes.
  /// - Throws: a ``Problem`` where its numbers do not fit.
  func made(from version: TreeHistory.Version, pascal: [String]) throws(Problem) -> TreeHistory.Version {
    if kind == .imageBudget {
      var made = version
      made.name = nil
      made.budget = values[.images].flatMap { $0 == 0 ? nil : ImageBudget(perClass: $0, seed: UInt64(values[.seed] ?? 0)) }
      made.title = made.budget.map { "\(counted($0.perClass, "image")) per fine class, seed \($0.seed)" } ?? "all images"
      return made
    }
    let (partition, steps) = try version.base(kind == .everyClass ? .everyClass : base)
    guard let step = step(pascal: pascal) else {
      return TreeHistory.Version(
        try Cut(partition), recipe: steps, budget: version.budget, parts: version.parts, title: "every class")
    }
    if kind == .minimalSplit || kind == .randomSplit, part == nil {
      return TreeHistory.Version(
        base == .current ? version.cut : try Cut(partition), recipe: base == .current ? version.recipe : steps,
        budget: version.budget, parts: try HandSplit(step, of: partition), title: "\(title) into A and B",
        name: base == .current ? version.name : nil)
    }
    return TreeHistory.Version(
      try Cut(try partition.applying(step)), recipe: steps + [step], budget: version.budget, parts: version.parts,
      title: step.description)
  }
}

extension TreeHistory.Version {
  /// The classes that a made set is made from, and the steps that give them.
  func base(_ base: MadeSet.Base) throws(Problem) -> (Partition, [RecipeStep]) {
    if base == .current { return (cut.partition, classSteps) }
    // What was left out by hand stays so; classes are made anew.
    let fine = Partition(cut.hierarchy)
    let left = fine.targets.indices.filter { cut.isLeftOut(fine: $0) }.map { cut.hierarchy.fineClasses[$0] }
    guard !left.isEmpty else { return (fine, []) }
    let step = RecipeStep.leaveOut(classes: left.sorted())
    return (try fine.applying(step), [step])
  }
}

/// What can be made from a base: the steps of the sliders, and what is sensible where nobody says.
package struct MadeFacts: Equatable, Sendable {
  package struct Step: Equatable, Sendable {
    /// The depth or the number of rounds.
    package var value: Int
    package var classes: Int
  }

  package var classes: Int
  /// From the coarsest that has two classes to the finest.
  package var depths: [Step]
  package var rounds: [Step]
  package var splitDepth, splitTarget: Int

  init(_ partition: Partition) {
    classes = partition.count
    depths = partition.bottomUpCounts.reversed().filter { $0.classes > 1 }.map { Step(value: $0.depth, classes: $0.classes) }
    rounds = partition.topDownCounts.filter { $0.classes > 1 }.map { Step(value: $0.rounds, classes: $0.classes) }
    splitDepth = min(partition.defaultSplitDepth, partition.hierarchy.deepest)
    splitTarget = partition.defaultSplitTarget
  }

  /// The steps of a slider; nil for a number that has none.
  func steps(_ field: MadeSet.Field) -> [Step]? { field == .depth ? depths : field == .rounds ? rounds : nil }
}
