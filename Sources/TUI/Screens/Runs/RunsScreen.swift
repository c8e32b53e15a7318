import Engine
import Taxonomy

/// Screen 2: trainings, their curves, and the form that launches one.
package struct RunsScreen: Screen {
  package enum Action: Hashable, Sendable {
    /// By a key that moves in lists.
    case move(Key)
    case open, back
    case overlay, overlayNone
    case launch, pause, resume, stop, delete
    case neighbors
    case logAxis, smooth
  }

  package enum Event: Sendable {
    /// Open the launch form with this label set (nil: every fine class is a class).
    case launch(LabelSet?)
    /// The runs can be read.
    case opened(RunsReader)
    /// Time to look again; only the latest ticket counts.
    case poll(ticket: Int)
    case looked(RunsLook)
    /// Something was asked of a run, or a run was launched: look now. Selects it where named.
    case changed(select: String?)
    case form(LaunchForm.Event)
  }

  /// The runs, newest first.
  package private(set) var runs: [RunSummary] = []
  package private(set) var list = ListPosition()
  /// The curves of the runs in view, by their ids.
  package private(set) var plots: [String: RunPlot] = [:]
  package private(set) var marks: [String: SeriesMark] = [:]
  /// The runs whose curves are shown besides the selected one's.
  package private(set) var overlaid: Set<String> = []
  package private(set) var options = ChartOptions()
  /// The last lines of the selected run's log.
  package private(set) var log: [String] = []
  package private(set) var detail: RunDetail?
  package private(set) var question: (question: Question, work: Work)?
  package private(set) var form: LaunchForm?
  private var reader: RunsReader?
  package private(set) var hasLooked = false
  private var ticket = 0

  package init() {}

  package var selected: RunSummary? { runs.indices.contains(list.selected) ? runs[list.selected] : nil }

  package func headline(_ session: Session) -> [Span] {
    let live = runs.count { $0.state.isLive }
    let text = runs.isEmpty ? "" : "\(runs.count) run\(runs.count == 1 ? "" : "s")"
    return [Span(text, .muted)] + (live > 0 ? [Span("  "), Span("\(live) live", Style(.accent))] : [])
  }

  package var capture: [KeyHint]? { question?.question.hints ?? form?.hints }

  // MARK: Looking at the runs

  package mutating func started(_ session: Session) -> [Effect] { [.runs(.open)] }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .launch(let labelSet):
      let (made, effects) = LaunchForm.make(labelSet: labelSet, session: session, runs: runs)
      form = made
      return [.send(.perform(.show(.runs)))] + effects
    case .opened(let reader):
      self.reader = reader
      return look(session)
    case .poll(let ticket): return ticket == self.ticket ? look(session) : []
    case .looked(let look):
      take(look)
      // Live runs move all the time; others may be launched from elsewhere.
      let pause = runs.contains { $0.state.isLive || $0.state == .queued } ? 250 : 2000
      return [.later(milliseconds: pause, .runs(.poll(ticket: ticket)))]
    case .changed(let id):
      if let id {
        form = nil
        select(id)
      }
      return look(session)
    case .form(let event): return form?.receive(event) ?? []
    }
  }

  private mutating func look(_ session: Session) -> [Effect] {
    guard let reader else { return [] }
    ticket += 1
    let inView = list.window(count: runs.count, rows: session.body.rows).map { runs[$0].id }
    let wanted = Set(inView).union(overlaid).union(selected.map { [$0.id] } ?? [])
    let request = RunsLook.Request(
      known: Dictionary(uniqueKeysWithValues: wanted.map { ($0, plots[$0]?.version ?? -1) }), selected: selected?.id,
      needsConfiguration: detail != nil && detail?.configuration == nil)
    return [.runs(.look(reader, request))]
  }

  private mutating func take(_ look: RunsLook) {
    let chosen = selected?.id
    runs = look.runs
    plots.merge(look.plots) { $1 }
    // The oldest run gets the first mark, and keeps it when others come and go.
    for run in runs.reversed() where marks[run.id] == nil {
      marks[run.id] = SeriesMark(marks.values.map { $0.number + 1 }.max() ?? 0)
    }
    if let chosen { select(chosen) }
    list.select(list.selected, count: runs.count)
    overlaid.formIntersection(runs.map(\.id))
    if !hasLooked { overlaid = Set(runs.filter(\.state.isLive).prefix(4).map(\.id)) }
    hasLooked = true
    if look.selected == selected?.id {
      log = look.log
      if let configuration = look.configuration { detail?.configuration = configuration }
    }
    if let open = detail, !runs.contains(where: { $0.id == open.id }) { detail = nil }
  }

  private mutating func select(_ id: String) {
    if let index = runs.firstIndex(where: { $0.id == id }) { list.select(index, count: runs.count) }
  }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .move(let key):
      _ = list.move(key, count: runs.count, page: max(1, listRows(session.body.rows) - 2))
      log = []
      if detail != nil { detail = selected.map { RunDetail(id: $0.id) } }
      return look(session)
    case .open:
      guard detail == nil else { return perform(.back, session) }
      detail = selected.map { RunDetail(id: $0.id) }
      return look(session)
    case .back: detail = nil
    case .overlay:
      guard let id = selected?.id else { return [] }
      if overlaid.remove(id) == nil { overlaid.insert(id) }
    case .overlayNone: overlaid = []
    case .launch: return receive(.launch(nil), session)
    case .pause:
      guard let run = directory else { return [] }
      return [.runs(selected?.state == .paused ? .resume(run) : .pause(run))]
    case .resume: return directory.map { [.runs(.resume($0))] } ?? []
    case .stop:
      ask(
        "Stop",
        "It saves a checkpoint and ends. r resumes it later: the result has the same bits as if it never stopped.",
        yes: "stop", no: "go on"
      ) { .stop($0) }
    case .delete:
      ask(
        "Delete", "It goes to the trash, with curves, log and checkpoints: `runs restore` brings it back.", yes: "delete",
        no: "keep"
      ) { .delete($0) }
    case .neighbors:
      guard let run = selected else { return [] }
      return [.send(.perform(.show(.neighbors))), .send(.neighbors(.open(run: run.id)))]
    case .logAxis: options.isLogarithmic.toggle()
    case .smooth: options.nextSmoothing()
    }
    return []
  }

  private var directory: RunDirectory? { selected.map { RunDirectory($0.path) } }

  private mutating func ask(
    _ verb: String, _ detail: String, yes: String, no: String, _ work: (RunDirectory) -> Work
  ) {
    guard let run = selected else { return }
    let title = "\(verb) \(printable(run.name))?"
    question = (Question(title, detail: detail, yes: yes, no: no), work(RunDirectory(run.path)))
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    if let asked = question {
      guard let answer = asked.question.answer(key) else { return [] }
      question = nil
      return answer == .yes ? [.runs(asked.work)] : []
    }
    guard var open = form else { return [] }
    let effects = open.take(key)
    form = open.isClosed ? nil : open
    return effects
  }

  func listRows(_ rows: Int) -> Int { min(runs.count + 1, max(4, rows / 3)) }
}
