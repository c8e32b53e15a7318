import Basics
import Taxonomy

/// The menu of made sets on the tree screen.
extension TreeScreen {
  mutating func openMakeMenu() -> [Effect] {
    guard let version = history?.current else { return [] }
    mode = .made(MakeMenu(version, hasPascal: !pascal.isEmpty, after: lastPreview))
    return [.tree(.countMade(version))] + (policyMoves == nil ? [.tree(.findMoves(version.cut.hierarchy))] : [])
  }

  /// Does what the menu asks for.
  mutating func follow(_ outcome: MakeMenu.Outcome) -> [Effect] {
    guard case .made(let menu) = mode else { return [] }
    switch outcome {
    case .stay: return []
    case .close: mode = nil
    case .changed:
      lastPreview = menu.ticket
      guard menu.facts != nil, let set = menu.selected else { return [] }
      return [
        .tree(
          .preview(
            set, of: menu.version, pascal: pascal, imagesPerFine: imagesPerFine, ticket: menu.ticket))
      ]
    case .make(let version):
      mode = nil
      history?.change(to: version)
      return edited()
    case .policy: return openPolicyMenu()
    }
    return []
  }

  func makeView(_ menu: MakeMenu) -> MakeMenuView {
    let other = menu.version.cut.hierarchy.policy.other
    return MakeMenuView(
      menu: menu,
      policy: (
        other == .file ? "parents in WordNet's order …" : "parents by name, as in the paper …",
        policyMoves.map { "moves \(counted($0.count, "class"))" } ?? ""
      )
    ) { preview in view(of: preview.consequences, parts: preview.parts, preview.version) }
  }

  /// What a menu would do to the label set, once that is known.
  var previewed: (TreeHistory.Version, Consequences, [Consequences])? {
    switch mode {
    case .made(let menu):
      guard case .success(let preview) = menu.preview else { return nil }
      return (preview.version, preview.consequences, preview.parts)
    case .history(let menu):
      guard let versions = history?.versions, versions.indices.contains(menu.list.selected) else { return nil }
      let version = versions[menu.list.selected]
      let targets = version.cut.partition.targets
      return (
        version, Consequences(version, targets: targets, imagesPerFine: imagesPerFine),
        Consequences.parts(of: version, targets: targets, imagesPerFine: imagesPerFine)
      )
    default: return nil
    }
  }
}

extension HypernymPolicy {
  var other: HypernymPolicy { self == .name ? .file : .name }
}

extension Consequences {
  /// What a version comes to, its budget counted.
  /// - Parameter targets: those of its cut's partition.
  init(_ version: TreeHistory.Version, targets: [Int32], imagesPerFine: [Int]?) {
    self.init(targets: targets, imagesPerFine: imagesPerFine?.count == targets.count ? imagesPerFine : nil, budget: version.budget)
  }

  /// What its parts come to; none where nothing is in a part.
  static func parts(of version: TreeHistory.Version, targets: [Int32], imagesPerFine: [Int]?) -> [Consequences] {
    guard !version.parts.isEmpty else { return [] }
    return SplitPart.allCases.map { part in
      Consequences(version, targets: version.parts.targets(part, of: targets), imagesPerFine: imagesPerFine)
    }
  }
}

extension TreeScreen.Work {
  /// What a version's menu of made sets can offer.
  package static func facts(of version: TreeHistory.Version) -> [MadeSet.Base: MadeFacts] {
    var facts: [MadeSet.Base: MadeFacts] = [:]
    for base in MadeSet.Base.allCases {
      if let (partition, _) = try? version.base(base) { facts[base] = MadeFacts(partition) }
    }
    return facts
  }

  package static func preview(
    _ set: MadeSet, of version: TreeHistory.Version, pascal: [String], imagesPerFine: [Int]?
  ) -> Result<MakeMenu.Preview, Problem> {
    Result { () throws(Problem) in
      let made = try set.made(from: version, pascal: pascal)
      let targets = made.cut.partition.targets
      return MakeMenu.Preview(
        version: made, consequences: Consequences(made, targets: targets, imagesPerFine: imagesPerFine),
        parts: Consequences.parts(of: made, targets: targets, imagesPerFine: imagesPerFine))
    }
  }
}
