import Datasets

extension EvaluationScreen {
  package static let bindings: [Binding] = [
    bind([.escape, .backspace], .back, "back", "Stop what is measured, or leave the confusions or the classes to join", true) {
      let screen = $0.evaluation
      return screen.job == nil && screen.coarseFine.behind == nil && screen.coarseFine.merges == nil ? "nothing is measured just now" : nil
    },
    bind(["c"], .pane(.coarseFine), "coarse classes", "Which coarse classes a net on fine ones has formed (the paper's Fig. 6)", false),
    bind(["i"], .pane(.induction), "induction", "Whether nets on coarse classes tell fine ones apart (the paper's Fig. 4)", false),
    bind(["p"], .pane(.map), "map", "Where images lie along the two directions in which their features differ most", false),
    bind(
      [.enter], .open, "open",
      "On a bar: the confusions behind it; on those: neighbours of such an image; on classes to join: the tree with them joined", true
    ) { $0.evaluation.openObstacle($0) },
    bind(["m"], .suggest, "join", "Suggest classes to join, since the net takes them for each other", true) {
      $0.evaluation.coarseFine.facts == nil ? "nothing was measured yet" : only(.coarseFine)($0)
    },
    bind(["+", "="], .more, "more", "More members of a coarse class, more likeness of what is joined, a deeper level of the map", true) {
      $0.evaluation.stepObstacle
    },
    bind(["-"], .less, "less", "Fewer members, less likeness, a shallower level", true) { $0.evaluation.stepObstacle },
    bind(["R"], .chooseRun, "run", "Choose the run, or the runs whose induction is compared", true),
    bind(["B"], .chooseBaseline, "baseline", "Choose the runs on fine classes to compare with", true, only(.induction)),
    bind(["o"], .chooseCoarse, "coarse set", "Choose the label set of the coarse classes", true) {
      $0.evaluation.pane == .induction ? "induction asks about what each run was not taught" : nil
    },
    bind(["g"], .gallery, "gallery", "Search among the training images, or the other validation images", true, only(.induction)),
    bind(["d"], .metric, "distance", "Change between L2 and cosine distance", true, only(.induction)),
    bind(["f"], .space, "space", "Look at each net's features, or at the scores of its classes", true) {
      $0.evaluation.pane == .coarseFine ? "coarse classes are told by the scores" : nil
    },
    bind(["l"], .likeness, "alike by", "Join what is confused, or what lies close in the features", true, merging),
    bind(["a"], .alongTree, "along the tree", "Join whole nodes of the tree only, or any classes", true, merging),
    bind(["s"], .save, "save", "Keep the classes with these joined as a label set", true) {
      merging($0) ?? ($0.evaluation.coarseFine.merges?.hasGroups == true ? nil : "there is nothing to join; - asks for less likeness")
    },
    bind(["L"], .byLabelSet, "by label set", "Colour the map by the coarse label set, or by the tree again", true, only(.map)),
    bind(["E"], .write, "write picture", "Write the bars, the chart or the map as a PNG file", false) {
      $0.evaluation.picture($0.session) == nil ? "nothing was measured yet" : nil
    },
    bind(["n"], .neighbors, "neighbours", "Show nearest neighbours in the run's features", false),
    bind(["T"], .showInTree, "tree", "Show the class in the tree", false) {
      $0.evaluation.selectedWnid == nil ? "nothing of the tree is selected"
        : $0.evaluation.context?.dataset.name == $0.session.dataset ? nil : "the tree shows another dataset"
    },
    move(.down, "j", "down", "One line down"), move(.up, "k", "up", "One line up"),
    move(.pageDown, nil, "page down", "One page down"), move(.pageUp, nil, "page up", "One page up"),
    move(.home, nil, "first", "To the first line"), move(.end, "G", "last", "To the last line"),
  ]

  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, _ help: String, _ isInFooter: Bool,
    _ obstacle: @escaping @Sendable (AppState) -> String? = { _ in nil }
  ) -> Binding {
    // The panes' own keys are above them; one of another pane would be in the way of those of this one.
    Binding(keys, .evaluation(action), title, help: help) { state in
      guard let context = state.evaluation.context else { return "the runs are not read yet" }
      return context.runs.isEmpty ? "no run has a checkpoint yet" : obstacle(state)
    }.inFooter { isInFooter && obstacle($0) == nil }
  }

  private static func move(_ key: Key, _ letter: Character?, _ title: String, _ help: String) -> Binding {
    bind([key] + (letter.map { [.character($0)] } ?? []), .move(key), title, help, false) {
      $0.evaluation.count == 0 ? "there is no list yet" : nil
    }
  }

  private static func only(_ pane: Pane) -> @Sendable (AppState) -> String? {
    { state in
      if state.evaluation.pane == pane { return nil }
      switch pane {
      case .coarseFine: return "that goes with coarse classes: c"
      case .induction: return "that goes with induction: i"
      case .map: return "that goes with the map: p"
      }
    }
  }

  private static let merging: @Sendable (AppState) -> String? = {
    $0.evaluation.pane == .coarseFine && $0.evaluation.coarseFine.merges != nil ? nil : "that goes with classes to join: c, then m"
  }

  private var stepObstacle: String? {
    switch pane {
    case .coarseFine: coarseFine.behind == nil ? nil : "leave the confusions first, with Esc"
    case .induction: "there is nothing to turn up or down here"
    case .map: map.byLabelSet ? "the map is coloured by a label set; L goes back to the tree" : nil
    }
  }

  private func openObstacle(_ state: AppState) -> String? {
    switch pane {
    case .coarseFine:
      if let merges = coarseFine.merges {
        if !merges.hasGroups { return "there is nothing to join; - asks for less likeness" }
        return context?.dataset.name == state.session.dataset ? nil : "the tree shows another dataset"
      }
      if let behind = coarseFine.behind { return behind.confusions.confusions.isEmpty ? "nothing is confused" : nil }
      return coarseFine.selected == nil ? "there is no bar yet" : nil
    case .induction: return induction.study?.rows.isEmpty == false ? nil : "nothing was measured yet"
    case .map: return selectedWnid == nil ? "nothing of the tree is selected" : nil
    }
  }
}

extension MergesPage {
  var hasGroups: Bool { proposal?.suggestion.groups.isEmpty == false }
}
