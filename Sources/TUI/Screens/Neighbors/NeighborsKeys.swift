extension NeighborsScreen {
  package static let bindings: [Binding] = [
    bind([.enter], .walk, "walk", "Use the selected neighbour as the query", true, noNeighbor),
    bind([.backspace], .back, "back", "Go back to the previous query", true) {
      $0.neighbors.history.isEmpty ? "this is the first query" : nil
    },
    bind(["r"], .random, "random", "Use a random image as the query", true, noQuery),
    bind(["c"], .chooseClass, "class", "Choose the query's class in the tree; a node stands for any class below it", true, noQuery),
    bind(["s"], .surprising, "surprising", "List the images on which the first and last net differ most, to use one as the query", true) {
      noQuery($0) ?? ($0.neighbors.rows.count < 2 ? "choose two or more runs with R" : nil)
        ?? ($0.neighbors.surprising != nil ? "still searching for them" : nil)
    },
    bind(["z"], .zoom, "zoom", "Show the query and the neighbour as large as possible", true, noNeighbor),
    bind(["["], .earlier, "earlier", "Use the selected run's previous checkpoint", true) {
      noQuery($0) ?? $0.neighbors.noCheckpoints ?? ($0.neighbors.checkpoint(-1) == nil ? "this is the first saved checkpoint" : nil)
    },
    bind(["]"], .later, "later", "Use the selected run's next checkpoint", true) {
      noQuery($0) ?? $0.neighbors.noCheckpoints ?? ($0.neighbors.checkpoint(1) == nil ? "this is the last checkpoint" : nil)
    },
    bind(["v"], .filter, "verdict", "Show only ✓ neighbours, then only ≈, only ✗, then all", true, noClass),
    bind(["R"], .chooseRuns, "runs", "Choose the runs to compare, fine label sets above coarse ones", true, noQuery),
    bind(["m"], .metric, "metric", "Switch between L2 and cosine distance", true, noQuery),
    bind(
      ["f"], .space, "space", "Switch between penultimate features and class scores (fc7 and fc8 of an AlexNet, pool5 and fc of a ResNet)",
      true, noQuery),
    bind(["o"], .chooseCoarse, "coarse set", "Choose the label set of the coarse classes (orange)", true, noQuery),
    bind([","], .previousImage, "previous", "Use the previous image of the class as the query", false, noClass),
    bind(["."], .nextImage, "next", "Use the next image of the class as the query", false, noClass),
    bind(
      ["g"], .gallery, "gallery", "Search the validation images instead of the training images, or back", false,
      noQuery),
    bind(["i"], .openFile, "image file", "Use an image file as the query", false, noQuery),
    bind(["T"], .showInTree, "tree", "Show the query's class in the tree", false, noClass),
    bind(["M"], .evaluate, "evaluation", "Coarse classes, induction and map of the selected run", false, noQuery),
    bind(["E"], .writePicture, "write picture", "Save the query and its ten nearest neighbours under every run as a PNG file", false) {
      noQuery($0) ?? ($0.neighbors.montage == nil ? "not every run has neighbours yet" : nil)
    },
    bind([.right, "l"], .right, "right", "Select the neighbour to the right", false, noNeighbor),
    bind([.left, "h"], .left, "left", "Select the neighbour to the left", false, noNeighbor),
    bind([.down, "j"], .down, "down", "Select the neighbour or the run below", false, noQuery),
    bind([.up, "k"], .up, "up", "Select the neighbour or the run above", false, noQuery),
    bind([.escape], .cancel, "cancel", "Leave the zoom, cancel the computation, show all verdicts, or go back to the previous query", false) {
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
    if case .file = $0.neighbors.query { "an image file has no class" } else { noQuery($0) }
  }

  private static let noNeighbor: @Sendable (AppState) -> String? = {
    $0.neighbors.selected != nil ? nil
      : $0.neighbors.filter != nil ? "no neighbour has this verdict; v shows others" : "there are no neighbours yet"
  }
}
