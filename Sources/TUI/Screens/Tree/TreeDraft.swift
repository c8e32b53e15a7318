import Basics
import Taxonomy

/// The label set in the making, for what is done with it beside the keys: on large trees it takes a while to name all its classes.
package struct TreeDraft: Sendable {
  package var history: TreeHistory
  package var name: String
  package var dataset: String

  package init(_ history: TreeHistory, name: String, dataset: String) {
    self.history = history
    self.name = name
    self.dataset = dataset
  }

  package var version: TreeHistory.Version { history.current }

  /// All of it.
  /// - Throws: a ``Problem`` where everything is left out.
  package func whole() throws(Problem) -> LabelSet { try history.labelSet(name: name, dataset: dataset) }

  /// Both parts, as `name-A` and `name-B`.
  /// - Throws: a ``Problem`` where a part has no class.
  package func parts() throws(Problem) -> [LabelSet] {
    var sets: [LabelSet] = []
    for part in SplitPart.allCases {
      guard let set = self.part(part) else {
        throw Problem(
          "part \(part.rawValue) has no class", expected: "classes in both parts", found: "none",
          advice: "add a subtree with \(part.rawValue)")
      }
      sets.append(set)
    }
    return sets
  }

  /// The parts that hold a class; the whole where there are none.
  /// - Throws: as ``whole()``.
  package func shown() throws(Problem) -> [LabelSet] {
    let parts = version.parts.isEmpty ? [] : SplitPart.allCases.compactMap(part)
    return parts.isEmpty ? [try whole()] : parts
  }

  private func part(_ part: SplitPart) -> LabelSet? {
    try? history.labelSet(part, name: "\(name)-\(part.rawValue)", dataset: dataset)
  }

  /// What makes the shown label sets, and writes random images of them to a PNG file where one is named.
  /// - Throws: as ``whole()``.
  package func command(collage: String? = nil) throws(Problem) -> ShellCommand {
    let sets = try shown()
    guard let collage else { return ShellCommand(inOrder: sets.map(\.command)) }
    let isKept = history.isSaved && sets.map(\.name) == [history.name]
    let picture = ShellCommand(["labels", "collage"] + sets.map(\.name) + ["-o", collage])
    return ShellCommand(inOrder: (isKept ? [] : sets.map(\.command)) + [picture])
  }
}

extension TreeScreen {
  /// What the label set is called, or would be.
  var name: String { history?.name ?? suggestedName }

  var suggestedName: String { "\(cutView?.classCount ?? 0)-classes" }

  /// Nil until the tree is open.
  func draft(named name: String? = nil) -> TreeDraft? {
    history.map { TreeDraft($0, name: name ?? self.name, dataset: dataset) }
  }

  // MARK: The command line that does the same

  package func command(_ session: Session) -> CommandSource {
    guard let draft = draft() else { return .none(absence) }
    return .fetched(.tree(.copyCommand(draft, collage: side == .collage ? "\(name).png" : nil)))
  }

  /// Asks for the command beside what the label set comes to, unless it is there.
  func fetchCommand() -> [Effect] {
    guard side == .consequences, let draft = draft(), sameAs?.version.isSame(as: draft.version) != true else { return [] }
    return [.tree(.tellCommand(draft))]
  }
}
