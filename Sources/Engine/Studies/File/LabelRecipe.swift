import Basics
import Datasets
import LabelSets
import Taxonomy

/// How the classes of a net are made, in the words of a study file: `bottom-up depth 15 | images 500 seed 1`.
public struct LabelRecipe: Equatable, Sendable {
  public enum Step: Equatable, Sendable {
    case all
    /// A saved label set.
    case saved(String)
    case bottomUp(depth: Int)
    case bottomUpClasses(Int)
    case topDown(rounds: Int)
    case topDownClasses(Int)
    case withoutPascal
    case without([String])
    case classes(Int, seed: UInt64)
    case images(Int, seed: UInt64)
    case minimalSplit(depth: Int?, target: Int?, part: SplitPart)
    case randomSplit(target: Int?, seed: UInt64, part: SplitPart)
  }

  public var steps: [Step]

  /// What a step may begin with, for messages.
  static let words = ["all", "set", "bottom-up", "top-down", "without", "classes", "images", "minimal-split", "random-split"]
  static let forms = "all, set NAME, bottom-up depth D, top-down rounds R, without pascal|WNID,…, classes N seed S, images N seed S, "
    + "minimal-split depth D target N part A|B, or random-split N seed S part A|B"

  /// What is wrong with a text.
  struct Fault: Error, Equatable { var what: String }

  package init(steps: [Step]) { self.steps = steps }

