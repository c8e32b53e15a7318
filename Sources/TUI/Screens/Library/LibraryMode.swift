import Files
import LabelSets

/// What takes the keys of the library while it is open.
package enum LibraryMode: Sendable {
  /// The list narrows while the text is typed; Esc goes back to what was shown and selected before.
  case filter(TextField, before: String, selected: String?)
  case prompt(LibraryPrompt)
  /// What the label set of this name is written as.
  case format(Picker, String)
  case question(Question, LibraryScreen.Work)

  static func formats(of name: String) -> Picker {
    Picker("Write \(name) as", ExchangeFormat.allCases.map { .init(id: $0.rawValue, text: $0.rawValue, note: $0.summary) })
  }

  var hints: [KeyHint] {
    switch self {
    case .filter: [KeyHint("Enter", "keep"), KeyHint("Esc", "cancel"), KeyHint("↑ ↓", "move")]
    case .prompt(let prompt): [KeyHint("Enter", prompt.verb), KeyHint("Esc", "cancel")]
    case .format(let picker, _): picker.hints
    case .question(let question, _): question.hints
    }
  }
}

/// A line that is typed to do something with a label set.
package struct LibraryPrompt: Sendable {
  package enum Purpose: Equatable, Sendable {
    case rename(String)
    case duplicate(String)
    case tag(String, before: [String])
    /// The name that it had is taken.
    case restore(RemovedLabelSet)
    case exportTo(String, ExchangeFormat)
    case importFrom
    /// The name to keep it under.
    case importAs(path: String)
  }

  package var purpose: Purpose
  package var field: TextField

  package init(_ purpose: Purpose) {
    self.purpose = purpose
    field =
      switch purpose {
      case .rename(let name): TextField(name)
      case .duplicate(let name): TextField("\(name)-copy")
      case .tag(_, let tags): TextField(tags.joined(separator: " "))
      case .restore(let removed): TextField("\(removed.name)-restored")
      case .exportTo(let name, let format):
        TextField(format == .json || format == .csv ? "\(name).\(format.fileExtension)" : "\(name)-\(format.rawValue).\(format.fileExtension)")
      case .importFrom: TextField()
      case .importAs(let path): TextField(LabelSetImport.name(from: path))
      }
  }

  var title: String {
    switch purpose {
    case .rename(let name): "Rename \(name)"
    case .duplicate(let name): "Duplicate \(name)"
    case .tag(let name, _): "Tags of \(name)"
    case .restore(let removed): "\(removed.name) is taken: restore as"
    case .exportTo(let name, let format): "Write \(name) as \(format.rawValue)"
    case .importFrom: "Import a file"
    case .importAs: "Save it as"
    }
  }

  /// Before the text.
  var label: String {
    switch purpose {
    case .tag: "tags"
    case .exportTo, .importFrom: "file"
    default: "name"
    }
  }

  var placeholder: String {
    switch purpose {
    case .tag: "words separated by spaces"
    case .importFrom: "JSON, CSV, synset words or an image list"
    default: ""
    }
  }

  var verb: String {
    switch purpose {
    case .rename: "rename"
    case .duplicate: "duplicate"
    case .tag: "set"
    case .restore: "restore"
    case .exportTo: "write"
    case .importFrom: "go on"
    case .importAs: "import"
    }
  }

  /// What Enter does with the text; nil where there is nothing to do.
  var work: LibraryScreen.Work? {
    let text = field.text
    switch purpose {
    case .rename(let name): return text == name || text.isEmpty ? nil : .rename(name, to: text)
    case .duplicate(let name): return text.isEmpty ? nil : .duplicate(name, as: text)
    case .tag(let name, let before):
      let now = text.split(separator: " ").map(String.init)
      let (added, gone) = (now.filter { !before.contains($0) }, before.filter { !now.contains($0) })
      return added.isEmpty && gone.isEmpty ? nil : .tag(name, adding: added, removing: gone)
    case .restore(let removed): return text.isEmpty ? nil : .restore(removed, as: text)
    case .exportTo(let name, let format): return text.isEmpty ? nil : .export(name, format, path: text, mayReplace: false)
    case .importFrom: return text.isEmpty ? nil : .readFile(text)
    case .importAs(let path): return text.isEmpty ? nil : .importFile(path, as: text, mayReplace: false)
    }
  }
}

extension LibraryScreen {
  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    switch mode {
    case .filter(var field, let before, let name):
      switch key {
      case .enter:
        mode = nil
        return settle()
      case .escape:
        mode = nil
        narrow(to: before)
        select(name)
        return settle()
      case .up, .down, .pageUp, .pageDown: return perform(.move(key), session)
      default:
        guard field.take(key) else {
          mode = .filter(field, before: before, selected: name)
          return []
        }
        mode = .filter(field, before: before, selected: name)
        narrow(to: field.text)
        return settle()
      }
    case .prompt(var prompt):
      let answer = prompt.field.answer(key)
      mode = answer == .typing ? .prompt(prompt) : nil
      guard case .entered = answer, let work = prompt.work else { return [] }
      answered = prompt
      return [.library(work)]
    case .format(var picker, let name):
      let outcome = picker.take(key)
      mode = outcome == .stay ? .format(picker, name) : nil
      if case .chosen(let ids) = outcome, let format = ids.first.flatMap({ ExchangeFormat(rawValue: $0) }) {
        mode = .prompt(LibraryPrompt(.exportTo(name, format)))
      }
      return []
    case .question(let question, let work):
      guard let answer = question.answer(key) else { return [] }
      mode = nil
      return answer == .yes ? [.library(work)] : []
    case nil: return []
    }
  }

  private mutating func narrow(to text: String) {
    let name = selected?.id
    filter = text
    select(name)
  }
}
