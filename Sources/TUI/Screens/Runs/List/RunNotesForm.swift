import Basics
import Runs

/// The dialog that changes tags, group and note of one run or several.
package struct RunNotesForm: Sendable {
  package enum Field: Int, CaseIterable, Sendable {
    case tags, group, note

    var title: String {
      switch self {
      case .tags: "tags"
      case .group: "group"
      case .note: "note"
      }
    }
  }

  package enum Outcome: Sendable {
    case stay, close
    case keep([RunsScreen.Work])
  }

  private let runs: [RunSummary]
  /// Tags that all of them have: of several runs, only these are offered, and the others of each stay.
  private let shared: Set<String>
  package private(set) var focus = Field.tags
  package private(set) var texts: [Field: TextField]
  private let first: [Field: TextField]

  init(_ runs: [RunSummary], _ first: RunSummary) {
    self.runs = runs
    shared = runs.reduce(Set(first.tags)) { $0.intersection($1.tags) }
    let group = runs.allSatisfy { $0.group == first.group } ? first.group ?? "" : ""
    let note = runs.allSatisfy { $0.note == first.note } ? first.note : ""
    texts = [
      .tags: TextField(shared.sorted().joined(separator: " ")), .group: TextField(group), .note: TextField(note),
    ]
    self.first = texts
  }

  var hints: [KeyHint] {
    [KeyHint("Enter", "keep"), KeyHint("↑↓", "field"), KeyHint("type", "change"), KeyHint("Esc", "cancel")]
  }

  package mutating func take(_ key: Key) -> Outcome {
    switch key {
    case .escape: return .close
    case .enter: return .keep(works)
    case .down, .tab: focus = Field(rawValue: (focus.rawValue + 1) % 3)!
    case .up, .backTab: focus = Field(rawValue: (focus.rawValue + 2) % 3)!
    default: texts[focus]!.take(key)
    }
    return .stay
  }

  /// What was typed into is changed, in every run; the rest stays as each has it.
  private var works: [RunsScreen.Work] {
    func changed(_ field: Field) -> String? {
      texts[field]!.text == first[field]!.text ? nil : texts[field]!.text.trimmingSpaces
    }
    let tags = changed(.tags).map { Set($0.split(separator: " ").map(String.init)) }
    let (group, note) = (changed(.group), changed(.note))
    guard tags != nil || group != nil || note != nil else { return [] }
    let changes = runs.map { run in
      var notes = RunNotes(tags: run.tags, note: run.note, group: run.group)
      if let tags { notes.tags = Set(run.tags).subtracting(shared).union(tags).sorted() }
      if let group { notes.group = group.isEmpty ? nil : group }
      if let note { notes.note = note }
      return (RunDirectory(run.path), notes)
    }
    return [.annotate(changes.map { RunsScreen.Annotation(run: $0.0, notes: $0.1) })]
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let what = runs.count == 1 ? printable(runs[0].name) : counted(runs.count, "run")
    var inside = canvas.frame(in: area, rows: 7, columns: 72, title: "Tags, group and note of \(what)")
    for field in Field.allCases {
      var row = inside.takeTop(1)
      let isFocused = field == focus
      canvas.put(isFocused ? "›" : " ", in: row.takeLeft(2), style: Style(.accent, .bold))
      canvas.put(field.title, in: row.takeLeft(7), style: isFocused ? .accent : .muted)
      if isFocused {
        texts[field]!.draw(on: &canvas, in: row, placeholder: placeholder(field))
      } else {
        let text = texts[field]!.text
        canvas.put(text.isEmpty ? placeholder(field) : printable(text), in: row, style: text.isEmpty ? .muted : .plain)
      }
    }
    _ = inside.takeTop(1)
    canvas.put("Filter with tag:…, group:… or any word of these", in: inside.takeTop(1), style: .muted)
  }

  private func placeholder(_ field: Field) -> String {
    switch field {
    case .tags: "words separated by spaces"
    case .group: "a word shared by related runs, such as seeds"
    case .note: "a sentence about the run"
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
