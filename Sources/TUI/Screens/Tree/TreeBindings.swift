import Basics

extension TreeScreen {
  package enum Action: Hashable, Sendable {
    case up, down, pageUp, pageDown, halfUp, halfDown, first, last, left, right
    case fold, join, leaveOut, finer, coarser, undo, redo
    case finerBelow, coarserBelow, mark, invertMarks, back, sort, unfoldAll, filter, history
    case search, nextHit, previousHit
    case make, save, open, train, compare, alsoUnder, details, consequences
    case jumpBack, bookmark, bookmarks, partA, partB, swapParts, clearParts, saveParts, policy, invert
    case pictures, collage, writeCollage, neighbors, datasets
  }

  package static let bindings: [Binding] = [
    bind(["c", " "], .fold, "collapse", help: "Make one class of all below; again: expand it", footer: true) {
      $0.foldObstacle
    },
    bind(["/"], .search, "search", help: "Search names, wnids and glosses while typing", footer: true),
    bind(["m"], .make, "make", help: "Made sets: bottom-up, top-down, splits, without PASCAL, budgets", footer: true),
    bind(["s"], .save, "save", help: "Save the label set under a name", footer: true),
    bind(["t"], .train, "train", help: "Train a network on this label set", footer: true) {
      $0.cutView.map(\.classCount) ?? 0 < 2 ? "A training needs two classes or more" : nil
    },
    bind(["u"], .undo, "undo", help: "Take the last change back", footer: true) {
      $0.history?.canUndo == true ? nil : "Nothing to take back"
    },
    bind(["+", "="], .finer, "finer", help: "The whole cut one level finer", footer: true) {
      $0.history?.current.cut.isFinest == true ? "Every class is as fine as the dataset's" : nil
    },
    bind(["-"], .coarser, "coarser", help: "The whole cut one level coarser", footer: true) {
      $0.cutView?.classCount == 1 ? "There is one class left" : nil
    },
    bind([.control("r"), "U"], .redo, "redo", help: "Make the change again that was taken back") {
      $0.history?.canRedo == true ? nil : "Nothing was taken back"
    },
    bind(["]", ">"], .finerBelow, "finer below", help: "One level finer, below the cursor or the marks alone"),
    bind(["[", "<"], .coarserBelow, "coarser below", help: "One level coarser, below the cursor or the marks alone"),
    bind(["v"], .mark, "mark", help: "Mark this line; what is done next is done to all marked"),
    bind(["V"], .invertMarks, "invert marks", help: "Mark the lines that are not marked, and no others"),
    bind([.escape], .back, "back", help: "Close what was opened beside the tree, then drop the filter, the marks, the hits of the search") {
      !$0.side.isAsked && $0.filter == nil && $0.marked.isEmpty && $0.hits.isEmpty && $0.sought == nil
        ? "Nothing is marked, and nothing was searched" : nil
    },
    bind(["H"], .history, "history", help: "List what was done, and go back to any of it"),
    bind(["S"], .sort, "sort", help: "Order by fine classes, name, classes, images or imbalance"),
    bind(["f"], .filter, "filter", help: "Show what the search found and nothing else; again: everything") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["*"], .unfoldAll, "unfold all", help: "Show everything below; again: hide it"),
    bind(["J"], .join, "join", help: "Make one class of the marked lines, wherever they stand; again: take them out of it") { $0.joinObstacle },
    bind(["x"], .leaveOut, "leave out", help: "Leave out all below; again: take it in"),
    bind(["X"], .invert, "invert", help: "Leave out what is in and take in what is out, of all below"),
    bind(["o"], .open, "open", help: "Open a saved label set"),
    bind(["D"], .compare, "compare", help: "Compare this label set with a saved one, node by node"),
    bind(["j", .down], .down, "down", help: "One line down"),
    bind(["k", .up], .up, "up", help: "One line up"),
    bind(["l", .right, .enter], .right, "unfold", help: "Show what is below, or go there"),
    bind(["h", .left], .left, "fold", help: "Hide what is below, or go to the parent"),
    bind(["g", .home], .first, "first", help: "To the first line"),
    bind(["G", .end], .last, "last", help: "To the last line"),
    bind([.pageDown, .control("f")], .pageDown, "page down", help: "One page down"),
    bind([.pageUp, .control("b")], .pageUp, "page up", help: "One page up"),
    bind([.control("d")], .halfDown, "half down", help: "Half a page down"),
    bind([.control("u")], .halfUp, "half up", help: "Half a page up"),
    bind(["@"], .datasets, "dataset", help: "Choose another dataset; the label set in the making is kept with this one"),
    bind(["n"], .nextHit, "next hit", help: "To the next class that the search found") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["N"], .previousHit, "previous hit", help: "To the one before") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["a"], .alsoUnder, "also under", help: "Go to another parent of this class, or list them") {
      $0.otherParents.isEmpty ? "This class has one parent only" : nil
    },
    bind([.control("o")], .jumpBack, "back", help: "Back to where the last jump began") {
      $0.jumps.isEmpty ? "Nothing was jumped to" : nil
    },
    bind(["b"], .bookmark, "bookmark", help: "Set a bookmark ◆ on this class; again: take it away"),
    bind(["'"], .bookmarks, "bookmarks", help: "List the bookmarks, and go to one") {
      $0.bookmarks.isEmpty ? "No bookmark is set; b sets one" : nil
    },
    bind(["A"], .partA, "part A", help: "Put all below into part A of a split; again: take it out"),
    bind(["B"], .partB, "part B", help: "Put all below into part B; again: take it out"),
    bind(["~"], .swapParts, "swap parts", help: "Swap parts A and B") { $0.splitObstacle },
    bind(["C"], .clearParts, "clear split", help: "Take everything out of parts A and B") { $0.splitObstacle },
    bind(["W"], .saveParts, "save parts", help: "Save parts A and B as two label sets") { $0.splitObstacle },
    bind(["M"], .policy, "hypernym policy", help: "List the classes that the other policy moves, and switch to it"),
    bind(["w"], .consequences, "what it means", help: "Show all that the label set comes to; again: the class"),
    bind(["p"], .pictures, "pictures", help: "Show images of the class; again: what is known of it") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["P"], .collage, "collage", help: "Show random images of the label set, of parts A and B side by side") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["E"], .writeCollage, "write collage", help: "Write random images of the label set, or of both parts, as a PNG file") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["I"], .neighbors, "neighbours", help: "Take an image of this class as the query for nearest neighbours") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["i"], .details, "details", help: "Show or hide what is known about the class"),
  ]

  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, help: String, footer: Bool = false,
    obstacle: @escaping @Sendable (TreeScreen) -> String? = { _ in nil }
  ) -> Binding {
    Binding(keys, .tree(action), title, help: help, isInFooter: footer) { state in
      state.tree.history == nil ? state.tree.absence : obstacle(state.tree)
    }
  }

  private var splitObstacle: String? {
    splitView == nil ? "Nothing is in part A or B; put a subtree there with A or B" : nil
  }

  private var foldObstacle: String? {
    guard marked.isEmpty, let line, let cut = history?.current.cut else { return nil }
    if let covering = cut.collapsedAncestor(of: line.top) {
      return "It is part of the class \(printable(cut.hierarchy.name(covering))), which would have to be expanded first"
    }
    return line.isLeaf && line.chain.count == 1 && !cut.isCollapsed(line.node) ? "It is a fine class, there is nothing below" : nil
  }

  private var joinObstacle: String? {
    guard let cutView, let cut = history?.current.cut else { return nil }
    let lines = targets
    for line in lines {
      guard let covering = cut.collapsedAncestor(of: line.top) else { continue }
      return "\(printable(cut.hierarchy.name(line.node))) is part of the class \(printable(cut.hierarchy.name(covering))), which would have to be expanded first"
    }
    return lines.count > 1 || sharedGroup(of: lines, cutView) != nil ? nil : "Mark two lines or more with v: they become one class"
  }
}
