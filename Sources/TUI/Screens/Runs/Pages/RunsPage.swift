import Runs

/// What the runs screen shows in place of the list.
package enum RunsPage: Equatable, Sendable {
  /// One run in full.
  case run(RunDetail)
  /// What its classes came to.
  case classes(RunClassesPage)
  case difference(RunDifferencePage)
  /// What became of the runs since somebody last looked.
  case news(ListPosition)

  /// The run that it is about.
  package var run: String? {
    switch self {
    case .run(let detail): detail.id
    case .classes(let page): page.id
    case .difference, .news: nil
    }
  }

  /// The runs whose curves it shows; nil: those of the list.
  var compared: Set<String>? { if case .difference(let page) = self { [page.a, page.b] } else { nil } }

  /// Whether it has charts.
  var hasCharts: Bool {
    switch self {
    case .run, .difference: true
    case .classes, .news: false
    }
  }

  var needsDetails: Bool { if case .run(let detail) = self { detail.details == nil } else { false } }

  /// The page that a step back leads to; nil: the list.
  var back: RunsPage? { if case .classes(let page) = self { .run(RunDetail(id: page.id)) } else { nil } }

  mutating func take(_ details: RunDetails) {
    if case .run(var detail) = self {
      detail.details = details
      self = .run(detail)
    }
  }
}

package enum PageAction: Hashable, Sendable {
  case news, classes, difference
  /// The selected run on other screens: its neighbours, its label set in the tree.
  case neighbors, evaluation, tree
  /// The run that this one began with.
  case origin
}

extension RunsScreen {
  /// The runs whose neighbours are looked at: the targets that have a checkpoint, of the first one's dataset.
  package var withFeatures: [RunSummary] {
    let runs = targets.filter { $0.progress.step > 0 }
    return runs.filter { $0.dataset == runs[0].dataset }
  }

  mutating func perform(_ action: PageAction, _ session: Session) -> [Effect] {
    switch action {
    case .news: page = .news(ListPosition())
    case .classes:
      guard let run = shownRun else { return [] }
      if case .classes? = page { return perform(.back, session) }
      page = .classes(RunClassesPage(id: run.id))
      return [.runs(.readClasses(RunDirectory(run.path)))]
    case .difference:
      guard let reader, let (a, b) = pair else { return [] }
      page = .difference(RunDifferencePage(a: a.id, b: b.id))
      return [.runs(.compare(reader, a, b))] + look(session)
    case .neighbors:
      return [.send(.neighbors(.open(runs: withFeatures.map(\.id)))), .send(.perform(.show(.neighbors)))]
    case .evaluation:
      guard let run = shownRun else { return [] }
      return [.send(.evaluation(.open(run: run.id))), .send(.perform(.show(.evaluation)))]
    case .tree:
      if case .classes(let open)? = page {
        return open.selected.map { [.send(.tree(.show(wnid: $0.wnid)))] } ?? []
      }
      guard let run = shownRun else { return [] }
      return [.runs(.showLabelSet(RunDirectory(run.path)))]
    case .origin:
      guard let from = origin else { return [] }
      list.select(from)
      page = .run(RunDetail(id: from))
      return look(session)
    }
    charts.layout = .beside
    return look(session)
  }

  /// The run that the shown one began with, where it is here.
  var origin: String? {
    guard case .run(let detail)? = page, let from = detail.details?.configuration?.lineage?.from else { return nil }
    return found.holds(from) ? from : nil
  }

  /// The two runs to compare, the older one first: those that are marked, or the one that is and the selected one.
  package var pair: (RunSummary, RunSummary)? {
    let chosen = list.marked.union(list.marked.count == 1 ? selected.map { [$0.id] } ?? [] : [])
    let pair = chosen.count == 2 ? found.among(chosen) : []
    return pair.count == 2 ? (pair[1], pair[0]) : nil
  }

  /// Enter on a page.
  mutating func openOnPage(_ open: RunsPage, _ session: Session) -> [Effect] {
    switch open {
    case .run, .difference: return perform(.back, session)
    case .classes: return perform(PageAction.tree, session)
    case .news(let position):
      let chosen = news.items.indices.contains(position.selected) ? news.items[position.selected].run.id : nil
      page = chosen.map { .run(RunDetail(id: $0)) }
      if let chosen { list.select(chosen) }
      news.read(runs)
      return look(session)
    }
  }

  /// A key that moves in lists.
  mutating func move(_ key: Key, on open: RunsPage, _ session: Session) -> [Effect] {
    let rows = session.body.rows - 3
    switch open {
    case .run:
      list.move(key, page: 5)
      if let run = selected { page = .run(RunDetail(id: run.id)) }
      return look(session)
    case .classes(var open):
      open.move(key, page: rows)
      page = .classes(open)
    case .difference(var open):
      open.move(key, page: rows)
      page = .difference(open)
    case .news(var position):
      _ = position.move(key, count: news.items.count, page: rows)
      page = .news(position)
    }
    return []
  }
}
