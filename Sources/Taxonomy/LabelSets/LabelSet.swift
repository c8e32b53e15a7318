import Basics

/// A partition of (some of) a dataset's fine classes into target classes, with the recipe that made it.
///
/// A label set is a view: it names classes by wnid and never holds or copies images.
public struct LabelSet: Equatable, Sendable, Codable {
  public var name: String
  /// The dataset whose fine classes are partitioned.
  public var dataset: String
  public var policy: HypernymPolicy
  /// What was done to the fine classes, in order.
  public var recipe: [RecipeStep]
  /// Sorted by wnid (ASCII); a target label is an index into this list.
  public var classes: [TargetClass]
  /// The fine classes that no target class holds, sorted.
  public var leftOut: [String]
  /// At most this many training images of each target's fine class are used; nil uses all.
  public var imageBudget: ImageBudget?

  public init(
    name: String, dataset: String, policy: HypernymPolicy, recipe: [RecipeStep], classes: [TargetClass],
    leftOut: [String], imageBudget: ImageBudget? = nil
  ) {
    self.name = name
    self.dataset = dataset
    self.policy = policy
    self.recipe = recipe
    self.classes = classes.sorted { $0.wnid < $1.wnid }
    self.leftOut = leftOut.sorted()
    self.imageBudget = imageBudget
  }

  /// The target label of each of `fineClasses`, −1 where it is left out.
  public func targets(for fineClasses: [String]) -> [Int32] {
    var target: [String: Int32] = [:]
    for (index, targetClass) in classes.enumerated() {
      for member in targetClass.members { target[member] = Int32(index) }
    }
    return fineClasses.map { target[$0] ?? -1 }
  }
}

/// One class of a label set: a synset, and the fine classes that it stands for.
public struct TargetClass: Equatable, Sendable, Codable {
  public var wnid: String
  /// The synset's first lemma, or those of the parts that a class is joined from: for people, never a key.
  public var name: String
  /// Fine wnids, sorted.
  public var members: [String]

  public init(wnid: String, name: String, members: [String]) {
    self.wnid = wnid
    self.name = name
    self.members = members.sorted()
  }

  /// What a class is called that is joined from several parts: by the first three of them.
  public static func name(joining parts: [String]) -> String {
    parts.prefix(3).joined(separator: " + ") + (parts.count > 3 ? " + \(parts.count - 3) more" : "")
  }
}

/// Images drawn uniformly per fine class: the first `perClass` of one permutation seeded by `seed` and the wnid, so
/// that smaller budgets nest in larger ones.
public struct ImageBudget: Equatable, Sendable, Codable {
  @Bounded<Natural> public var perClass: Int
  public var seed: UInt64

  public init(perClass: Int, seed: UInt64) {
    self.perClass = perClass
    self.seed = seed
  }
}

/// Which of several hypernyms is a synset's parent in the tree.
public enum HypernymPolicy: String, Codable, Sendable, CaseIterable {
  /// The lexicographically smallest `lemma.n.NN` name (the paper's).
  case name
  /// The first in data.noun.
  case file
}
