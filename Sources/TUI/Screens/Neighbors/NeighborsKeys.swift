extension NeighborsScreen {
  package static let bindings: [Binding] = [
    bind([.enter], .walk, "walk", "Make the selected neighbour the query", true, noNeighbor),
    bind([.backspace], .back, "back", "Go back to the query before", true) {
      $0.neighbors.history.isEmpty ? "this is the first query" : nil
    },
    bind(["r"], .random, "random", "Take a random image as the query", true, noQuery),
    bind(["c"], .chooseClass, "class", "Choose the class of the query in the tree; a node stands for any class below it", true, noQuery),
    bind(["s"], .surprising, "surprising", "List the images that the first and the last net disagree about most, and take one as the query", true) {
      noQuery($0) ?? ($0.neighbors.rows.count < 2 ? "choose two runs or more, with R" : nil)
        ?? ($0.neighbors.surprising != nil ? "they are being looked for" : nil)
    },
    bind(["z"], .zoom, "zoom", "Show the query and the neighbour as large as possible", true, noNeighbor),
    bind(["["], .earlier, "earlier", "Look at the selected run's checkpoint before this one", true) {
      noQuery($0) ?? ($0.neighbors.checkpoint(-1) == nil ? "this is the first checkpoint that is kept" : nil)
    },
    bind(["]"], .later, "later", "Look at the selected run's next checkpoint", true) {
      noQuery($0) ?? ($0.neighbors.checkpoint(1) == nil ? "this is the last checkpoint" : nil)
    },
    bind(["v"], .filter, "verdict", "Show only neighbours that are ✓, then only ≈, only ✗, then all", true, noClass),
    bind(["R"], .chooseRuns, "runs", "Choose the runs to compare, fine label sets above coarse ones", true, noQuery),
    bind(["m"], .metric, "metric", "Change between L2 and cosine distance", true, noQuery),
    bind(
      ["f"], .space, "space", "Compare each net's features, or the scores of its classes (fc7 and fc8 of an AlexNet, pool5 and fc of a ResNet)",
      true, noQuery),
    bind(["o"], .chooseCoarse, "coarse set", "Choose the label set that decides orange", true, noQuery),
    bind([","], .previousImage, "previous", "Take the previous image of the class as the query", false, noClass),
    bind(["."], .nextImage, "next", "Take the next image of the class as the query", false, noClass),
    bind(
      ["g"], .gallery, "gallery", "Search among the validation images instead of the training images, or back", false,
      noQuery),
    bind(["i"], .openFile, "image file", "Take an image file as the query", false, noQuery),
    bind(["T"], .showInTree, "tree", "Show the query's class in the tree", false, noClass),
    bind(["M"], .evaluate, "evaluation", "Coarse classes, induction and map of the selected run", false, noQuery),
    bind(["E"], .writePicture, "write picture", "Write the query and the ten nearest under every run as a PNG file", false) {
      noQuery($0) ?? ($0.neighbors.montage == nil ? "not every run has neighbours yet" : nil)
    },
    bind([.right, "l"], .right, "right", "Select the neighbour to the right", false, noNeighbor),
    bind([.left, "h"], .left, "left", "Select the neighbour to the left", false, noNeighbor),
    bind([.down, "j"], .down, "down", "Select the neighbour or the run below", false, noQuery),
    bind([.up, "k"], .up, "up", "Select the neighbour or the run above", false, noQuery),
    bind([.escape], .cancel, "cancel", "Leave the zoom, stop what is computed, show all verdicts, or go back to the query before", false) {
      let screen = $0.neighbors
      return !screen.isZoomed && !screen.isSearching && screen.filter == nil && screen.history.isEmpty ? "this is the first query" : nil
    },
  ]

  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, _ help: String, _ isInFooter: Bool,
    _ obstacle: @escaping @Sendable (AppState) -> String? = { _ in nil }
  ) -> Binding {
    Binding(keys, .neighbors(action), title, help: help, isInFooter: isInFooter, obstacle: obstacle)
  }

  private static let noQuery: @Sendable (AppState) -> String? = {
    $0.neighbors.query == nil || $0.neighbors.rows.isEmpty ? "no run has a checkpoint yet" : nil
  }

  private static let noClass: @Sendable (AppState) -> String? = {
    if case .file = $0.neighbors.query { "a picture from outside has no class" } else { noQuery($0) }
  }

  private static let noNeighbor: @Sendable (AppState) -> String? = {
    $0.neighbors.selected != nil ? nil
      : $0.neighbors.filter != nil ? "no neighbour is of this verdict; v shows others" : "there are no neighbours yet"
  }
}
