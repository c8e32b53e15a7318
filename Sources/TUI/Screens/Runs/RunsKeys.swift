import Datasets
import Runs

extension RunsScreen {
  package static let bindings: [Binding] = open + pages + control + of(list) + of(charts) + moves

  /// What is shown, for the footer: a page names what can be done on it.
  private enum Place: Sendable { case list, run, classes, difference, news }

  private static func on(_ places: Set<Place>) -> @Sendable (AppState) -> Bool { { places.contains(place($0.runs)) } }

  private static func place(_ screen: RunsScreen) -> Place {
    switch screen.page {
    case nil: .list
    case .run?: .run
    case .classes?: .classes
    case .difference?: .difference
    case .news?: .news
    }
  }

  private static let open: [Binding] = [
    Binding(
      [.escape, .backspace], .runs(.back), "back",
      help: "Hide the crosshair, leave large charts, go back to the list, clear the filter, clear the marks",
      obstacle: { $0.runs.isAtStart ? "this is the list of runs" : nil }
    ).inFooter { !$0.runs.isAtStart },
    Binding(
      [.enter], .runs(.open), "open", help: "Show the selected run in full, unfold a group, or go back",
      obstacle: { $0.runs.list.row == nil && $0.runs.page == nil ? $0.runs.absence : nil }
    ).inFooter(while: on([.list, .news])),
  ]

  private static let list: [(key: Key, ListAction, title: String, help: String, footer: Set<Place>, needsRun: Bool)] = [
    ("/", .filter, "filter", "Show only matching runs: net:alexnet classes<500 acc>.8 -tag:old, or words", [.list], false),
    ("v", .mark, "mark", "Mark the run: the next command applies to all marked runs", [], true),
    ("V", .markAll, "mark all", "Mark all runs shown, or none", [], true),
    ("S", .sort, "sort", "Choose the sort field of the runs", [], false),
    ("R", .reverse, "reverse", "Reverse the sort order, also on the page of classes", [.classes], false),
    ("b", .group, "by group", "Fold the runs of each group into one line, or list all", [], false),
    ("e", .notes, "tags, note", "Edit tags, group and note of the run, or of all marked runs", [], true),
  ]

  private static let withCharts: Set<Place> = [.list, .run, .difference]

  private static let charts: [(keys: [Key], ChartAction, title: String, help: String, footer: Set<Place>)] = [
    ([" "], .overlay, "overlay", "Keep this run's curves in the charts", [.list]),
    (["o"], .overlayNone, "only this", "Show only this run's curves", []),
    (["z"], .layout, "larger", "Full-screen charts, then one chart, then back", withCharts),
    (["."], .next, "next chart", "The next chart", []),
    ([","], .previous, "previous chart", "The previous chart", []),
    (["C"], .choose, "chart", "Choose a chart: loss, accuracy, learning rate, speed, norms", []),
    (["a"], .unit, "x axis", "Plot over steps, epochs, images or time", withCharts),
    (["L"], .logAxis, "log axis", "Log or linear axis for losses and learning rates", withCharts),
    (["y"], .outliers, "outliers", "Y axis over the 5th to 95th percentile with a margin, or over all values", []),
    (["s"], .smooth, "smooth", "Next smoothing weight of the moving average", withCharts),
    ([.left, "h"], .cursor(-1), "crosshair left", "Move the crosshair left; its values are shown", []),
    ([.right, "l"], .cursor(1), "crosshair right", "Move the crosshair to the right", []),
    (["<"], .cursor(-10), "crosshair far left", "Move the crosshair by ten columns", []),
    ([">"], .cursor(10), "crosshair far right", "Move the crosshair by ten columns", []),
    (["+", "="], .zoomIn, "zoom in", "Show half the range, around the crosshair or at the end", []),
    (["-"], .zoomOut, "zoom out", "Show twice the range", []),
    (["["], .earlier, "earlier", "Scroll to earlier values; the charts stay there while values arrive", []),
    (["]"], .later, "later", "Scroll to later values; beyond the end the charts are live again", []),
    (["0"], .all, "all", "Show everything from the beginning", []),
    (["f"], .follow, "follow", "Follow the newest values", []),
    (["F"], .freeze, "freeze", "Freeze the charts while values arrive, or unfreeze them", []),
  ]

  private static func of(_ list: [(key: Key, ListAction, title: String, help: String, footer: Set<Place>, needsRun: Bool)]) -> [Binding] {
    list.map { entry in
      let needsRun = entry.needsRun
      return Binding(
        [entry.key], .runs(.list(entry.1)), entry.title, help: entry.help,
        obstacle: { $0.runs.runs.isEmpty || needsRun && $0.runs.targets.isEmpty ? $0.runs.absence : nil }
      ).inFooter(while: on(entry.footer))
    }
  }

  private static func of(_ charts: [(keys: [Key], ChartAction, title: String, help: String, footer: Set<Place>)]) -> [Binding] {
    charts.map { entry in
      Binding(
        entry.keys, .runs(.charts(entry.1)), entry.title, help: entry.help,
        obstacle: { $0.runs.runs.isEmpty ? $0.runs.absence : $0.runs.page?.hasCharts == false ? "there are no charts on this page" : nil }
      ).inFooter(while: on(entry.footer))
    }
  }

