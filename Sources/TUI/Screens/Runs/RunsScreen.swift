import Basics
import Runs
import Taxonomy

/// Screen 2: trainings, their curves, and what steers them.
package struct RunsScreen: Screen {
  package enum Action: Hashable, Sendable {
    case list(ListAction)
    case charts(ChartAction)
    case control(ControlAction)
    /// Show the selected run in full, or fold its group; one step back.
    case open, back
    case page(PageAction)
  }

  package enum Event: Sendable {
    /// Open the launch form with this label set (nil: every fine class is a class).
    case launch(LabelSet?)
    /// The runs can be read; how the screen was left, and when.
    case opened(RunsReader, RememberedRuns)
    /// Time to look again; only the latest ticket counts.
    case poll(ticket: Int)
    /// The selection has stayed on this run for a moment.
    case settled(run: String?)
    /// The crosshair has stayed there for a moment.
    case crosshairRests(at: Double?)
    case looked(RunsLook)
    /// What a page about runs asked for.
    case classes(run: String, Result<RunClasses, Problem>)
    case compared(RunDifference)
    /// The form, filled from a run.
    case clone(TrainingRequest)
    /// How many runs may be at work at a time on this machine.
    case queueLimit(Int)
    /// The queue was looked after.
    case pushed
    /// Something was asked of a run, or a run was launched: look now. Selects it where named.
    case changed(select: String?)
    case form(LaunchForm.Event)
  }

  package private(set) var found = FoundRuns()
  /// The runs, newest first.
  package var runs: [RunSummary] { found.all }
  /// Which of them are listed, in which order.
  package var list = RunsList()
  package var charts = ChartState()
  let drawnCharts = DrawnCharts()
  /// The curves of the runs in view, by their ids.
  package var plots: [String: RunPlot] = [:]
  package var marks = RunMarks()
  /// The run whose log and curves are shown: the selected one, once the selection rests. Moving on costs a slow line no curves.
  private(set) var drawn: String?
  /// The last lines of its log.
  package var log: [String] = []
  /// What is shown in place of the list.
  package var page: RunsPage?
  /// What takes every key.
  package var mode: RunsMode?
  package var news = RunsNews()
  private(set) var reader: RunsReader?
  package private(set) var hasLooked = false
  private var ticket = 0
  /// Whether the next look is one that keys wait for: the first, and that after something was done.
  private var isExpected = false
  /// The run to select once it is there.
  var wanted: String?
  private var isLooking = false
  /// Whether runs that wait are being started.
  private var isPushing = false
  /// What to do once the look under way is back: another one, and whether it is for the runs as well.
  private var next: (isWanted: Bool, refreshes: Bool) = (false, false)

  package init() {}

  package var selected: RunSummary? { list.selected }

  package func headline(_ session: Session) -> [Span] {
    let (live, waiting) = (found.live, found.waiting)
    var text = runs.isEmpty ? "" : counted(runs.count, "run")
    // Short enough to stand beside the tabs on 80 columns.
    if found.unread > 0 { text = "\(NumberText.grouped(runs.count)) of \(NumberText.grouped(runs.count + found.unread)) read" }
    if !list.filter.isEmpty { text = "\(NumberText.grouped(list.count))/\(text)" }
    return [Span(text, .muted)] + (live > 0 ? [Span("  "), Span("\(live) live", Style(.accent))] : [])
      + (waiting > 0 ? [Span("  "), Span("\(waiting) waiting", Style(.near))] : [])
  }

  /// Why there is no run to do something with.
  var absence: String {
    runs.isEmpty
      ? "there is no run yet; t launches one" : list.count == 0 ? "no run matches; Esc clears the filter" : "select a run"
  }

  package func command(_ session: Session) -> CommandSource {
    shownRun.map { .fetched(.runs(.copyCommand(RunDirectory($0.path)))) } ?? .none(absence)
  }

  package var capture: [KeyHint]? { mode?.hints }

  // MARK: Looking at the runs

  package mutating func started(_ session: Session) -> [Effect] { [.runs(.open)] }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .launch(let labelSet):
      let (made, effects) = LaunchForm.make(labelSet: labelSet, session: session, runs: runs)
      mode = .form(made)
      return [.send(.perform(.show(.runs)))] + effects
    case .opened(let reader, let remembered):
      self.reader = reader
      recall(remembered)
      isExpected = true
      return look(session, refreshes: true)
    case .poll(let ticket): return ticket == self.ticket ? look(session, refreshes: true) : []
    case .settled(let id): return id == selected?.id ? look(session) : []
    case .crosshairRests(let place):
      if place == charts.window.cursor { charts.rested = place }
      return []
    case .looked(let look):
      isLooking = false
      take(look, session)
      var effects: [Effect] = []
      if look.runs != nil {
        // Twice a second is as much as anybody reads, and as little as a slow line likes; others may launch runs too.
        let pause = found.isMoving ? 500 : 2000
        ticket += 1
        effects = [.later(milliseconds: pause, .runs(.poll(ticket: ticket)))]
      }
      // More is to be read, or another run is selected by now (at the first look, one at all).
      if look.isPartial || look.selected != shownRun?.id { self.next.isWanted = true }
      if let runs = look.runs, runs.unread > 0 { self.next = (true, true) }
      if look.isQueueDue, !isPushing, let reader {
        isPushing = true
        effects.append(.runs(.push(reader)))
      }
      let next = self.next
      self.next = (false, false)
      // Of thousands, those that were read are enough to begin with.
      if !next.refreshes || found.unread > 0 && !runs.isEmpty { isExpected = false }
      return effects + (next.isWanted ? self.look(session, refreshes: next.refreshes) : [])
    case .changed(let id):
      isExpected = reader != nil
      if let id {
        if form != nil { mode = nil }
        wanted = id
        list.select(id)
      }
      return look(session, refreshes: true)
    case .classes(let id, let found):
      guard case .classes(var open)? = page, open.id == id else { return [] }
      open.take(found)
      page = .classes(open)
      return []
    case .compared(let difference):
      guard case .difference(var open)? = page, open.a == difference.a, open.b == difference.b else { return [] }
      open.difference = difference
      page = .difference(open)
      return []
    case .clone(let request):
      let (made, effects) = LaunchForm.make(labelSet: nil, session: session, runs: runs, like: request)
      mode = .form(made)
      return effects
    case .queueLimit(let limit):
      mode = .number(NumberDialog(limit: limit))
      return []
    case .pushed:
      isPushing = false
      return []
    case .form(let event):
      guard case .form(var form) = mode else { return [] }
      let effects = form.receive(event)
      mode = .form(form)
      return effects
    }
  }

  /// One look at a time: each takes up where the last left off.
  mutating func look(_ session: Session, refreshes: Bool = false) -> [Effect] {
    guard let reader else { return [] }
    guard !isLooking else {
      next = (true, next.refreshes || refreshes)
      return []
    }
    isLooking = true
    return [.runs(.look(reader, lookRequest(session, refreshes: refreshes)))]
  }

  private mutating func take(_ look: RunsLook, _ session: Session) {
    plots.merge(look.plots) { $1 }
    if let found = look.runs {
      self.found = found
      marks.add(runs)
      list.arrange(found, look.shown)
      if let id = wanted, found.holds(id) {
        list.select(id)
        wanted = nil
      }
      news.update(runs, at: look.time)
      if found.unread == 0 { allAreRead() }
    }
    if look.selected == shownRun?.id {
      drawn = look.selected
      log = look.log
      if let details = look.details { page?.take(details) }
    }
    // What is out of view is not kept.
    let kept = Set(lookRequest(session, refreshes: false).known.keys)
    plots = plots.filter { kept.contains($0.key) }
  }

  /// What is not there now is gone.
  private mutating func allAreRead() {
    charts.overlaid = charts.overlaid.filter(found.holds)
    if !hasLooked && charts.overlaid.isEmpty {
      charts.overlaid = Set(runs.lazy.filter(\.state.isLive).prefix(8).map(\.id))
    }
    hasLooked = true
    if let id = page?.run, !found.holds(id) { page = nil }
  }

  /// Looks once the selection rests.
  func settle() -> [Effect] { [.later(milliseconds: Self.rest, .runs(.settled(run: selected?.id)))] }

  /// Milliseconds after which what is moved counts as resting.
  static let rest = 120

  /// The run whose page is open, else the selected one.
  package var shownRun: RunSummary? {
    page?.run.map { found[$0] } ?? selected
  }

  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    // The last of all is known once all are read.
    let isAboutAll = action == .list(.move(.end)) && found.unread > 0
    return underWay.first ?? ((isExpected || isAboutAll) && mode == nil ? "the list of runs" : nil)
  }

  package mutating func giveUp() { isExpected = false }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .list(let action): return perform(action, session)
    case .charts(let action): return perform(action, session)
    case .control(let action): return perform(action, session)
    case .page(let action): return perform(action, session)
    case .open:
      if let page { return openOnPage(page, session) }
      if case .group(let group)? = list.row {
        list.toggle(group.name)
      } else {
        page = selected.map { .run(RunDetail(id: $0.id)) }
        charts.layout = .beside
      }
      return look(session)
    case .back:
      if charts.window.cursor != nil {
        charts.window.removeCursor()
      } else if charts.layout != .beside {
        charts.layout = .beside
      } else if let open = page {
        if case .news = open { news.read(runs) }
        page = open.back
      } else if !list.filter.isEmpty {
        list.filter = RunFilter()
        list.arrange(found)
      } else {
        list.marked = []
      }
      return look(session)
    }
  }

  /// A click selects a line of the list or page; one on the selected line opens it.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    let before = (page, list.position)
    let effects = perform(.list(.move(.pick(index))), session)
    return page == before.0 && list.position == before.1 ? perform(.open, session) : effects
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    guard let open = mode else { return [] }
    return take(key, in: open, session)
  }

  package var question: Question? { if case .question(let question, _) = mode { question } else { nil } }
  package var form: LaunchForm? { if case .form(let form) = mode { form } else { nil } }
}
