import Taxonomy

/// The split into parts A and B by hand.
extension TreeScreen {
  /// Puts all targets into a part, or takes them out where all are in it already.
  mutating func assign(_ part: SplitPart) -> [Effect] {
    guard let hierarchy, let first = targets.first else { return [] }
    let targets = targets
    let only: SplitView.Place = part == .a ? .inA : .inB
    let takesOut = splitView.map { view in targets.allSatisfy { view.places[$0.top] == only } } ?? false
    let more = targets.count > 1 ? " and \(targets.count - 1) more" : ""
    let name = hierarchy.name(first.node) + more
    return changeParts(takesOut ? "\(name) out of part \(part.rawValue)" : "\(name) to part \(part.rawValue)", at: first.node) { parts in
      for line in targets { parts.assign(line.top, of: hierarchy, to: takesOut ? nil : part) }
    }
  }

  mutating func changeParts(_ title: String, at node: Int? = nil, _ edit: (inout HandSplit) -> Void) -> [Effect] {
    guard var version = history?.current else { return [] }
    edit(&version.parts)
    guard version.parts != history?.current.parts else { return Self.nothingChanges(title) }
    (version.title, version.node) = (title, node)
    history?.change(to: version)
    return edited()
  }
}

extension SplitView.Place {
  /// A letter for a line: the part that all of it is in, small where that is only a part of it, `/` where both have some.
  var glyph: String {
    switch (contains(.inA), contains(.inB), contains(.inNeither)) {
    case (true, true, _): "/"
    case (true, false, let isPartial): isPartial ? "a" : "A"
    case (false, true, let isPartial): isPartial ? "b" : "B"
    case (false, false, _): " "
    }
  }

  var style: Style {
    contains([.inA, .inB]) ? .muted : contains(.inA) ? Style(.series(0), .bold) : Style(.series(1), .bold)
  }
}
