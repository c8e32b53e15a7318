import Basics
import LabelSets
import TUI

/// Label sets to show: of this dataset and another one, used and unused, one that cannot be read.
enum LibraryFixtures {
  static func summary(
    _ name: String, classes: Int, recipe: String, tags: [String] = [], runs: [String] = [], leftOut: Int = 0,
    dataset: String = "fashion-mnist", modified: Double = 0
  ) -> LabelSetSummary {
    var summary = LabelSetSummary(name: name)
    summary.dataset = dataset
    summary.classes = classes
    summary.fineClasses = (dataset == "fashion-mnist" ? 10 : 1000) - leftOut
    summary.leftOut = leftOut
    summary.recipe = recipe
    summary.images = dataset == "fashion-mnist" ? 6000 * (10 - leftOut) : nil
    summary.tags = tags
    summary.runs = runs
    let digits = String(repeating: String(classes, radix: 16), count: 64).prefix(64)
    summary.hash = "sha256:\(digits)"
    summary.modified = 1_450_000_000 + modified
    return summary
  }

  static var entries: [LibraryEntry] {
    var damaged = LabelSetSummary(name: "damaged")
    damaged.problem = "cannot read the label set: /home/label-sets/damaged.json: expected JSON; the file is damaged"
    damaged.modified = 1_450_000_000
    return [
      LibraryEntry(
        summary(
          "coarse-4", classes: 4, recipe: "bottom-up at depth 7", tags: ["fig-3", "paper"],
          runs: ["20260101-000000-coarse-4", "20260101-000000-first"], modified: 90_000)),
      LibraryEntry(damaged, obstacle: damaged.problem),
      LibraryEntry(summary("fine", classes: 10, recipe: "every class", runs: ["20260101-000000-fine"], modified: 60)),
      LibraryEntry(
        summary("paper-127", classes: 127, recipe: "top-down, 1 round", tags: ["paper"], dataset: "imagenet-1k", modified: 120),
        obstacle: "Belongs to imagenet-1k; the open dataset is fashion-mnist"),
      LibraryEntry(
        summary("without-shoes-and-a-very-long-name", classes: 7, recipe: "without all below n04199027", leftOut: 3, modified: 30)),
    ]
  }

  static let removed = RemovedLabelSet(name: "gone", removed: "2015-12-31 23:59:59", path: "/home/label-sets/.trash/x-gone.json")

  static var facts: LibraryFacts {
    LibraryFacts(
      name: "coarse-4", hash: entries[0].summary.hash,
      command: ShellCommand("labels", "bottom-up", "--depth", "7", "--dataset", "fashion-mnist", "--save", "coarse-4"),
      groups: [
        .init(name: "garment", fineClasses: 5, members: ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"], images: 30_000),
        .init(name: "footwear", fineClasses: 3, members: ["Sandal", "Sneaker", "Ankle boot"], images: 18_000),
        .init(name: "bag", fineClasses: 1, members: ["Bag"], images: 6000),
        .init(name: "shirt", fineClasses: 1, members: ["Shirt"], images: 6000),
      ])
  }

  static func state(
    rows: Int, columns: Int, _ look: Look = Look(), entries: [LibraryEntry] = LibraryFixtures.entries
  ) -> AppState {
    var state = AppState(
      session: Session(dataset: "fashion-mnist", look: look, size: Size(rows: rows, columns: columns)), screen: .library)
    _ = update(&state, .library(.looked(LibraryLook(entries: entries, removed: removed))))
    _ = update(&state, .library(.described(facts)))
    return state
  }
}
