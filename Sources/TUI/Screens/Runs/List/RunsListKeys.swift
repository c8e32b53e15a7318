import Basics
import Runs
import Training

/// What can be done with the list itself.
package enum ListAction: Hashable, Sendable {
  /// By a key that moves in lists.
  case move(Key)
  case filter, sort, reverse, group
  case mark, markAll
  case notes
}

extension RunsScreen {
  mutating func perform(_ action: ListAction, _ session: Session) -> [Effect] {
    switch action {
    case .move(let key):
      if let page { return move(key, on: page, session) }
      wanted = nil
      list.move(key, page: max(1, RunsLayout(self, in: session.body).list.rows - 2))
      return settle()
    case .filter: mode = .filter(TextField(list.filter.text), problem: nil, before: list.filter)
    case .sort:
      let metrics = runs.metrics.filter { $0 != .top1 }.map(RunField.metric)
      let fields = (RunField.ofEveryRun + metrics).map { Picker.Item(id: $0.text, text: $0.title, note: $0.text) }
      mode = .sort(Picker("Sort the runs by", fields, selected: list.arrangement.order.field.text))
    case .reverse:
      if case .classes(var open)? = page {
        open.reverse()
        page = .classes(open)
        return []
      }
      list.arrangement.order.isDescending.toggle()
      list.arrange(found)
      return look(session)
    case .group:
      list.isGrouped.toggle()
      list.arrange(found)
      return look(session)
    case .mark:
      let ids = targetsUnderCursor.map(\.id)
      if list.marked.isSuperset(of: ids) { list.marked.subtract(ids) } else { list.marked.formUnion(ids) }
      list.move(.down, page: 1)
      return look(session)
    case .markAll:
      let all = list.arrangement.shown(runs).map(\.id)
      list.marked = list.marked.isSuperset(of: all) ? [] : Set(all)
    case .notes:
      guard let first = targets.first else { return [] }
      mode = .notes(RunNotesForm(targets, first))
    }
    return []
  }

  /// The runs of the line with the cursor.
  private var targetsUnderCursor: [RunSummary] {
    switch list.row {
    case .run(let run): [run]
    case .group(let group): group.runs
    case nil: []
    }
  }

  /// The runs that a verb is for: those that are marked, else those under the cursor, else the one that is shown in full.
  package var targets: [RunSummary] {
    if let page, page.run != nil { return shownRun.map { [$0] } ?? [] }
    return list.marked.isEmpty ? targetsUnderCursor : found.among(list.marked)
  }

  /// A field that is chosen again is sorted the other way round.
  mutating func sort(by field: RunField) {
    let order = list.arrangement.order
    list.arrangement.order = order.field == field
      ? RunOrder(field, isDescending: !order.isDescending) : RunOrder(field, isDescending: field.startsDescending)
    list.arrange(found)
  }

  mutating func type(_ key: Key, _ field: inout TextField, _ before: RunFilter, _ session: Session) -> [Effect] {
    switch key {
    case .escape:
      list.filter = before
      mode = nil
    case .enter: mode = nil
    case .up, .down, .pageUp, .pageDown:
      list.move(key, page: 5)
      return settle()
    default:
      field.take(key)
      // Half a term is no filter yet: what was shown last stays, and the reason is said.
      do throws(Problem) {
        list.filter = try RunFilter(field.text, metrics: runs.metrics)
        mode = .filter(field, problem: nil, before: before)
      } catch {
        let reason = error.expected.map { "expected \($0)" } ?? error.description
        mode = .filter(field, problem: reason, before: before)
        return []
      }
    }
    list.arrange(found)
    return look(session)
  }
}

extension RunField {
  /// In words, for the list of what runs can be sorted by.
  var title: String {
    switch self {
    case .label: "label set"
    case .acc: "best accuracy"
    case .speed: "images per second"
    case .age: "time since the launch"
    case .left: "time left"
    case .metric(let metric): printable(metric.title)
    default: text
    }
  }

  /// Whether the largest is what one looks for.
  fileprivate var startsDescending: Bool {
    if case .metric(let metric) = self { metric.direction == .higherIsBetter } else { [.acc, .step, .epoch, .speed, .classes].contains(self) }
  }
}
