import Analysis
import Basics
import Runs
import Training

/// Which runs are listed, in which order, and which of them is selected.
package struct RunsList: Sendable {
  package enum Row: Equatable, Sendable {
    case run(RunSummary)
    /// A line for all runs of a group.
    case group(Group)

    /// What a selection sticks to.
    var key: String {
      switch self {
      case .run(let run): run.id
      case .group(let group): "group " + group.name
      }
    }
  }

  package struct Group: Equatable, Sendable {
    package var name: String
    package var runs: [RunSummary]
    package var isUnfolded: Bool

    /// Of the best headline metric of its runs, and that metric; nil before the first validation.
    package var best: (metric: TaskMetric, estimate: RunStatistics.Estimate)? {
      let values = runs.compactMap(\.progress.bestOrLast?.headline)
      guard let metric = values.first?.metric else { return nil }
      return RunStatistics.Estimate(values.filter { $0.metric == metric }.map(\.value)).map { (metric, $0) }
    }
  }

  /// The lines of the list. Where no group is folded they are the runs themselves, which are not copied.
  package struct Rows: RandomAccessCollection, Sendable {
    fileprivate var runs: [RunSummary] = []
    fileprivate var folded: [Row]?

    package var startIndex: Int { 0 }
    package var endIndex: Int { folded?.count ?? runs.count }
    package subscript(place: Int) -> Row { folded?[place] ?? .run(runs[place]) }

    fileprivate func place(of key: String) -> Int? {
      folded.map { $0.firstIndex { $0.key == key } } ?? runs.firstIndex { $0.id == key }
    }
  }

  /// What decides the rows, for a look that sorts beside the terminal's thread.
  package struct Arrangement: Equatable, Sendable {
    var filter = RunFilter()
    var order = RunOrder.newestFirst

    func shown(_ runs: [RunSummary]) -> [RunSummary] { order.sorted(filter.fitting(runs)) }
  }

  package var arrangement = Arrangement()
  package var isGrouped = false
  package private(set) var unfolded: Set<String> = []
  package private(set) var rows = Rows()
  /// How many runs the filter lets through.
  package private(set) var count = 0
  package private(set) var position = ListPosition()
  /// The runs that the next verb is for.
  package var marked: Set<String> = []

  package init() {}

  package var filter: RunFilter {
    get { arrangement.filter }
    set { arrangement.filter = newValue }
  }

  package var row: Row? { rows.indices.contains(position.selected) ? rows[position.selected] : nil }

  package var selected: RunSummary? { if case .run(let run)? = row { run } else { nil } }

  /// Lists what fits of `runs`, keeping the selection on its run.
  /// - Parameter shown: what fits, where that was found out elsewhere under the arrangement given with it.
  package mutating func arrange(_ runs: FoundRuns, _ shown: (Arrangement, [RunSummary])? = nil) {
    let key = row?.key
    let fitting = shown.flatMap { $0.0 == arrangement ? $0.1 : nil } ?? arrangement.shown(runs.all)
    count = fitting.count
    marked = marked.filter(runs.holds)
    show(fitting, keeping: key)
  }

  private mutating func show(_ runs: [RunSummary], keeping key: String?) {
    rows = Rows(runs: runs, folded: isGrouped ? grouped(runs) : nil)
    position.select(key.flatMap(rows.place) ?? position.selected, count: rows.count)
  }

  /// Runs of a group stand where the first of them would.
  private func grouped(_ runs: [RunSummary]) -> [Row] {
    var members: [String: [RunSummary]] = [:]
    for run in runs { if let group = run.group { members[group, default: []].append(run) } }
    var rows: [Row] = []
    var done: Set<String> = []
    for run in runs {
      guard let name = run.group else {
        rows.append(.run(run))
        continue
      }
      guard done.insert(name).inserted, let group = members[name] else { continue }
      rows.append(.group(Group(name: name, runs: group, isUnfolded: unfolded.contains(name))))
      if unfolded.contains(name) { rows += group.map(Row.run) }
    }
    return rows
  }

  package mutating func select(_ id: String) {
    if let place = rows.place(of: id) { position.select(place, count: rows.count) }
  }

  mutating func move(_ key: Key, page: Int) { _ = position.move(key, count: rows.count, page: page) }

  mutating func toggle(_ group: String) {
    if unfolded.remove(group) == nil { unfolded.insert(group) }
    show(rows.runs, keeping: row?.key)
  }
}
