import Taxonomy

extension TreeScreen {
  package enum Action: Hashable, Sendable {
    case up, down, pageUp, pageDown, first, last, left, right
    case fold, leaveOut, finer, coarser, undo, redo
    case finerBelow, coarserBelow, mark, invertMarks, back, sort, unfoldAll, filter, history
    case search, nextHit, previousHit
    case make, save, open, train, alsoUnder, details
  }

  package static let bindings: [Binding] = [
    bind(["c", " "], .fold, "collapse", help: "Make one class of all below; again: expand it", footer: true) {
      $0.foldObstacle
    },
    bind(["+", "="], .finer, "finer", help: "The whole cut one level finer", footer: true) {
      $0.history?.current.cut.isFinest == true ? "Every class is as fine as the dataset's" : nil
    },
    bind(["-"], .coarser, "coarser", help: "The whole cut one level coarser", footer: true) {
      $0.cutView?.classCount == 1 ? "There is one class left" : nil
    },
    bind(["u"], .undo, "undo", help: "Take the last change back", footer: true) {
      $0.history?.canUndo == true ? nil : "Nothing to take back"
    },
    bind([.control("r"), "U"], .redo, "redo", help: "Make the change again that was taken back") {
      $0.history?.canRedo == true ? nil : "Nothing was taken back"
    },
    bind(["]", ">"], .finerBelow, "finer below", help: "One level finer, below the cursor or the marks alone"),
    bind(["[", "<"], .coarserBelow, "coarser below", help: "One level coarser, below the cursor or the marks alone"),
    bind(["v"], .mark, "mark", help: "Mark this line; what is done next is done to all marked"),
    bind(["V"], .invertMarks, "invert marks", help: "Mark the lines that are not marked, and no others"),
    bind([.escape], .back, "back", help: "Drop the filter, then the marks, then the hits of the search") {
      $0.filter == nil && $0.marked.isEmpty && $0.hits.isEmpty ? "Nothing is marked, and nothing was searched" : nil
    },
    bind(["H"], .history, "history", help: "List what was done, and go back to any of it"),
    bind(["S"], .sort, "sort", help: "Order by fine classes, name, classes, images or imbalance"),
    bind(["f"], .filter, "filter", help: "Show what the search found and nothing else; again: everything") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["*"], .unfoldAll, "unfold all", help: "Show everything below; again: hide it"),
    bind(["x"], .leaveOut, "leave out", help: "Leave out all below; again: take it in"),
    bind(["/"], .search, "search", help: "Search names, wnids and glosses while typing", footer: true),
    bind(["m"], .make, "make", help: "Made sets: bottom-up, top-down, splits, without PASCAL", footer: true),
    bind(["s"], .save, "save", help: "Save the label set under a name", footer: true),
    bind(["o"], .open, "open", help: "Open a saved label set"),
    bind(["t"], .train, "train", help: "Train a network on this label set", footer: true) {
      $0.cutView.map(\.classCount) ?? 0 < 2 ? "A training needs two classes or more" : nil
    },
    bind(["j", .down], .down, "down", help: "One line down"),
    bind(["k", .up], .up, "up", help: "One line up"),
    bind(["l", .right, .enter], .right, "unfold", help: "Show what is below, or go there"),
    bind(["h", .left], .left, "fold", help: "Hide what is below, or go to the parent"),
    bind(["g", .home], .first, "first", help: "To the first line"),
    bind(["G", .end], .last, "last", help: "To the last line"),
    bind([.pageDown, .control("f")], .pageDown, "page down", help: "One page down"),
    bind([.pageUp, .control("b")], .pageUp, "page up", help: "One page up"),
    bind(["n"], .nextHit, "next hit", help: "To the next class that the search found") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["N"], .previousHit, "previous hit", help: "To the one before") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["a"], .alsoUnder, "also under", help: "Go to another parent of this class") {
      $0.otherParents.isEmpty ? "This class has one parent only" : nil
    },
    bind(["i"], .details, "details", help: "Show or hide what is known about the class"),
  ]

  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, help: String, footer: Bool = false,
    obstacle: @escaping @Sendable (TreeScreen) -> String? = { _ in nil }
  ) -> Binding {
    Binding(keys, .tree(action), title, help: help, isInFooter: footer) { state in
      state.tree.history == nil ? "The tree is not open yet" : obstacle(state.tree)
    }
  }

  private var foldObstacle: String? {
    guard marked.isEmpty, let line, let cut = history?.current.cut else { return nil }
    if let covering = cut.collapsedAncestor(of: line.chain[0]) {
      return "It is part of the class \(printable(cut.hierarchy.name(covering))), which would have to be expanded first"
    }
    return line.isLeaf && line.chain.count == 1 && !cut.isCollapsed(line.node) ? "It is a fine class, there is nothing below" : nil
  }
}
