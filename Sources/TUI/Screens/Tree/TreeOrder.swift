import Taxonomy

/// In what order siblings stand in the tree.
package enum TreeOrder: String, CaseIterable, Sendable, Codable {
  /// Those with the most fine classes first: the tree's own order, which no edit changes.
  case fineClasses
  case name
  /// The most classes of the label set first.
  case classes
  /// The most training images first.
  case images
  /// First those whose largest class is the most times larger than their mean class.
  case imbalance

  package var title: String {
    switch self {
    case .fineClasses: "fine classes"
    case .name: "name"
    case .classes: "classes"
    case .images: "images"
    case .imbalance: "imbalance"
    }
  }

  /// Whether another label set may be another order.
  var followsEdits: Bool { self != .fineClasses && self != .name }

  package var next: TreeOrder {
    let all = Self.allCases
    return all[(all.firstIndex(of: self)! + 1) % all.count]
  }

  /// A function that puts siblings in this order, equal ones in the tree's.
  func sort(_ cutView: CutView, imagesBelow: [Int]?) -> ([Int]) -> [Int] {
    let hierarchy = cutView.partition.hierarchy
    func descending(_ key: @escaping (Int) -> Double) -> ([Int]) -> [Int] {
      { nodes in
        let keys = nodes.map(key)
        return nodes.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }.map { nodes[$0] }
      }
    }
    switch self {
    case .fineClasses: return { $0 }
    case .name:
      return { nodes in
        let names = nodes.map { hierarchy.name($0).lowercased() }
        return nodes.indices.sorted { names[$0] != names[$1] ? names[$0] < names[$1] : $0 < $1 }.map { nodes[$0] }
      }
    case .classes: return descending { Double(cutView.classesBelow[$0]) }
    case .images: return descending { Double(imagesBelow?[$0] ?? 0) }
    case .imbalance:
      guard let imagesBelow else { return { $0 } }
      return descending { node in
        let classes = hierarchy.subtree(node).filter { cutView.marks[$0] == .isClass }
        guard let most = classes.map({ imagesBelow[$0] }).max(), most > 0 else { return 0 }
        return Double(most * classes.count) / Double(classes.reduce(0) { $0 + imagesBelow[$1] })
      }
    }
  }
}
