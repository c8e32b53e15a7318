/// Where the parts of the runs screen are. What is not shown is empty.
struct RunsLayout {
  private static let nothing = Rect(row: 0, column: 0, rows: 0, columns: 0)

  private(set) var list = RunsLayout.nothing
  /// The filter as it is typed, what is wrong with the selected run, the news: one line, so that nothing jumps.
  private(set) var status = RunsLayout.nothing
  private(set) var facts = RunsLayout.nothing
  private(set) var charts = RunsLayout.nothing
  /// What the marks on the charts are, where no list beside them says so.
  private(set) var legend = RunsLayout.nothing
  private(set) var log = RunsLayout.nothing
  private let isOfOne: Bool
  private let layout: ChartLayout

  init(_ screen: RunsScreen, in area: Rect) {
    isOfOne = screen.page?.run != nil
    layout = screen.charts.layout
    var rest = area
    if screen.charts.layout != .beside {
      legend = rest.takeTop(1)
      charts = rest
    } else if isOfOne {
      log = rest.takeBottom(max(3, rest.rows / 5))
      // The title, and what is wrong.
      _ = rest.takeTop(1 + (screen.shownRun.map { RunDetailView.alarms($0, columns: area.columns).count } ?? 0))
      if rest.columns >= 70 {
        facts = rest.takeLeft(min(44, rest.columns * 9 / 20)).inset(columns: 1)
      } else if rest.rows >= 16 {
        facts = rest.takeTop(6).inset(columns: 1)
      }
      charts = rest
    } else if case .difference? = screen.page {
      // Beside the curves where there is room, above them where not.
      facts = rest.columns >= 120 ? rest.takeLeft(rest.columns / 2) : rest.takeTop(rest.rows >= 18 ? rest.rows / 2 : rest.rows)
      charts = rest
    } else if screen.page?.hasCharts == false {
      facts = rest
    } else {
      // As high whatever the filter leaves: nothing jumps while it is typed.
      list = rest.takeTop(min(screen.runs.count + 1, max(4, area.rows / 3)))
      status = rest.takeTop(1)
      if rest.rows >= 18 { log = rest.takeBottom(min(8, rest.rows - 14)) }
      charts = rest
    }
  }

  func places(_ focus: ChartKind) -> [(kind: ChartKind, rect: Rect)] {
    layout.places(ChartKind.all(ofOne: isOfOne), focus: focus, in: charts)
  }

  /// The cells across that the plot of the widest chart has, about: the axis and the last values take the rest.
  var chartColumns: Int { max(10, (layout.places(ChartKind.all(ofOne: isOfOne), focus: .loss, in: charts).map(\.rect.columns).max() ?? 0) - 14) }
}

extension RunsScreen {
  /// What a look should bring: the curves of the runs on the charts, and a sparkline of every other run in the list.
  func lookRequest(_ session: Session, refreshes: Bool) -> RunsLook.Request {
    let layout = RunsLayout(self, in: session.body)
    let charts = runCharts(of: selected)
    let kinds = layout.places(self.charts.focus).map(\.kind)
    let plot = RunPlot.Request(
      unit: self.charts.window.unit, range: charts.range, columns: 2 * layout.chartColumns,
      smoothing: self.charts.options.smoothing,
      metrics: kinds.reduce(into: []) { $0.formUnion(charts.metrics(of: $1)) },
      norms: kinds.reduce(into: []) { $0.formUnion($1.norms) })
    var known: [String: RunsLook.Known] = [:]
    if page == nil, self.charts.layout == .beside {
      for index in list.position.window(count: list.rows.count, rows: layout.list.rows - 1) {
        guard case .run(let run) = list.rows[index] else { continue }
        known[run.id] = RunsLook.Known(run: run, version: plots[run.id]?.version, plot: plots[run.id]?.request, wanted: nil)
      }
    }
    for shown in charts.shown {
      // What is drawn already serves the list as well.
      known[shown.run.id] = RunsLook.Known(
        run: shown.run, version: plots[shown.run.id]?.version, plot: plots[shown.run.id]?.request, wanted: plot)
    }
    return RunsLook.Request(
      refreshes: refreshes, isFirst: !hasLooked && runs.isEmpty, arrangement: list.arrangement, known: known, selected: shownRun?.id,
      needsDetails: page?.needsDetails ?? false)
  }
}
