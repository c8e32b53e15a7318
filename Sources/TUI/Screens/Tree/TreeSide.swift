import Basics
import Taxonomy

/// What is shown beside the tree, or below it where the screen is narrow.
package enum TreeSide: Equatable, Sendable {
  case nothing
  /// What is known of the class under the cursor.
  case node
  /// Everything that the label set comes to, while it is being made.
  case consequences
  /// Many images of the class under the cursor.
  case pictures
  /// Random images of the label set, of parts A and B side by side.
  case collage

  /// Whether it is there because somebody asked for it.
  var isAsked: Bool { self != .nothing && self != .node }

  /// How many rows it wants below the tree, a rule among them.
  func rows(of body: Rect, parts: Int) -> Int {
    switch self {
    case .nothing: 0
    case .node: body.rows < 16 ? 0 : body.rows >= 22 ? 5 : 4
    case .consequences: 10 + parts
    case .pictures: 10
    case .collage: 13
    }
  }
}

extension TreeScreen {
  /// Shows something beside the tree; again: what is shown otherwise.
  mutating func show(_ side: TreeSide) -> [Effect] {
    self.side = self.side == side ? (side == .node ? .nothing : .node) : side
    return settle(after: 0)
  }

  func drawConsequences(on canvas: inout Canvas, beside area: Rect) {
    var area = area
    canvas.put("Statistics of the label set", in: area.takeTop(1), style: .bold)
    _ = area.takeTop(1)
    consequencesView?.draw(on: &canvas, rows: area)
  }

  /// What the label set comes to, in words; nil until the tree is open.
  var consequencesView: ConsequencesView? {
    guard let consequences, let version = history?.current else { return nil }
    var view = view(of: consequences, parts: partConsequences, version)
    // What it was before the last edit is no command for what is shown.
    if side == .consequences { view.command = sameAs.flatMap { $0.version.isSame(as: version) ? $0.text : nil } ?? "…" }
    return view
  }

  func view(of facts: Consequences, parts: [Consequences], _ version: TreeHistory.Version) -> ConsequencesView {
    let hierarchy = version.cut.hierarchy
    // Compared only where anything is joined: this is drawn with every key.
    let joined = !version.cut.hasJoined ? nil : version.cut == history?.current.cut ? cutView : CutView(version.cut)
    return ConsequencesView(
      facts: facts, budget: version.budget, pace: pace, parts: Array(zip(SplitPart.allCases, parts)).map { (part: $0, facts: $1) }
    ) { target in
      hierarchy.nodes.contains(target) ? printable(joined?.name(ofClass: target) ?? hierarchy.name(target)) : ""
    }
  }
}
