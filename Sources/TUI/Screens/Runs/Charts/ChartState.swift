import Runs

/// What the charts show, whatever the list does.
package struct ChartState: Equatable, Sendable {
  package var options = ChartOptions()
  package var window = ChartWindow()
  package var layout = ChartLayout.beside
  package var focus = ChartKind.loss
  /// Where the crosshair rested last: the charts that are not in focus follow it there, so that moving on costs a slow line one chart.
  package var rested: Double?
  /// The runs whose curves are shown besides the selected one's.
  package var overlaid: Set<String> = []
}

package enum ChartAction: Hashable, Sendable {
  case overlay, overlayNone
  case logAxis, outliers, smooth, unit
  case cursor(Int)
  case zoomIn, zoomOut, earlier, later, all, follow, freeze
  /// The chart that keys are for, one further or one back; from a list; how much of the screen charts take.
  case next, previous, choose, layout
}

extension RunsScreen {
  mutating func perform(_ action: ChartAction, _ session: Session) -> [Effect] {
    let shown = runCharts(of: nil)
    let (end, limit) = (shown.end, shown.limit)
    switch action {
    case .overlay:
      guard let run = selected else { return [] }
      if charts.overlaid.remove(run.id) == nil { charts.overlaid.insert(run.id) }
    case .overlayNone: charts.overlaid = []
    case .logAxis: charts.options.isLogarithmic.toggle()
    case .outliers: charts.options.ignoresOutliers.toggle()
    case .smooth: charts.options.nextSmoothing()
    case .unit: charts.window.nextUnit()
    case .cursor(let cells):
      let columns = RunsLayout(self, in: session.body).chartColumns
      if charts.window.cursor == nil { charts.rested = nil }
      charts.window.moveCursor(by: cells, columns: columns, end: end, limit: limit)
      return [.later(milliseconds: Self.rest, .runs(.crosshairRests(at: charts.window.cursor)))]
    case .zoomIn: charts.window.zoomIn(end: end, limit: limit)
    case .zoomOut: charts.window.zoomOut(end: end, limit: limit)
    case .earlier: charts.window.pan(by: -1, end: end, limit: limit)
    case .later: charts.window.pan(by: 1, end: end, limit: limit)
    case .all: charts.window.showAll()
    case .follow: charts.window.follow(end: end, limit: limit)
    case .freeze: charts.window.toggleFrozen(end: end, limit: limit)
    case .next, .previous:
      let all = ChartKind.all(ofOne: shown.isOfOne)
      let place = all.firstIndex(of: charts.focus) ?? 0
      charts.focus = all[(place + (action == .next ? 1 : all.count - 1)) % all.count]
    case .choose:
      let items = ChartKind.all(ofOne: shown.isOfOne).map { Picker.Item(id: $0.rawValue, text: $0.title(shown.metrics)) }
      mode = .chart(Picker("Show one chart", items, selected: charts.focus.rawValue))
      return []
    case .layout: charts.layout = charts.layout.next
    }
    return look(session)
  }

  /// The runs of the group under the cursor.
  private var groupMembers: [String] {
    if page == nil, case .group(let group)? = list.row { group.runs.map(\.id) } else { [] }
  }

  /// The charts: of the run that is open, of the two that are compared, else of those that are overlaid and one more.
  /// - Parameter selected: that one; nil: the run that is drawn.
  func runCharts(of selected: RunSummary?) -> RunCharts {
    let isOfOne = page?.run != nil
    let one = isOfOne ? shownRun?.id : selected?.id ?? drawn
    let ids = isOfOne ? Set(one.map { [$0] } ?? []) : page?.compared ?? charts.overlaid.union(one.map { [$0] } ?? []).union(groupMembers)
    // In the order of the launches, so that colours do not change places when the selection moves.
    return RunCharts(
      shown: found.among(ids).map { RunCharts.Shown(run: $0, plot: plots[$0.id] ?? RunPlot(), mark: marks[$0.id]) },
      selected: one, options: charts.options, window: charts.window, rested: charts.rested, focus: charts.focus, isOfOne: isOfOne)
  }
}
