import Basics
import LabelSets

/// Screen 4: the label sets that are kept, what each is, and everything that can be done with one.
package struct LibraryScreen: Screen {
  package enum Action: Hashable, Sendable {
    /// By a key that moves in lists.
    case move(Key)
    case open, mark, compare, runs
    case rename, duplicate, tag, delete, restore
    case export, importFile
    /// A study of the marked label sets.
    case study
    case sort, filter, back
  }

  package enum Event: Sendable {
    /// The label sets can be read.
    case opened(LabelSetLibrary)
    /// Time to look again; only the latest ticket counts.
    case poll(ticket: Int)
    /// What the look with this number found; only the latest one counts.
    case looked(LibraryLook, ticket: Int = 0)
    /// The training images of each fine class of the dataset that the program is on.
    case counted([Int])
    /// The cursor has stayed where it is for a moment.
    case settled(name: String)
    case described(LibraryFacts)
    /// Something was done: what, the command that does the same, and what to select.
    case done(String, ShellCommand, select: String?)
    /// One more line is asked for: another name, where one is taken, or the name to import a file under.
    case asksFor(LibraryPrompt)
    /// Nothing was done, and the user was told why.
    case failed
    /// Nothing was done: something would be replaced.
    case asks(Question, Work)
  }

  /// Every label set, by name.
  package private(set) var entries: [LibraryEntry] = []
  /// What was removed last; `u` brings it back.
  package private(set) var removed: RemovedLabelSet?
  package private(set) var list = ListPosition()
  package internal(set) var order = LibraryOrder.name
  /// What was typed to narrow the list.
  package internal(set) var filter = ""
  package internal(set) var marked: Set<String> = []
  /// What is known of the selected one, once the cursor rests.
  package private(set) var facts: LibraryFacts?
  package internal(set) var mode: LibraryMode?
  /// The line that was typed last, until what it asked for is done.
  var answered: LibraryPrompt?
  package private(set) var hasLooked = false
  /// Whether somebody came here, and saw the list.
  private var (isShown, isVisited) = (false, false)
  private var library: LabelSetLibrary?
  private var imagesPerFine: [Int]?
  private var ticket = 0

  package init() {}

  package var capture: [KeyHint]? { mode?.hints }

  /// What the list shows: the entries that the filter leaves, in the chosen order.
  package var rows: [LibraryEntry] { order.sorted(entries.filter { $0.matches(filter) }) }

  package var selected: LibraryEntry? {
    let rows = rows
    return rows.indices.contains(list.selected) ? rows[list.selected] : nil
  }

  /// Those that are compared: the two that are marked, or one that is and the selected one.
  private var pair: [String] {
    let names = rows.map(\.id).filter(marked.contains)
    return names.count == 1 && selected?.id != names[0] ? names + (selected.map { [$0.id] } ?? []) : names
  }

  package func headline(_ session: Session) -> [Span] {
    guard !entries.isEmpty else { return [] }
    return [Span(counted(entries.count, "label set"), .muted)]
  }

  package func command(_ session: Session) -> CommandSource {
    guard let selected else { return .none("There is no label set here") }
    if let problem = selected.summary.problem { return .none(problem) }
    if let facts, facts.isOf(selected) { return .made { facts.command } }
    return .fetched(.library(.copyCommand(selected.id)))
  }

  // MARK: Looking at the label sets

  package mutating func started(_ session: Session) -> [Effect] { [.library(.open)] }

  package mutating func appeared(_ session: Session) -> [Effect] {
    isShown = true
    return look()
  }

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .opened(let library):
      self.library = library
      return look()
    case .poll(let ticket): return ticket == self.ticket ? look(isWaitedFor: false) : []
    case .looked(let look, let ticket):
      guard ticket == self.ticket else { return [] }
      take(look)
      // Others may be saved by the tree, or from a shell.
      return announce() + settle() + [.later(milliseconds: 2000, .library(.poll(ticket: ticket)))]
    case .counted(let counts):
      imagesPerFine = counts
      return look()
    case .settled(let name):
      guard let selected, selected.id == name, facts?.isOf(selected) != true, selected.summary.problem == nil else { return [] }
      return [.library(.describe(selected.summary, imagesPerFine: imagesPerFine))]
    case .described(let facts):
      self.facts = facts
      return []
    case .done(let words, let command, let name):
      answered = nil
      marked.formIntersection(entries.map(\.id))
      wanted = name
      unannounced.append(Notice(.done, words, sameAs: command))
      return library == nil ? announce() : look()
    case .asksFor(let prompt):
      mode = .prompt(prompt)
      return []
    case .failed:
      // What was typed is there to be corrected.
      if let answered, mode == nil { mode = .prompt(answered) }
      answered = nil
      return []
    case .asks(let question, let work):
      answered = nil
      mode = .question(question, work)
      return []
    }
  }

  /// What to select once it is listed.
  var wanted: String?
  /// What was done since the last look: said once the list shows it, so that a key that answers it finds it done.
  private var unannounced: [Notice] = []

  private mutating func announce() -> [Effect] {
    defer { unannounced = [] }
    return unannounced.map { .send(.notice($0)) }
  }

  mutating func look(isWaitedFor: Bool = true) -> [Effect] {
    guard let library else { return [] }
    ticket += 1
    return [.library(.look(library, imagesPerFine: imagesPerFine, ticket: ticket, isWaitedFor: isWaitedFor))]
  }

  private mutating func take(_ look: LibraryLook) {
    // Until somebody comes to the list, it begins at its top.
    let chosen = wanted ?? (isVisited ? selected?.id : nil)
    isVisited = isShown
    if let wanted, look.entries.contains(where: { $0.id == wanted }) { self.wanted = nil }
    entries = look.entries
    removed = look.removed
    hasLooked = true
    marked.formIntersection(entries.map(\.id))
    select(chosen)
  }

  /// Selects the entry of this name; where it is not shown, the line stays.
  mutating func select(_ name: String?) {
    let rows = rows
    list.select(rows.firstIndex { $0.id == name } ?? (isVisited || name != nil ? list.selected : 0), count: rows.count)
  }

  /// Details are fetched once the cursor rests.
  func settle() -> [Effect] {
    selected.map { [.later(milliseconds: 120, .library(.settled(name: $0.id)))] } ?? []
  }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    switch action {
    case .move(let key):
      _ = list.move(key, count: rows.count, page: max(1, Self.layout(session.body).list.rows - 2))
      return settle()
    case .open: return selected.map(open) ?? []
    case .mark:
      guard let name = selected?.id else { return [] }
      if marked.remove(name) == nil { marked.insert(name) }
      return perform(.move(.down), session)
    case .compare:
      let pair = pair
      guard pair.count == 2 else {
        // With the label set in the making, which the tree has.
        return selected.map { [.send(.tree(.compare(with: $0.id)))] } ?? []
      }
      return [.send(.comparison(.open(.saved(pair[0]), .saved(pair[1]))))]
    case .runs:
      guard let run = selected?.summary.runs.first else { return [] }
      return [.send(.perform(.show(.runs))), .send(.runs(.changed(select: run)))]
    case .study:
      let names = rows.map(\.id).filter(marked.contains)
      return [.send(.studies(.make(labelSets: names.isEmpty ? selected.map { [$0.id] } ?? [] : names))), .send(.perform(.show(.studies)))]
    case .rename: return ask { .rename($0.id) }
    case .duplicate: return ask { .duplicate($0.id) }
    case .tag: return ask { .tag($0.id, before: $0.summary.tags) }
    case .export:
      if let name = selected?.id { mode = .format(LibraryMode.formats(of: name), name) }
      return []
    case .importFile:
      mode = .prompt(LibraryPrompt(.importFrom))
      return []
    case .delete: return selected.map { [.library(.remove($0.id))] } ?? []
    case .restore: return removed.map { [.library(.restore($0, as: nil))] } ?? []
    case .sort:
      let name = selected?.id
      order = order.next
      select(name)
      return settle()
    case .filter:
      mode = .filter(TextField(filter), before: filter, selected: selected?.id)
      return []
    case .back:
      if !filter.isEmpty {
        let name = selected?.id
        filter = ""
        select(name)
      } else {
        marked = []
      }
      return settle()
    }
  }

  private func open(_ entry: LibraryEntry) -> [Effect] {
    [.send(.perform(.show(.tree))), .tree(.load(name: entry.id))]
  }

  private mutating func ask(_ purpose: (LibraryEntry) -> LibraryPrompt.Purpose) -> [Effect] {
    if let selected { mode = .prompt(LibraryPrompt(purpose(selected))) }
    return []
  }

  /// A click selects a line; one on the selected line opens it.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    if index == list.selected, let selected, selected.obstacle == nil { return open(selected) }
    list.select(index, count: rows.count)
    return settle()
  }
}
