import Basics
import Pictures
import Studies

/// Screen 6: the studies of the home, and of an opened one its tables as they fill.
package struct StudiesScreen: Screen {
  package enum Action: Hashable, Sendable {
    /// By a key that moves in lists.
    case move(Key)
    case left, right
    case open, start, resume, stop, plan, figure, back
  }

  package enum Event: Sendable {
    case opened(StudyShelf)
    /// Time to look again; only the latest ticket counts.
    case poll(ticket: Int)
    case listed([StudyEntry], ticket: Int)
    case looked(StudyView, ticket: Int)
    /// A study cannot be read or planned.
    case broken(String, Problem, ticket: Int)
    /// A study was made of these label sets.
    case made(String)
    case make(labelSets: [String])
    /// Something was done: what, and the command that does the same.
    case done(String, ShellCommand)
  }

  /// What is shown of an open study.
  package enum Page: Equatable, Sendable {
    case tables, plan
    /// One of ``charts``, with the line that is kept in view where not all have room.
    case figure(Int, line: Int)
  }

  /// A place in the tables of a study.
  package struct Cursor: Equatable, Sendable {
    /// Among the rows of all tables.
    package var row, column: Int

    package init(row: Int = 0, column: Int = 0) { (self.row, self.column) = (row, column) }
  }

  package private(set) var entries: [StudyEntry] = []
  package private(set) var list = ListPosition()
  /// The study that is open; nil while the list is shown.
  package private(set) var opened: String?
  package private(set) var view: StudyView?
  /// Why the open study cannot be shown.
  package private(set) var problem: Problem?
  package private(set) var cursor = Cursor()
  package private(set) var page = Page.tables
  package private(set) var question: (question: Question, work: Work)?
  package private(set) var hasLooked = false
  /// Whether somebody came here.
  private var isVisited = false
  private var shelf: StudyShelf?
  private var ticket = 0
  /// What is to be opened once it is listed.
  private var wanted: String?

  package init() {}

  package var capture: [KeyHint]? { question?.question.hints }

  package var selected: StudyEntry? { entries.indices.contains(list.selected) ? entries[list.selected] : nil }

  /// What a key acts on: the open study, or the selected one.
  package var subject: String? { opened ?? selected?.id }

  package func headline(_ session: Session) -> [Span] {
    guard let opened else { return entries.isEmpty ? [] : [Span(counted(entries.count, "study"), .muted)] }
    guard let view else { return [Span(opened, .muted)] }
    var spans = [Span("\(opened)  ", .muted), Span("\(view.count { $0 == .done }) of \(view.works.count) done", .plain)]
    let failed = view.count(\.hasFailed)
    if view.count(\.isLive) > 0 { spans.append(Span("  \(view.count(\.isLive)) at work", .accent)) }
    if failed > 0 { spans.append(Span("  ✗ \(failed) failed", Style(.bad))) }
    return spans
  }

  package func command(_ session: Session) -> CommandSource {
    guard let subject else { return .none("There is no study here") }
    let command =
      switch opened == nil ? Page.tables : page {
      case .tables: ShellCommand("study", "report", subject)
      case .plan: ShellCommand("study", "plan", subject)
      case .figure(let number, _):
        ShellCommand(["study", "report", subject] + (charts.indices.contains(number) ? [charts[number].report] : []) + ["--format", "svg"])
      }
    return .made { command }
  }

  // MARK: Looking

  package mutating func started(_ session: Session) -> [Effect] { [.studies(.open)] }

  package mutating func appeared(_ session: Session) -> [Effect] {
    isVisited = true
    return look()
  }

  mutating func look(isWaitedFor: Bool = true) -> [Effect] {
    guard let shelf else { return [] }
    ticket += 1
    return [.studies(.look(shelf, opened, ticket: ticket, isWaitedFor: isWaitedFor))]
  }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .opened(let shelf):
      self.shelf = shelf
      return isVisited ? look(isWaitedFor: false) : []
    case .poll(let ticket): return ticket == self.ticket ? look(isWaitedFor: false) : []
    case .listed(let entries, let ticket):
      guard ticket == self.ticket else { return [] }
      let name = wanted ?? selected?.id
      self.entries = entries
      hasLooked = true
      list.select(entries.firstIndex { $0.id == name } ?? list.selected, count: entries.count)
      if let wanted, entries.contains(where: { $0.id == wanted }) {
        self.wanted = nil
        return open(wanted)
      }
      return [.later(milliseconds: 2000, .studies(.poll(ticket: ticket)))]
    case .looked(let view, let ticket):
      guard ticket == self.ticket, view.name == opened else { return [] }
      (self.view, problem) = (view, nil)
      place(cursor.row, cursor.column)
      let isLive = view.isRun || view.count(\.isLive) > 0
      return [.later(milliseconds: isLive ? 500 : 2000, .studies(.poll(ticket: ticket)))]
    case .broken(let name, let problem, let ticket):
      guard ticket == self.ticket, name == opened else { return [] }
      (view, self.problem, page) = (nil, problem, .tables)
      return [.later(milliseconds: 2000, .studies(.poll(ticket: ticket)))]
    case .make(let labelSets):
      guard let shelf else { return [] }
      return [.studies(.make(shelf, labelSets))]
    case .made(let name):
      wanted = name
      opened = nil
      return look()
    case .done(let words, let command): return [.send(.notice(Notice(.done, words, sameAs: command)))] + look()
    }
  }

  private mutating func open(_ name: String) -> [Effect] {
    (opened, view, problem, cursor, page) = (name, nil, nil, Cursor(), .tables)
    return look()
  }

  // MARK: Cells

  /// The rows of all tables, each with its table and its place there.
  package var rows: [(table: Int, row: Int)] {
    view?.tables.enumerated().flatMap { table, shown in shown.rows.indices.map { (table, $0) } } ?? []
  }

  /// How many lines the tables take, each with its heading and a blank one between them.
  var gridLines: Int { view.map { $0.tables.reduce(-1) { $0 + $1.rows.count + 2 } } ?? 0 }

  private mutating func place(_ row: Int, _ column: Int) {
    let rows = rows
    cursor.row = max(0, min(row, rows.count - 1))
    let columns = rows.indices.contains(cursor.row) ? view!.tables[rows[cursor.row].table].columns.count : 0
    cursor.column = max(0, min(column, columns - 1))
    if case .figure(let number, let line) = page { show(figure: number, line: line) }
  }

  /// All charts of its figures, each with its report.
  package var charts: [(report: String, drawing: ChartDrawing)] {
    view?.figures.flatMap { figure in figure.charts.map { (report: figure.report, drawing: $0) } } ?? []
  }

  /// The chart of the table under the cursor, where its report has a plot: of several that of the cell's row and column, if there is one.
  package var chart: Int? {
    guard let shown = shownCell else { return nil }
    let charts = charts
    let own = charts.indices.filter { charts[$0].report == shown.table.report.name }
    let title = StudyFigure.title(shown.table, row: shown.row, column: cursor.column)
    return own.first { charts[$0].drawing.title == title } ?? own.first
  }

  /// There are so many charts and lines as the last look found.
  private mutating func show(figure number: Int, line: Int) {
    let charts = charts
    guard !charts.isEmpty else { return page = .tables }
    let number = (number + charts.count) % charts.count
    page = .figure(number, line: max(0, min(line, charts[number].drawing.categories.count - 1)))
  }

  /// The works of the cell under the cursor.
  package var works: [StudyView.Work] {
    guard let view, rows.indices.contains(cursor.row) else { return [] }
    let (table, row) = rows[cursor.row]
    guard view.cells[table][row].indices.contains(cursor.column) else { return [] }
    return view.cells[table][row][cursor.column].map { view.works[$0] }
  }

  /// The run that Enter goes to: the one at work, the one that has failed, or the first.
  package var run: String? {
    let works = works.filter { $0.run != nil }
    return (works.first(where: \.state.isLive) ?? works.first { $0.state != .done } ?? works.first)?.run
  }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .move(let key):
      guard opened != nil else {
        _ = list.move(key, count: entries.count, page: max(1, session.body.rows - 2))
        return []
      }
      if case .figure(let number, let line) = page {
        var position = ListPosition(line)
        _ = position.move(key, count: charts[number].drawing.categories.count, page: max(1, session.body.rows / 2))
        show(figure: number, line: position.selected)
        return []
      }
      var position = ListPosition(cursor.row)
      _ = position.move(key, count: rows.count, page: max(1, StudyLayout(session.body, lines: gridLines).grid.rows - 2))
      place(position.selected, cursor.column)
      return []
    case .left, .right:
      let step = action == .left ? -1 : 1
      if case .figure(let number, _) = page { show(figure: number + step, line: 0) } else { place(cursor.row, cursor.column + step) }
      return []
    case .figure:
      if case .figure(let number, _) = page { show(figure: number + 1, line: 0) } else { show(figure: chart ?? 0, line: 0) }
      return []
    case .open:
      guard opened != nil else { return selected.map { open($0.id) } ?? [] }
      return run.map { [.send(.perform(.show(.runs))), .send(.runs(.changed(select: $0)))] } ?? []
    case .start: return ask("run")
    case .resume: return ask("resume")
    case .stop:
      guard let shelf, let subject, let view else { return [] }
      return [.studies(.stop(shelf, subject, view))]
    case .plan:
      page = page == .plan ? .tables : .plan
      return []
    case .back:
      if page != .tables { page = .tables } else { (opened, view, problem) = (nil, nil, nil) }
      return look()
    }
  }

  private mutating func ask(_ verb: String) -> [Effect] {
    guard let shelf, let opened, let view else { return [] }
    let estimate = view.estimate
    let time = NumberText.duration(seconds: estimate.seconds)
    question = (
      Question(
        verb == "run" ? "Run \(opened)?" : "Try what failed in \(opened) again?",
        detail: "\(estimate.words) to make, about \(time) on this machine. It goes on when the screens are closed; runs go through the queue.",
        yes: verb == "run" ? "run" : "try again", no: "not now"),
      .start(shelf, opened, verb: verb))
    return []
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    guard let (question, work) = question, let answer = question.answer(key) else { return [] }
    self.question = nil
    return answer == .yes ? [.studies(work)] : []
  }

  /// A click selects a line of the list; one on the selected line opens it. In the tables it selects a row.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    guard opened == nil else {
      place(index / 1000, index % 1000)
      return []
    }
    if index == list.selected, let selected { return open(selected.id) }
    list.select(index, count: entries.count)
    return []
  }

  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    switch action {
    case .move, .left, .right, .back, .plan, .figure: nil
    default: underWay.first
    }
  }
}

