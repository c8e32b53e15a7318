import ArgumentParser
import Basics
import Taxonomy

struct LabelsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a saved label set and its statistics for training.")

  @Argument(help: "The label set's name.")
  var name: String
  @Option(help: "How to print the classes.")
  var format: LabelSetFormat = .table
  @Flag(help: "Print JSON; the same as --format json.")
  var json = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let catalog = global.catalog
    let set = try global.labelSets.load(name)
    set.show(json ? .json : format)
    guard !json, format == .table else { return }
    let fine = try catalog.classes(of: set.dataset).map(\.wnid)
    // Images that went away are no reason not to show the classes.
    let images = catalog.hasImages(set.dataset) ? try? catalog.imagesPerClass(set.dataset) : nil
    let facts = Consequences(targets: set.targets(for: fine), imagesPerFine: images, budget: set.imageBudget)
    print("policy \(set.policy.rawValue), \(set.contentHash)")
    var line = "chance \(percent(facts.chance)), \(counted(facts.singletons, "singleton class"))"
    if let total = facts.images, let sizes = facts.imagesPerClass, let least = sizes.first, let most = sizes.last {
      line += ", \(counted(total, "training image")), \(Output.range(least, most)) per class"
      if let imbalance = facts.imbalance { line += ", imbalance \(tenths(imbalance))×" }
    }
    print(line)
  }

  private func percent(_ share: Double) -> String { "\(tenths(share * 100)) %" }

  private func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
