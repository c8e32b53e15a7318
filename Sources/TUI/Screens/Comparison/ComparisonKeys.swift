extension ComparisonScreen {
  package static let bindings: [Binding] = [
    bind(["n"], .nextDifference, "next difference", help: "Go to the next node where they differ", footer: true, differ),
    bind(["N"], .previousDifference, "previous", help: "Go to the previous difference", footer: true, differ),
    bind([.enter, " "], .toggle, "fold", help: "Unfold or fold the node", footer: true),
    bind(["d"], .onlyDifferences, "only these", help: "Show only differences; again: everything", footer: true, differ),
    bind(["x"], .swap, "swap", help: "Swap left and right", footer: true),
    bind(["o"], .openLeft, "open left", help: "Open the left label set in the tree", footer: true),
    bind(["O"], .openRight, "open right", help: "Open the right label set in the tree", footer: true),
    bind(["a"], .chooseLeft, "left", help: "Choose another label set for the left side"),
    bind(["b"], .chooseRight, "right", help: "Choose another label set for the right side"),
    bind(["l", .right], .right, "unfold", help: "Unfold the node, or go to its first child"),
    bind(["h", .left], .left, "to parent", help: "Fold the node, or go to its parent"),
    bind([.up, "k"], .move(.up), "up", help: "One line up"),
    bind([.down, "j"], .move(.down), "down", help: "One line down"),
    bind([.pageUp, .control("b")], .move(.pageUp), "page up", help: "One page up"),
    bind([.pageDown, .control("f")], .move(.pageDown), "page down", help: "One page down"),
    bind([.control("d")], .move(.control("d")), "half down", help: "Half a page down"),
    bind([.control("u")], .move(.control("u")), "half up", help: "Half a page up"),
    bind([.home, "g"], .move(.home), "first", help: "To the first line"),
    bind([.end, "G"], .move(.end), "last", help: "To the last line"),
  ]

  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, help: String, footer: Bool = false,
    _ obstacle: @escaping @Sendable (Comparison) -> String? = { _ in nil }
  ) -> Binding {
    Binding(keys, .comparison(action), title, help: help, isInFooter: footer) { state in
      guard let comparison = state.comparison.comparison else { return "Nothing to compare; use c on screen 4" }
      return obstacle(comparison)
    }
  }

  private static let differ: @Sendable (Comparison) -> String? = {
    $0.differences.isEmpty ? "No differences" : nil
  }
}