extension StudiesScreen {
  package enum Work: ScreenWork {
    case open
    /// The open study, or the list.
    case look(StudyShelf, String?, ticket: Int, isWaitedFor: Bool)
    case start(StudyShelf, String, verb: String)
    case stop(StudyShelf, String, StudyView)
    case make(StudyShelf, [String])

    package var awaited: String? {
      switch self {
      case .open: nil
      case .look(_, let name, _, let isWaitedFor): isWaitedFor ? (name == nil ? "the list of studies" : "the study") : nil
      case .start, .stop: "the study"
      case .make: "the new study"
      }
    }

    package func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem) {
      switch self {
      case .open: send(.studies(.opened(StudyShelf(home: environment.home, wordNet: environment.wordNet, reader: environment.runs))))
      case .look(let shelf, let name?, let ticket, _):
        do throws(Problem) {
          send(.studies(.looked(try shelf.look(name), ticket: ticket)))
        } catch {
          send(.studies(.broken(name, error, ticket: ticket)))
        }
      case .look(let shelf, nil, let ticket, _): send(.studies(.listed(shelf.list(), ticket: ticket)))
      case .start(let shelf, let name, let verb):
        try StudyProcess.start(verb, name, home: shelf.home, wordNet: environment.wordNet)
        send(.studies(.done(verb == "run" ? "\(name) runs" : "\(name) tries the failed ones again", ShellCommand("study", verb, name, "--detach"))))
      case .stop(let shelf, let name, let view):
        let count = try StudyProcess.stop(name, view.works.map { ($0.state, $0.run) }, home: shelf.home)
        send(.studies(.done(count > 0 ? "Asked \(counted(count, "training")) of \(name) to stop" : "\(name) is asked to end", ShellCommand("study", "stop", name))))
      case .make(let shelf, let labelSets):
        let name = try shelf.make(labelSets: labelSets, dataset: environment.dataset)
        send(.studies(.made(name)))
        send(.notice(Notice(.done, "Made the study \(name)", sameAs: ShellCommand("study", "new", name, "--labels", labelSets.joined(separator: ",")))))
      }
    }
  }
}
