import Datasets

extension EvaluationScreen {
  package static let bindings: [Binding] = [
    bind([.escape, .backspace], .back, "back", "Stop what is measured, or leave the confusions or the classes to join", true) {
      $0.evaluation.job == nil && !$0.evaluation.shown.hasPage ? "nothing is measured just now" : nil
    },
    bind([.character(Pane.coarseFine.key)], .pane(.coarseFine), "coarse classes", "Which coarse classes a net on fine ones has formed (the paper's Fig. 6)", false),
    bind([.character(Pane.induction.key)], .pane(.induction), "induction", "Whether nets on coarse classes tell fine ones apart (the paper's Fig. 4)", false),
    bind([.character(Pane.map.key)], .pane(.map), "map", "Where images lie along the two directions in which their features differ most", false),
    bind([.character(Pane.detections.key)], .pane(.detections), "detections", "What a detector finds: average precision, kinds of errors, images with their boxes", false),
    bind(
      [.enter], .open, "open",
      "On a bar: the confusions behind it; on those: neighbours of such an image; on classes to join: the tree with them joined; on a class of a detector: its images, there the picture alone", true
    ) { state in
      state.evaluation.subject.flatMap { state.evaluation.shown.openObstacle($0, treeOf: state.session.dataset) }
    },
    bind(["m"], .suggest, "join", "Suggest classes to join, since the net takes them for each other", true) {
      !$0.evaluation.coarseFine.hasResult ? "nothing was measured yet" : only(.coarseFine)($0)
    },
    bind(["+", "="], .more, "more", "More members of a coarse class, more likeness of what is joined, a deeper level of the map, only surer detections", true) {
      $0.evaluation.shown.stepObstacle
    },
    bind(["-"], .less, "less", "Fewer members, less likeness, a shallower level", true) { $0.evaluation.shown.stepObstacle },
    bind(["R"], .chooseRun, "run", "Choose the run, the runs whose induction is compared, or the detector", true),
    bind(["B"], .chooseBaseline, "baseline", "Choose the runs on fine classes to compare with", true, only(.induction)),
    bind(["o"], .chooseCoarse, "coarse set", "Choose the label set of the coarse classes", true) {
      switch $0.evaluation.pane {
      case .induction: "induction asks about what each run was not taught"
      case .detections: "objects have classes of their own"
      case .coarseFine, .map: nil
      }
    },
    bind(["g"], .gallery, "gallery", "Search among the training images, or the other validation images", true, only(.induction)),
    bind(["d"], .metric, "distance", "Change between L2 and cosine distance", true, only(.induction)),
    bind(["f"], .space, "space", "Look at each net's features, or at the scores of its classes", true) {
      switch $0.evaluation.pane {
      case .coarseFine: "coarse classes are told by the scores"
      case .detections: "that goes with induction and the map: i, p"
      case .induction, .map: nil
      }
    },
    bind(["l"], .likeness, "alike by", "Join what is confused, or what lies close in the features", true, merging),
    bind(["a"], .alongTree, "along the tree", "Join whole nodes of the tree only, or any classes", true, merging),
    bind(["s"], .save, "save", "Keep the classes with these joined as a label set", true) {
      merging($0) ?? ($0.evaluation.coarseFine.merges?.hasGroups == true ? nil : "there is nothing to join; - asks for less likeness")
    },
    bind(["L"], .byLabelSet, "by label set", "Colour the map by the coarse label set, or by the tree again", true, only(.map)),
    bind(["E"], .write, "write picture", "Write the bars, the chart or the map as a PNG file", false) {
      $0.evaluation.picture == nil ? "nothing was measured yet" : nil
    },
    bind(["n"], .neighbors, "neighbours", "Show nearest neighbours in the run's features", false) {
      $0.evaluation.pane == .detections ? "neighbours are of networks that tell whole images apart" : nil
    },
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
      return !context.hasRuns ? "no run has a checkpoint yet" : obstacle(state)
    }.inFooter { isInFooter && obstacle($0) == nil }
  }

  private static func move(_ key: Key, _ letter: Character?, _ title: String, _ help: String) -> Binding {
    bind([key] + (letter.map { [.character($0)] } ?? []), .move(key), title, help, false) {
      $0.evaluation.shown.count == 0 ? "there is no list yet" : nil
    }
  }

  private static func only(_ pane: Pane) -> @Sendable (AppState) -> String? {
    { $0.evaluation.pane == pane ? nil : "that goes with \(pane == .map ? "the map" : pane.title): \(pane.key)" }
  }

  private static let merging: @Sendable (AppState) -> String? = {
    $0.evaluation.pane == .coarseFine && $0.evaluation.coarseFine.merges != nil ? nil : "that goes with classes to join: c, then m"
  }

  private var picture: EvaluationPicture? { subject.flatMap(shown.picture) }
  private var selectedWnid: String? { subject.flatMap(shown.selectedWnid) }
}
