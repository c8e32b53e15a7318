import Basics

/// One thing done to a dataset's classes on the way to a label set. Steps apply in order, each to the classes that the
/// one before it left; the same steps on the same classes always give the same label set.
public enum RecipeStep: Hashable, Sendable {
  /// Every chain is cut at this depth (the root has 0).
  case bottomUp(depth: Int)
  case topDown(rounds: Int)
  /// Hand-made: everything at or below each of these synsets becomes one class.
  case cut(collapsed: [String])
  /// The fine classes at or below any of these synsets are left out, whichever hypernyms lead there.
  case without(below: [String])
  /// Exactly these fine classes are left out.
  case leaveOut(classes: [String])
  /// The fine classes of each group become one class, wherever they stand in the tree; it bears the name of their lowest common ancestor, or
  /// of a member where another class has that.
  case merge(groups: [[String]])
  case minimalSplit(depth: Int, target: Int, part: SplitPart)
  case randomSplit(target: Int, seed: UInt64, part: SplitPart)
  /// By hand: what lies nearest below a synset of one of the lists belongs to that part, or to neither.
  case handSplit(a: [String], b: [String], neither: [String], part: SplitPart)
  case sampleClasses(count: Int, seed: UInt64)
  /// At most this many training images of each fine class; of several such steps the last one holds.
  case sampleImages(perClass: Int, seed: UInt64)
}

public enum SplitPart: String, Codable, Sendable, CaseIterable {
  case a = "A"
  case b = "B"
}

extension Partition {
  /// The classes after one more step.
  /// - Throws: a ``Problem`` where the step does not fit these classes, or leaves none.
  public func applying(_ step: RecipeStep) throws(Problem) -> Partition {
    let result =
      switch step {
      case .bottomUp(let depth): try bottomUp(depth: depth)
      case .topDown(let rounds): try topDown(rounds: rounds)
      case .cut(let collapsed): try cut(collapsed: collapsed)
      case .without(let below): try without(below: below)
      case .leaveOut(let classes): try leavingOut(classes)
      case .merge(let groups): try merging(groups)
      case .minimalSplit(let depth, let target, let part): try minimalSplit(depth: depth, target: target, part: part)
      case .randomSplit(let target, let seed, let part): try randomSplit(target: target, seed: seed, part: part)
      case .handSplit(let a, let b, let neither, let part): try handSplit(a: a, b: b, neither: neither, part: part)
      case .sampleClasses(let count, let seed): try sampleClasses(count: count, seed: seed)
      case .sampleImages(let perClass, _): try Self.checkBudget(perClass, self)
      }
    if result.count == 0 { throw Problem("no class is left", at: "\(step)", expected: "at least one") }
    return result
  }

  private static func checkBudget(_ perClass: Int, _ partition: Self) throws(Problem) -> Self {
    guard perClass > 0 else {
      throw Problem("cannot sample images", expected: "at least 1 image per class", found: "\(perClass)")
    }
    return partition
  }
}

extension LabelSet {
  /// Applies `recipe` to the fine classes of `hierarchy`.
  /// - Throws: a ``Problem`` from the first step that does not fit.
  public init(
    name: String, dataset: String, recipe: [RecipeStep], on hierarchy: Hierarchy
  ) throws(Problem) {
    var partition = Partition(hierarchy)
    for step in recipe { partition = try partition.applying(step) }
    self.init(name: name, dataset: dataset, partition: partition, recipe: recipe)
  }

  /// The label set that a cut shows, with a recipe that gives it again.
  /// - Throws: a ``Problem`` where everything is left out.
  public init(name: String, dataset: String, cut: Cut) throws(Problem) {
    try self.init(name: name, dataset: dataset, recipe: cut.recipe, on: cut.hierarchy)
  }

  /// The classes of `partition`, which `recipe` made.
  init(name: String, dataset: String, partition: Partition, recipe: [RecipeStep]) {
    let hierarchy = partition.hierarchy
    let parts = Dictionary(grouping: partition.blocks, by: \.target)
    // What is joined from several parts of the tree is called by these: the node that it bears may have other classes below it.
    func className(_ target: Int32) -> String {
      guard let nodes = parts[target], nodes.count > 1 else { return hierarchy.name(Int(target)) }
      return TargetClass.name(joining: nodes.map { hierarchy.name($0.node) })
    }
    var members: [Int32: [String]] = [:]
    for (fine, target) in partition.targets.enumerated() {
      members[target, default: []].append(hierarchy.fineClasses[fine])
    }
    let leftOut = members.removeValue(forKey: -1) ?? []
    self.init(
      name: name, dataset: dataset, policy: hierarchy.policy, recipe: recipe,
      classes: members.map { node, members in
        TargetClass(wnid: hierarchy.wnid(Int(node)), name: className(node), members: members)
      },
      leftOut: leftOut, imageBudget: recipe.imageBudget)
  }
}

extension [RecipeStep] {
  /// How many images of each fine class these steps leave; nil for all.
  package var imageBudget: ImageBudget? {
    for case .sampleImages(let perClass, let seed) in reversed() { return ImageBudget(perClass: perClass, seed: seed) }
    return nil
  }
}

extension LabelSet {
  /// The recipe for people: "bottom-up at depth 9, then 50 images per class, seed 1".
  public var recipeText: String {
    recipe.isEmpty ? "every class" : recipe.map(\.description).joined(separator: ", then ")
  }
}

extension Partition {
  /// The classes of a saved label set on a tree.
  /// - Throws: a ``Problem`` where a class is not in the tree or does not lie above its members: the tree has another
  ///   policy or other fine classes than the label set.
  public init(_ labelSet: LabelSet, on hierarchy: Hierarchy) throws(Problem) {
    try labelSet.check(fineClasses: hierarchy.fineClasses)
    self.init(hierarchy)
    let fines = Dictionary(uniqueKeysWithValues: hierarchy.fineClasses.enumerated().map { ($1, $0) })
    for wnid in labelSet.leftOut { targets[fines[wnid]!] = -1 }
    for target in labelSet.classes {
      let node = hierarchy.node(wnid: target.wnid)
      let isOwn = target.members.contains(target.wnid)
      for member in target.members {
        let fine = fines[member]!
        // A class that is joined may bear the name of a member.
        guard let node, isOwn || hierarchy.subtree(node).contains(Int(hierarchy.nodeOfFine[fine])) else {
          throw Problem(
            "the label set does not fit this tree", at: labelSet.name,
            expected: "\(target.wnid) above \(member) under policy \(hierarchy.policy.rawValue)",
            found: "another parent",
            advice: "it was made with policy \(labelSet.policy.rawValue)")
        }
        targets[fine] = Int32(node)
      }
    }
  }
}

extension Cut {
  /// What gives this cut's classes from the fine ones.
  public var recipe: [RecipeStep] {
    let topmost = topmostCollapsed()
    let (partition, groups) = (apart(topmost), groups(topmost))
    let left = partition.targets.indices.filter { partition.targets[$0] < 0 }.map { hierarchy.fineClasses[$0] }
    let joined = Set(groups.joined())
    let collapsed = partition.classes.filter { isCollapsed($0) && !joined.contains($0) }.map { hierarchy.wnid($0) }
    let merged = groups.map { $0.flatMap { keptFines($0, topmost) }.map { hierarchy.fineClasses[$0] }.sorted() }
    return (collapsed.isEmpty ? [] : [.cut(collapsed: collapsed)])
      + (left.isEmpty ? [] : [.leaveOut(classes: left.sorted())])
      + (merged.isEmpty ? [] : [.merge(groups: merged)])
  }
}
