import Basics
import Datasets
import LabelSets
import Taxonomy

/// A label set as the list shows it.
package struct LibraryEntry: Equatable, Sendable, Identifiable {
  package var summary: LabelSetSummary
  /// Why it cannot be used on the dataset that the program is on; nil where it can.
  package var obstacle: String?

  package init(_ summary: LabelSetSummary, obstacle: String? = nil) {
    self.summary = summary
    self.obstacle = obstacle
  }

  package var id: String { summary.name }

  /// Every word typed is part of the name, a tag, the dataset or the recipe.
  func matches(_ filter: String) -> Bool {
    guard !filter.isEmpty else { return true }
    let text = ([summary.name, summary.dataset ?? "", summary.recipe ?? ""] + summary.tags).joined(separator: " ").lowercased()
    return filter.lowercased().split(separator: " ").allSatisfy { text.contains($0) }
  }
}

/// In what order the label sets are listed.
package enum LibraryOrder: String, CaseIterable, Sendable, Codable {
  case name
  /// The most first.
  case classes, images, runs
  /// The last saved first.
  case newest

  package var next: LibraryOrder {
    let all = Self.allCases
    return all[(all.firstIndex(of: self)! + 1) % all.count]
  }

  /// - Parameter entries: by name, which decides between equal ones.
  func sorted(_ entries: [LibraryEntry]) -> [LibraryEntry] {
    func descending(_ key: (LabelSetSummary) -> Double) -> [LibraryEntry] {
      let keys = entries.map { key($0.summary) }
      return entries.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }.map { entries[$0] }
    }
    return switch self {
    case .name: entries
    case .classes: descending { Double($0.classes ?? -1) }
    case .images: descending { Double($0.images ?? -1) }
    case .runs: descending { Double($0.runs.count) }
    case .newest: descending { $0.modified ?? 0 }
    }
  }
}

/// What the details of one label set need beside its line in the list.
package struct LibraryFacts: Equatable, Sendable {
  package struct Group: Equatable, Sendable {
    package var name: String
    package var fineClasses: Int
    /// The dataset's names of its fine classes.
    package var members: [String]
    package var images: Int?

    package init(name: String, fineClasses: Int, members: [String], images: Int? = nil) {
      (self.name, self.fineClasses, self.members, self.images) = (name, fineClasses, members, images)
    }
  }

  package var name: String
  /// Identifies what was described.
  package var hash: String?
  /// What makes it.
  package var command: ShellCommand
  /// The largest first.
  package var groups: [Group]

  package init(name: String, hash: String?, command: ShellCommand, groups: [Group]) {
    (self.name, self.hash, self.command, self.groups) = (name, hash, command, groups)
  }

  func isOf(_ entry: LibraryEntry) -> Bool { name == entry.id && hash == entry.summary.hash }
}

extension LibraryFacts {
  /// - Parameters:
  ///   - classes: the fine classes of the label set's dataset.
  ///   - imagesPerFine: the training images of each of them, where they are known.
  init(_ set: LabelSet, classes: [FineClass], imagesPerFine: [Int]?) {
    let place = Dictionary(classes.enumerated().map { ($1.wnid, $0) }) { first, _ in first }
    let groups = set.classes.map { target in
      let places = target.members.compactMap { place[$0] }
      let images = imagesPerFine.flatMap { counts in
        counts.count == classes.count ? places.reduce(0) { $0 + min(counts[$1], set.imageBudget?.perClass ?? .max) } : nil
      }
      return Group(
        name: target.name, fineClasses: target.members.count,
        // More than any screen shows is not kept.
        members: places.prefix(50).map { classes[$0].name }, images: images)
    }
    let order = groups.indices.sorted {
      let (one, other) = (groups[$0], groups[$1])
      return (other.fineClasses, other.images ?? 0, $0) < (one.fineClasses, one.images ?? 0, $1)
    }
    self.init(name: set.name, hash: set.contentHash, command: set.command, groups: order.map { groups[$0] })
  }
}