  init(_ text: String) throws(Fault) {
    steps = []
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      var words = part.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)[...]
      guard let first = words.popFirst() else { throw Fault(what: "expected \(Self.forms), found nothing") }
      let step = try Self.step(first, &words)
      if let rest = words.first { throw Fault(what: "“\(rest)” is not understood after `\(first)`; expected \(Self.forms)") }
      if case .saved = step, !steps.isEmpty { throw Fault(what: "a saved label set can only come first") }
      steps.append(step)
    }
  }

  private static func step(_ word: String, _ rest: inout ArraySlice<String>) throws(Fault) -> Step {
    switch word {
    case "all": return .all
    case "set": return .saved(try name(&rest))
    case "bottom-up":
      let (kind, number) = try either("depth", "classes", after: word, &rest)
      return kind == "depth" ? .bottomUp(depth: number) : .bottomUpClasses(number)
    case "top-down":
      let (kind, number) = try either("rounds", "classes", after: word, &rest)
      return kind == "rounds" ? .topDown(rounds: number) : .topDownClasses(number)
    case "without":
      let names = try name(&rest).split(separator: ",").map(String.init)
      if names == ["pascal"] { return .withoutPascal }
      if let wrong = names.first(where: { SynsetID($0) == nil }) { throw Fault(what: "“\(wrong)” is no wnid; expected `without pascal` or `without n02084071,…`") }
      return .without(names)
    case "classes": return .classes(try count(word, rest.popFirst()), seed: try seed(&rest))
    case "images": return .images(try count(word, rest.popFirst()), seed: try seed(&rest))
    case "minimal-split":
      let depth = try option("depth", &rest), target = try option("target", &rest)
      return .minimalSplit(depth: depth, target: target, part: try part(&rest))
    case "random-split":
      var target: Int?
      if let number = rest.first.flatMap({ Int($0) }) { (target, rest) = (try count(word, "\(number)"), rest.dropFirst()) }
      if target == nil { target = try option("target", &rest) }
      return .randomSplit(target: target, seed: try seed(&rest), part: try part(&rest))
    default:
      let near = nearestWord(to: word, among: words + ["untrained", "run", "file", "features"]).map { "; did you mean `\($0)`?" } ?? ""
      throw Fault(what: "“\(word)” makes no classes\(near) Expected \(forms)")
    }
  }

  private static func name(_ rest: inout ArraySlice<String>) throws(Fault) -> String {
    guard let name = rest.popFirst() else { throw Fault(what: "expected \(forms), found nothing more") }
    return name
  }

  private static func count(_ what: String, _ text: String?) throws(Fault) -> Int {
    guard let text, let number = Int(text.filter { $0 != "," && $0 != "_" }), 1...100_000_000 ~= number else {
      throw Fault(what: "expected a number of 1 or more after `\(what)`, found “\(text ?? "nothing")”")
    }
    return number
  }

  private static func either(_ one: String, _ other: String, after word: String, _ rest: inout ArraySlice<String>) throws(Fault) -> (String, Int) {
    guard let kind = rest.popFirst(), kind == one || kind == other else { throw Fault(what: "expected `\(one)` or `\(other)` and a number after `\(word)`") }
    // The root is at depth 0.
    if kind == "depth", rest.first == "0" { rest.removeFirst(); return (kind, 0) }
    return (kind, try count(kind, rest.popFirst()))
  }

  private static func option(_ name: String, _ rest: inout ArraySlice<String>) throws(Fault) -> Int? {
    guard rest.first == name else { return nil }
    rest.removeFirst()
    return try count(name, rest.popFirst())
  }

  private static func seed(_ rest: inout ArraySlice<String>) throws(Fault) -> UInt64 {
    guard rest.first == "seed" else { return 1 }
    rest.removeFirst()
    guard let text = rest.popFirst(), let seed = UInt64(text) else { throw Fault(what: "expected a whole number after `seed`") }
    return seed
  }

  private static func part(_ rest: inout ArraySlice<String>) throws(Fault) -> SplitPart {
    guard rest.popFirst() == "part", let part = rest.popFirst().flatMap({ SplitPart(rawValue: $0.uppercased()) }) else {
      throw Fault(what: "expected `part A` or `part B` at the end of a split")
    }
    return part
  }

  // MARK: Making

  /// The label set on a dataset.
  /// - Throws: a ``Problem`` where a step does not fit the dataset's tree, or a saved label set is not there.
  func labelSet(of dataset: any Dataset, catalog: DatasetCatalog) throws(Problem) -> LabelSet {
    if steps.allSatisfy({ $0 == .all }) { return .fineClasses(of: dataset) }
    var policy = HypernymPolicy.name
    var recipe: [RecipeStep] = []
    if case .saved(let name) = steps[0] {
      let saved = try LabelSetStore(home: catalog.home, wordNet: catalog.wordNet).load(name, for: dataset.name)
      if steps.count == 1 { return saved }
      (policy, recipe) = (saved.policy, saved.recipe)
    }
    let tree = try catalog.hierarchy(of: dataset.name, policy)
    var partition = Partition(tree)
    for step in recipe { partition = try partition.applying(step) }
    for step in steps {
      guard let made = try Self.recipeStep(step, partition) else { continue }
      partition = try partition.applying(made)
      recipe.append(made)
    }
    var set = try LabelSet(name: "study", dataset: dataset.name, recipe: recipe, on: tree)
    set.name = Self.name(steps.last!, set.classes.count)
    return set
  }

  private static func recipeStep(_ step: Step, _ partition: Partition) throws(Problem) -> RecipeStep? {
    switch step {
    case .all, .saved: nil
    case .bottomUp(let depth): .bottomUp(depth: depth)
    case .bottomUpClasses(let classes): .bottomUp(depth: try partition.bottomUpDepth(classes: classes))
    case .topDown(let rounds): .topDown(rounds: rounds)
    case .topDownClasses(let classes): .topDown(rounds: try partition.topDownRounds(classes: classes))
    case .withoutPascal: .without(below: try Assets.pascalClasses())
    case .without(let below): .without(below: below)
    case .classes(let count, let seed): .sampleClasses(count: count, seed: seed)
    case .images(let perClass, let seed): .sampleImages(perClass: perClass, seed: seed)
    case .minimalSplit(let depth, let target, let part):
      .minimalSplit(depth: depth ?? partition.defaultSplitDepth, target: target ?? partition.defaultSplitTarget, part: part)
    case .randomSplit(let target, let seed, let part): .randomSplit(target: target ?? partition.defaultSplitTarget, seed: seed, part: part)
    }
  }

  private static func name(_ step: Step, _ classes: Int) -> String {
    let kind =
      switch step {
      case .all: "fine"
      case .saved(let name): name
      case .bottomUp, .bottomUpClasses: "bottom-up"
      case .topDown, .topDownClasses: "top-down"
      case .withoutPascal: "without-pascal"
      case .without: "without"
      case .classes: "classes"
      case .images(let count, _): "images-\(count)-of"
      case .minimalSplit(_, _, let part): "minimal-\(part.rawValue)"
      case .randomSplit(_, _, let part): "random-\(part.rawValue)"
      }
    return "\(kind)-\(classes)"
  }
}
