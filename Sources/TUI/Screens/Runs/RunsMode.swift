import Runs

/// What takes every key of the runs screen while it is open.
package enum RunsMode: Sendable {
  case question(Question, [RunsScreen.Work])
  case form(LaunchForm)
  /// The filter as it is typed, what is wrong with it, and the one before.
  case filter(TextField, problem: String?, before: RunFilter)
  case sort(Picker)
  case chart(Picker)
  case notes(RunNotesForm)
  case number(NumberDialog)

  var hints: [KeyHint] {
    switch self {
    case .question(let question, _): question.hints
    case .form(let form): form.hints
    case .filter: [KeyHint("Enter", "keep"), KeyHint("Esc", "previous filter")]
    case .sort(let picker), .chart(let picker): picker.hints
    case .notes(let form): form.hints
    case .number: [KeyHint("Enter", "do it"), KeyHint("Esc", "cancel")]
    }
  }
}

extension RunsScreen {
  mutating func take(_ key: Key, in open: RunsMode, _ session: Session) -> [Effect] {
    switch open {
    case .question(let question, let works):
      guard let answer = question.answer(key) else { return [] }
      mode = nil
      return answer == .yes ? works.map { .runs($0) } : []
    case .form(var form):
      let effects = form.take(key)
      mode = form.isClosed ? nil : .form(form)
      return effects
    case .filter(var field, _, let before): return type(key, &field, before, session)
    case .sort(var picker):
      let outcome = picker.take(key)
      mode = outcome == .stay ? .sort(picker) : nil
      if case .chosen(let ids) = outcome, let field = ids.first.flatMap({ RunField($0, metrics: runs.metrics) }) { sort(by: field) }
      return outcome == .stay ? [] : look(session)
    case .chart(var picker):
      let outcome = picker.take(key)
      mode = outcome == .stay ? .chart(picker) : nil
      if case .chosen(let ids) = outcome, let kind = ids.first.flatMap(ChartKind.init) {
        charts.focus = kind
        charts.layout = .one
      }
      return outcome == .stay ? [] : look(session)
    case .number(var dialog):
      switch dialog.take(key) {
      case .stay: mode = .number(dialog)
      case .close: mode = nil
      case .chosen(let works):
        mode = nil
        return works.map { .runs($0) }
      }
      return []
    case .notes(var form):
      switch form.take(key) {
      case .stay: mode = .notes(form)
      case .close: mode = nil
      case .keep(let works):
        mode = nil
        return works.map { .runs($0) }
      }
      return []
    }
  }
}
