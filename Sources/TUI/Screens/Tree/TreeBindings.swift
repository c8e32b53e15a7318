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
    bind(["c", " "], .fold, "collapse", help: "Collapse the node into one class; again: expand it", footer: true) {
      $0.foldObstacle
    },
    bind(["/"], .search, "search", help: "Search names, wnids and glosses while typing", footer: true),
    bind(["m"], .make, "make", help: "Make a set: bottom-up, top-down, splits, without PASCAL, budgets", footer: true),
    bind(["s"], .save, "save", help: "Save the label set under a name", footer: true),
    bind(["t"], .train, "train", help: "Train a network on this label set", footer: true) {
      $0.cutView.map(\.classCount) ?? 0 < 2 ? "Training needs two or more classes" : nil
    },
    bind(["u"], .undo, "undo", help: "Undo the last change", footer: true) {
      $0.history?.canUndo == true ? nil : "Nothing to undo"
    },
    bind(["+", "="], .finer, "finer", help: "The whole cut one level finer", footer: true) {
      $0.history?.current.cut.isFinest == true ? "Every class is already a fine class" : nil
    },
    bind(["-"], .coarser, "coarser", help: "The whole cut one level coarser", footer: true) {
      $0.cutView?.classCount == 1 ? "There is only one class left" : nil
    },
    bind([.control("r"), "U"], .redo, "redo", help: "Redo the change undone last") {
      $0.history?.canRedo == true ? nil : "Nothing to redo"
    },
    bind(["]", ">"], .finerBelow, "finer below", help: "One level finer, only below the cursor or the marks"),
    bind(["[", "<"], .coarserBelow, "coarser below", help: "One level coarser, only below the cursor or the marks"),
    bind(["v"], .mark, "mark", help: "Mark this line; the next command applies to all marked lines"),
    bind(["V"], .invertMarks, "invert marks", help: "Mark exactly the unmarked lines"),
    bind([.escape], .back, "back", help: "Close the side panel, then clear the filter, the marks, the search hits") {
      !$0.side.isAsked && $0.filter == nil && $0.marked.isEmpty && $0.hits.isEmpty && $0.sought == nil
        ? "No marks and no search to clear" : nil
    },
    bind(["H"], .history, "history", help: "List the changes, and go back to any of them"),
    bind(["S"], .sort, "sort", help: "Order by fine classes, name, classes, images or imbalance"),
    bind(["f"], .filter, "filter", help: "Show only search hits; again: everything") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["*"], .unfoldAll, "unfold all", help: "Unfold everything below; again: fold it"),
    bind(["J"], .join, "join", help: "Merge the marked lines into one class, wherever they are; again: separate them") { $0.joinObstacle },
    bind(["x"], .leaveOut, "leave out", help: "Leave out all classes below; again: include them"),
    bind(["X"], .invert, "invert", help: "Swap what is left out and what is included, below"),
    bind(["o"], .open, "open", help: "Open a saved label set"),
    bind(["D"], .compare, "compare", help: "Compare this label set with a saved one, node by node"),
    bind(["j", .down], .down, "down", help: "One line down"),
    bind(["k", .up], .up, "up", help: "One line up"),
    bind(["l", .right, .enter], .right, "unfold", help: "Unfold the node, or go to its first child"),
    bind(["h", .left], .left, "fold", help: "Fold the node, or go to its parent"),
    bind(["g", .home], .first, "first", help: "To the first line"),
    bind(["G", .end], .last, "last", help: "To the last line"),
    bind([.pageDown, .control("f")], .pageDown, "page down", help: "One page down"),
    bind([.pageUp, .control("b")], .pageUp, "page up", help: "One page up"),
    bind([.control("d")], .halfDown, "half down", help: "Half a page down"),
    bind([.control("u")], .halfUp, "half up", help: "Half a page up"),
    bind(["@"], .datasets, "dataset", help: "Open another dataset; the unsaved label set stays with this one"),
    bind(["n"], .nextHit, "next hit", help: "Go to the next search hit") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["N"], .previousHit, "previous hit", help: "Go to the previous search hit") {
      $0.hits.isEmpty ? "Search first, with /" : nil
    },
    bind(["a"], .alsoUnder, "also under", help: "Go to another parent of this class, or list its parents") {
      $0.otherParents.isEmpty ? "This class has only one parent" : nil
    },
    bind([.control("o")], .jumpBack, "back", help: "Go back to where the last jump began") {
      $0.jumps.isEmpty ? "No jump to go back from" : nil
    },
    bind(["b"], .bookmark, "bookmark", help: "Set a bookmark ◆ on this class; again: remove it"),
    bind(["'"], .bookmarks, "bookmarks", help: "List the bookmarks, and go to one") {
      $0.bookmarks.isEmpty ? "No bookmark is set; b sets one" : nil
    },
    bind(["A"], .partA, "part A", help: "Put all classes below into part A of a split; again: remove them"),
    bind(["B"], .partB, "part B", help: "Put all classes below into part B; again: remove them"),
    bind(["~"], .swapParts, "swap parts", help: "Swap parts A and B") { $0.splitObstacle },
    bind(["C"], .clearParts, "clear split", help: "Remove everything from parts A and B") { $0.splitObstacle },
    bind(["W"], .saveParts, "save parts", help: "Save parts A and B as two label sets") { $0.splitObstacle },
    bind(["M"], .policy, "hypernym policy", help: "List the classes the other policy moves, and switch to it"),
    bind(["w"], .consequences, "statistics", help: "Show all statistics of the label set; again: the class"),
    bind(["p"], .pictures, "pictures", help: "Show images of the class; again: its details") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["P"], .collage, "collage", help: "Show random images of the label set, of parts A and B side by side") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["E"], .writeCollage, "write collage", help: "Save random images of the label set, or of both parts, as a PNG file") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["I"], .neighbors, "neighbours", help: "Use an image of this class as the query for nearest neighbours") {
      $0.imagesPerFine == nil ? "The dataset has no images here" : nil
    },
    bind(["i"], .details, "details", help: "Show or hide the details of the class"),
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
      return "It is part of the class \(printable(cut.hierarchy.name(covering))); expand that first"
    }
    return line.isLeaf && line.chain.count == 1 && !cut.isCollapsed(line.node) ? "It is a fine class: nothing to collapse" : nil
  }

  private var joinObstacle: String? {
    guard let cutView, let cut = history?.current.cut else { return nil }
    let lines = targets
    for line in lines {
      guard let covering = cut.collapsedAncestor(of: line.top) else { continue }
      return "\(printable(cut.hierarchy.name(line.node))) is part of the class \(printable(cut.hierarchy.name(covering))); expand that first"
    }
    return lines.count > 1 || sharedGroup(of: lines, cutView) != nil ? nil : "Mark two or more lines with v to merge them"
  }
}
