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
      help: "Take away the crosshair, leave large charts, go back to the list, end the filter, take away the marks",
      obstacle: { $0.runs.isAtStart ? "this is the list of runs" : nil }
    ).inFooter { !$0.runs.isAtStart },
    Binding(
      [.enter], .runs(.open), "open", help: "Show the selected run in full, unfold a group, or go back",
      obstacle: { $0.runs.list.row == nil && $0.runs.page == nil ? $0.runs.absence : nil }
    ).inFooter(while: on([.list, .news])),
  ]

  private static let list: [(key: Key, ListAction, title: String, help: String, footer: Set<Place>, needsRun: Bool)] = [
    ("/", .filter, "filter", "Show only runs that fit: net:alexnet classes<500 acc>.8 -tag:old, or words", [.list], false),
    ("v", .mark, "mark", "Mark the run: the next verb is done to all marked runs", [], true),
    ("V", .markAll, "mark all", "Mark all runs that are shown, or none", [], true),
    ("S", .sort, "sort", "Choose what the runs are sorted by", [], false),
    ("R", .reverse, "reverse", "Sort the other way round, on the page of classes too", [.classes], false),
    ("b", .group, "by group", "Fold the runs of a group to one line, or list all", [], false),
    ("e", .notes, "tags, note", "Change tags, group and note of the run, or of all marked", [], true),
  ]

  private static let withCharts: Set<Place> = [.list, .run, .difference]

  private static let charts: [(keys: [Key], ChartAction, title: String, help: String, footer: Set<Place>)] = [
    ([" "], .overlay, "overlay", "Keep this run's curves on the charts", [.list]),
    (["o"], .overlayNone, "only this", "Take all other runs off the charts", []),
    (["z"], .layout, "larger", "Charts on the whole screen, then one chart, then back", withCharts),
    (["."], .next, "next chart", "The next chart", []),
    ([","], .previous, "previous chart", "The chart before", []),
    (["C"], .choose, "chart", "Choose a chart from a list: loss, accuracy, rate, speed, norms", []),
    (["a"], .unit, "x axis", "Draw over steps, epochs, images or time", withCharts),
    (["L"], .logAxis, "log axis", "Draw losses and rates on a logarithmic axis, or back", withCharts),
    (["y"], .outliers, "outliers", "Draw a y axis for most values, from the 5th to the 95th percentile and a margin, or for all", []),
    (["s"], .smooth, "smooth", "Go round the weights of the moving average", withCharts),
    ([.left, "h"], .cursor(-1), "crosshair left", "Move the crosshair: the values at it are shown", []),
    ([.right, "l"], .cursor(1), "crosshair right", "Move the crosshair to the right", []),
    (["<"], .cursor(-10), "crosshair far left", "Move the crosshair by ten columns", []),
    ([">"], .cursor(10), "crosshair far right", "Move the crosshair by ten columns", []),
    (["+", "="], .zoomIn, "zoom in", "Show half as much, around the crosshair or at the end", []),
    (["-"], .zoomOut, "zoom out", "Show twice as much", []),
    (["["], .earlier, "earlier", "Show what was before; the charts stay there while values arrive", []),
    (["]"], .later, "later", "Show what came after; beyond the end the charts are live again", []),
    (["0"], .all, "all", "Show everything from the beginning", []),
    (["f"], .follow, "follow", "Show the newest part and go along with it", []),
    (["F"], .freeze, "freeze", "Keep the charts as they are while values arrive, or let them go on", []),
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
    verb("t", .launch, "train", "Fill in the form that launches a training", [.list]),
    verb("p", .pause, "pause", "Pause the run, or let it go on", [.list, .run]),
    verb("r", .resume, "resume", "Go on with a paused, stopped, failed or lost run from its last checkpoint", [.list, .run]),
    verb("x", .stop, "stop", "Save a checkpoint and end the run; it can be resumed", [.list, .run]),
    verb("c", .clone, "clone", "Launch a training like this one: the form, filled from it, to be changed"),
    verb("E", .extend, "extend", "Let a run go on for more epochs than it was launched with"),
    verb("Q", .queue, "queue", "Let the run wait for its turn, or take it out of the queue"),
    verb("{", .queueEarlier, "sooner", "Move a waiting run towards the front of the queue"),
    verb("}", .queueLater, "later in line", "Move a waiting run towards the end of the queue"),
    verb("#", .queueLimit, "limit", "Change how many runs may be at work on this machine at a time"),
    verb("u", .restore, "undelete", "Bring back the run that was deleted last"),
    verb("W", .checkpoint, "checkpoint", "Write a checkpoint now"),
    verb("D", .delete, "delete", "Move the run to the trash with its checkpoints, after a question"),
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
      ["n"], .runs(.page(.neighbors)), "neighbours", help: "Show nearest neighbours in the features of this run, or of all marked",
      obstacle: { state in
        shown("") { _ in true }(state) ?? (state.runs.withFeatures.isEmpty ? "this run has no checkpoint yet" : nil)
      }
    ).inFooter(while: on([.run])),
    Binding(
      ["M"], .runs(.page(.evaluation)), "evaluation", help: "What this run's net knows: coarse classes, induction, map",
      obstacle: shown("this run has no checkpoint yet") { $0.progress.step > 0 }),
    Binding(
      ["T"], .runs(.page(.tree)), "tree", help: "Show the run's label set in the tree",
      obstacle: { state in
        shown("") { _ in true }(state)
          ?? (state.runs.shownRun?.dataset == state.session.dataset ? nil : "the run is on another dataset than the tree")
      }
    ).inFooter(while: on([.classes])),
    Binding(
      ["O"], .runs(.page(.origin)), "origin", help: "Go to the run that this one began with",
      obstacle: { $0.runs.origin == nil ? "the run that is shown began with none that is here" : nil }),
    Binding(
      ["i"], .runs(.page(.classes)), "classes", help: "What each class came to: accuracies on the tree and confusions",
      obstacle: shown("this run was not validated yet") { $0.progress.validation != nil }
    ).inFooter(while: on([.run])),
    Binding(
      ["d"], .runs(.page(.difference)), "compare", help: "What two runs were asked differently, their results and curves",
      obstacle: { $0.runs.pair == nil ? "mark two runs with v first" : nil }
    ).inFooter { place($0.runs) == .list && $0.runs.pair != nil },
    Binding(
      ["w"], .runs(.page(.news)), "what happened", help: "List what finished, failed, improved or was lost since you left",
      obstacle: { $0.runs.news.items.isEmpty ? "nothing happened since you left" : nil }),
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
