import ArgumentParser
import Basics
import Glibc
import LabelSets
import Taxonomy

/// What every command that makes a label set shares: what it starts from, how the result is shown, where it is kept.
struct LabelSetMaking: ParsableArguments {
  @Option(help: ArgumentHelp("The dataset whose classes are grouped (default: imagenet-1k).", valueName: "name"))
  var dataset: String?
  @Option(help: "Which of several hypernyms becomes the parent: the first by name, or in file order (default: name).")
  var policy: HypernymPolicy?
  @Option(help: ArgumentHelp("Start from this saved label set instead of the fine classes.", valueName: "name"))
  var on: String?
  @Option(help: "How to print the classes (default: table).")
  var format: LabelSetFormat?
  @Option(help: ArgumentHelp("Save the label set under this name.", valueName: "name"))
  var save: String?
  @Flag(help: "Replace a label set of this name with different classes without asking; the old one goes to the trash.")
  var replace = false
  @OptionGroup var global: GlobalOptions

  /// Makes, saves and prints the label set that `steps` give on what the options start from.
  func run(_ kind: String, _ steps: (Partition) throws(Problem) -> [RecipeStep]) throws {
    let store = global.labelSets
    if let save { _ = try store.path(save) }
    let base = try start(store)
    let hierarchy = try global.catalog.hierarchy(
      of: base.dataset, base.policy)
    var partition = Partition(hierarchy)
    for step in base.recipe { partition = try partition.applying(step) }
    var set = try LabelSet(name: kind, dataset: base.dataset, recipe: base.recipe + steps(partition), on: hierarchy)
    set.name = save ?? "\(kind)-\(set.classes.count)"
    if save != nil { try store.keep(set, mayReplace: replace) }
    guard save == nil || format != nil else { return print("saved \(set.summary)") }
    set.show(format ?? .table)
  }

  private func start(
    _ store: LabelSetStore
  ) throws(Problem) -> (dataset: String, policy: HypernymPolicy, recipe: [RecipeStep]) {
    guard let on else { return (dataset ?? "imagenet-1k", policy ?? .name, []) }
    let base = try store.load(on, for: dataset)
    guard policy == nil || policy == base.policy else {
      throw Problem(
        "the label set has another policy", at: on, expected: policy!.rawValue, found: base.policy.rawValue,
        advice: "leave --policy out", kind: .usage)
    }
    return (base.dataset, base.policy, base.recipe)
  }
}

extension LabelSetStore {
  /// Saves a label set, over other classes of its name only after a yes.
  func keep(_ set: LabelSet, mayReplace: Bool) throws {
    if !mayReplace, hasOther(than: set) {
      guard isatty(STDIN_FILENO) == 1 else {
        throw Problem(
          "a label set with other classes has this name", at: set.name, advice: "give another one with --save, or replace them with --replace", kind: .cannotWrite)
      }
      guard try Output.confirm("There is a label set \(set.name) of other classes. Replace it?") else { throw ExitCode.failure }
    }
    try save(set)
  }
}

extension HypernymPolicy: ExpressibleByArgument {}
