import Engine

extension RunsScreen {
  package static let bindings: [Binding] = [
    Binding(
      [.enter], .runs(.open), "open", help: "Show the selected run in full, or go back", isInFooter: true,
      obstacle: noRun),
    Binding(
      [" "], .runs(.overlay), "overlay", help: "Keep this run's curves on the charts", isInFooter: true, obstacle: noRun
    ),
    Binding(["t"], .runs(.launch), "train", help: "Fill in the form that launches a training", isInFooter: true),
    Binding(
      ["p"], .runs(.pause), "pause", help: "Pause the run, or let it go on", isInFooter: true,
      obstacle: unless("only a run that is running can be paused") { $0.state.isLive }),
    Binding(
      ["r"], .runs(.resume), "resume",
      help: "Go on with a paused, stopped, failed or lost run from its last checkpoint",
      obstacle: unless("this run is running or finished") { $0.state.isResumable || $0.state == .paused }),
    Binding(
      ["x"], .runs(.stop), "stop", help: "Save a checkpoint and end the run; it can be resumed", isInFooter: true,
      obstacle: unless("this run is not running") { $0.state.isLive }),
    Binding(
      ["n"], .runs(.neighbors), "neighbours", help: "Show nearest neighbours in this run's features", isInFooter: true,
      obstacle: unless("this run has no checkpoint yet") { $0.progress.step > 0 }),
    Binding(["L"], .runs(.logAxis), "log axis", help: "Draw the loss on a logarithmic axis, or back", isInFooter: true),
    Binding(["s"], .runs(.smooth), "smooth", help: "Go round the weights of the moving average", isInFooter: true),
    Binding(["o"], .runs(.overlayNone), "only this", help: "Take all other runs off the charts"),
    Binding(
      ["D"], .runs(.delete), "delete", help: "Delete the run with its checkpoints, after a question",
      obstacle: unless("stop it before deleting it") { !$0.state.isLive }),
    Binding([.up, "k"], .runs(.move(.up)), "up", help: "Select the run above"),
    Binding([.down, "j"], .runs(.move(.down)), "down", help: "Select the run below"),
    Binding([.pageUp], .runs(.move(.pageUp)), "page up", help: "Select a run one page up"),
    Binding([.pageDown], .runs(.move(.pageDown)), "page down", help: "Select a run one page down"),
    Binding([.home, "g"], .runs(.move(.home)), "first", help: "Select the newest run"),
    Binding([.end, "G"], .runs(.move(.end)), "last", help: "Select the oldest run"),
    Binding(
      [.escape, .backspace], .runs(.back), "back", help: "Back to the list of runs",
      obstacle: { $0.runs.detail == nil ? "this is the list of runs" : nil }),
  ]

  private static let noRun = unless("") { _ in true }

  /// An obstacle named `reason` where there is no selected run of which `isPossible` holds.
  private static func unless(
    _ reason: String, _ isPossible: @escaping @Sendable (RunSummary) -> Bool
  ) -> @Sendable (AppState) -> String? {
    { state in
      guard let run = state.runs.selected else { return "there is no run yet; t launches one" }
      return isPossible(run) ? nil : reason
    }
  }
}
