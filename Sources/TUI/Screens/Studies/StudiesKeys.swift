import Studies

extension StudiesScreen {
  package static let bindings: [Binding] = [
    Binding([.enter, "o"], .studies(.open), "open", help: "Open the study; in its tables go to the cell's run") { state in
      if state.studies.opened == nil { return absence(state) }
      if case .figure = state.studies.page { return "Esc shows the tables, whose cells have runs" }
      return state.studies.run == nil ? "No run fills this cell yet" : nil
    }.inFooter { _ in true },
    Binding(["s"], .studies(.start), "run", help: "Do what the study lacks, after a question", obstacle: idle).inFooter { $0.studies.opened != nil },
    Binding(["r"], .studies(.resume), "resume failed", help: "Go on, and try the failed trainings again, after a question") { state in
      if let reason = idle(state) { return reason }
      return hasFailed(state) ? nil : "Nothing has failed"
    }.inFooter(while: hasFailed),
    Binding(["x"], .studies(.stop), "stop", help: "Ask the study's running trainings for a checkpoint, and end it") { state in
      guard let view = state.studies.view else { return "Open a study first" }
      return view.isRun || view.count(\.isLive) > 0 ? nil : "Nothing of it is at work"
    }.inFooter { $0.studies.view.map { $0.isRun || $0.count(\.isLive) > 0 } ?? false },
    Binding(["p"], .studies(.plan), "plan", help: "Show what is to be made and what it takes") {
      $0.studies.opened == nil ? "Open a study first" : nil
    }.inFooter { $0.studies.opened != nil },
    Binding(["f"], .studies(.figure), "figure", help: "Draw the report's figure; again: the next one, of all reports") { state in
      guard let view = state.studies.view else { return state.studies.opened == nil ? "Open a study first" : "The study cannot be read" }
      return view.figures.isEmpty ? "None of its reports has a plot" : nil
    }.inFooter { $0.studies.view?.figures.isEmpty == false },
    Binding([.up, "k"], .studies(.move(.up)), "up", help: "One line up"),
    Binding([.down, "j"], .studies(.move(.down)), "down", help: "One line down"),
    Binding([.left, "h"], .studies(.left), "left", help: "One column to the left; of figures the one before"),
    Binding([.right, "l"], .studies(.right), "right", help: "One column to the right; of figures the next one"),
    Binding([.pageUp, .control("b")], .studies(.move(.pageUp)), "page up", help: "One page up"),
    Binding([.pageDown, .control("f")], .studies(.move(.pageDown)), "page down", help: "One page down"),
    Binding([.control("u")], .studies(.move(.control("u"))), "half up", help: "Half a page up"),
    Binding([.control("d")], .studies(.move(.control("d"))), "half down", help: "Half a page down"),
    Binding([.home, "g"], .studies(.move(.home)), "first", help: "To the first line"),
    Binding([.end, "G"], .studies(.move(.end)), "last", help: "To the last line"),
    Binding([.escape, .backspace], .studies(.back), "back", help: "Back to the tables, then to the list of studies") {
      $0.studies.opened == nil ? "This is the list of studies" : nil
    }.inFooter { $0.studies.opened != nil },
  ]

  private static func absence(_ state: AppState) -> String? {
    state.studies.entries.isEmpty ? "There is no study yet; n among the label sets makes one" : nil
  }

  private static let hasFailed: @Sendable (AppState) -> Bool = { state in
    state.studies.view?.works.contains { if case .failed = $0.state { true } else { false } } ?? false
  }

  /// Why the study cannot be started.
  private static let idle: @Sendable (AppState) -> String? = { state in
    guard let view = state.studies.view else { return state.studies.opened == nil ? "Open a study first" : "The study cannot be read" }
    if view.isRun { return "It is being run; x stops it" }
    return view.works.allSatisfy { $0.state == .done } ? "Everything is done" : nil
  }
}