  private static let control: [Binding] = [
    verb("t", .launch, "train", "Open the form that launches a run", [.list]),
    verb("p", .pause, "pause", "Pause the run, or resume it", [.list, .run]),
    verb("r", .resume, "resume", "Resume a paused, stopped, failed or lost run from its last checkpoint", [.list, .run]),
    verb("x", .stop, "stop", "Save a checkpoint and end the run; it can be resumed", [.list, .run]),
    verb("c", .clone, "clone", "Launch a run like this one, from a form filled with its settings"),
    verb("E", .extend, "extend", "Train a run for more epochs"),
    verb("Q", .queue, "queue", "Add the run to the queue, or remove it"),
    verb("{", .queueEarlier, "sooner", "Move a waiting run towards the front of the queue"),
    verb("}", .queueLater, "later in line", "Move a waiting run towards the end of the queue"),
    verb("#", .queueLimit, "limit", "Set how many runs may run on this machine at a time"),
    verb("u", .restore, "undelete", "Restore the run deleted last"),
    verb("W", .checkpoint, "checkpoint", "Write a checkpoint now"),
    verb("D", .delete, "delete", "Move the run and its checkpoints to the trash, after confirmation"),
  ]

  private static func verb(
    _ key: Key, _ action: ControlAction, _ title: String, _ help: String, _ footer: Set<Place> = []
  ) -> Binding {
    let obstacle: @Sendable (AppState) -> String? = { state in
      if action.needsNoRun { return nil }
      let targets = state.runs.targets
      return targets.isEmpty ? state.runs.absence : targets.contains(where: action.isPossible) ? nil : action.reason(for: targets)
    }
    // What can be done with a lost run is another key than with a live one: the footer names that.
    return Binding([key], .runs(.control(action)), title, help: help, obstacle: obstacle)
      .inFooter { on(footer)($0) && obstacle($0) == nil }
  }

  private static let pages: [Binding] = [
    Binding(
      ["n"], .runs(.page(.neighbors)), "neighbours", help: "Show nearest neighbours in this run's features, or in those of all marked runs",
      obstacle: { state in
        shown("") { _ in true }(state) ?? (state.runs.withFeatures.isEmpty ? "this run has no checkpoint yet" : nil)
      }
    ).inFooter(while: on([.run])),
    Binding(
      ["M"], .runs(.page(.evaluation)), "evaluation", help: "Evaluate this run: coarse classes, induction, map",
      obstacle: shown("this run has no checkpoint yet") { $0.progress.step > 0 }),
    Binding(
      ["T"], .runs(.page(.tree)), "tree", help: "Show the run's label set in the tree",
      obstacle: { state in
        shown("") { _ in true }(state)
          ?? (state.runs.shownRun?.dataset == state.session.dataset ? nil : "the run uses another dataset than the tree")
      }
    ).inFooter(while: on([.classes])),
    Binding(
      ["O"], .runs(.page(.origin)), "origin", help: "Go to the run this one was initialised from",
      obstacle: { $0.runs.origin == nil ? "the run shown was not initialised from a run here" : nil }),
    Binding(
      ["i"], .runs(.page(.classes)), "classes", help: "Accuracy per class on the tree, and confusions",
      obstacle: shown("this run has no validation yet") { $0.progress.validation != nil }
    ).inFooter(while: on([.run])),
    Binding(
      ["d"], .runs(.page(.difference)), "compare", help: "Compare two runs: settings, results and curves",
      obstacle: { $0.runs.pair == nil ? "mark two runs with v first" : nil }
    ).inFooter { place($0.runs) == .list && $0.runs.pair != nil },
    Binding(
      ["w"], .runs(.page(.news)), "what happened", help: "List what finished, failed, improved or was lost since you left",
      obstacle: { $0.runs.news.items.isEmpty ? "nothing new since you left" : nil }),
  ]

  private static let moves: [Binding] = [
    Binding([.up, "k"], .runs(.list(.move(.up))), "up", help: "Select the run above"),
    Binding([.down, "j"], .runs(.list(.move(.down))), "down", help: "Select the run below"),
    Binding([.control("d")], .runs(.list(.move(.control("d")))), "half down", help: "Half a page down"),
    Binding([.control("u")], .runs(.list(.move(.control("u")))), "half up", help: "Half a page up"),
    Binding([.pageUp], .runs(.list(.move(.pageUp))), "page up", help: "Select a run one page up"),
    Binding([.pageDown], .runs(.list(.move(.pageDown))), "page down", help: "Select a run one page down"),
    Binding([.home, "g"], .runs(.list(.move(.home))), "first", help: "Select the first run"),
    Binding([.end, "G"], .runs(.list(.move(.end))), "last", help: "Select the last run"),
  ]

  /// An obstacle named `reason` where the shown run is not such that `isPossible` holds.
  private static func shown(
    _ reason: String, _ isPossible: @escaping @Sendable (RunSummary) -> Bool
  ) -> @Sendable (AppState) -> String? {
    { state in
      guard let run = state.runs.shownRun else { return state.runs.absence }
      return isPossible(run) ? nil : reason
    }
  }

  /// Whether there is nothing to go back from.
  var isAtStart: Bool {
    page == nil && charts.window.cursor == nil && charts.layout == .beside && list.filter.isEmpty && list.marked.isEmpty
  }
}
