import Basics

/// What takes the keys of the tree screen while it is open.
package enum TreeMode: Sendable {
  /// The cursor moves while the text is typed; Esc goes back to `origin`.
  /// `start` is the node that the cursor was on.
  case search(TextField, origin: Int, unfolded: Set<Int>, start: Int)
  case name(TextField, Saved)
  case overwrite(name: String, Saved)
  case made(MakeMenu)
  case saved(Picker)
  case history(TreeMenu)
  case places(PlaceMenu)
  case policy(PolicyMenu)
  case datasets(Picker)

  /// What is saved under a name: the label set, both its parts as `name-A` and `name-B`, or the collage as a file.
  package enum Saved: Sendable {
    case whole, parts, collage

    var title: String {
      switch self {
      case .whole: "Save the label set"
      case .parts: "Save parts A and B"
      case .collage: "Write the collage as PNG"
      }
    }
  }

  /// What is selected in the list that takes the keys; nil where there is none.
  var selected: Int? {
    switch self {
    case .search, .name, .overwrite, .saved, .datasets: nil
    case .made(let menu): menu.list.selected
    case .history(let menu): menu.list.selected
    case .places(let menu): menu.menu.list.selected
    case .policy(let menu): menu.list.selected
    }
  }

  package var hints: [KeyHint] {
    switch self {
    case .search: [KeyHint("Enter", "stay"), KeyHint("Esc", "go back"), KeyHint("↑ ↓", "other hits")]
    case .name: [KeyHint("Enter", "save"), KeyHint("Esc", "cancel")]
    case .overwrite: [KeyHint("y", "replace it"), KeyHint("n", "choose another name")]
    case .made(let menu): menu.hints
    case .places(let menu): menu.hints
    case .policy(let menu): menu.hints
    case .history: [KeyHint("Enter", "go back to it"), KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel")]
    case .saved(let picker), .datasets(let picker): picker.hints
    }
  }
}

/// A list to choose from, over the tree.
package struct TreeMenu: Sendable {
  package struct Entry: Sendable {
    package var title: String
    package var detail: String
    package var isAvailable: Bool

    package init(_ title: String, detail: String, isAvailable: Bool = true) {
      self.title = title
      self.detail = detail
      self.isAvailable = isAvailable
    }
  }

  package var title: String
  package var entries: [Entry]
  package var list = ListPosition()

  package init(title: String, entries: [Entry]) {
    self.title = title
    self.entries = entries
  }

  /// - Returns: whether the key moved in the list.
  package mutating func move(_ key: Key) -> Bool {
    let arrow: Key = key == "j" ? .down : key == "k" ? .up : key == "g" ? .home : key == "G" ? .end : key
    return list.move(arrow, count: entries.count, page: 8)
  }

  package func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.frame(in: area, rows: max(1, entries.count) + 2, columns: 70, title: title)
    if entries.isEmpty { canvas.put("nothing here yet", in: inside, style: .muted) }
    for (line, index) in list.window(count: entries.count, rows: inside.rows).enumerated() {
      var row = inside.line(line)
      canvas.onClick(row, .key(.pick(index)))
      let full = row
      let entry = entries[index]
      let style: Style = entry.isAvailable ? .plain : .muted
      canvas.put(entry.detail, in: row.takeRight(min(inside.columns / 2, displayWidth(entry.detail))), style: .muted, align: .right)
      _ = row.takeRight(1)
      canvas.put(entry.title, in: row, style: style, cut: .middle)
      if index == list.selected { canvas.restyle(full) { $0.background = .selection } }
    }
  }
}

extension TreeMenu {
  /// What was done so far, with the number of classes that it came to.
  package init(history: TreeHistory) {
    let entries = history.versions.enumerated().map { place, version in
      let count = counted(version.classes ?? version.cut.partition.count, "class")
      return Entry(printable(version.title), detail: place == history.place ? "now  \(count)" : count)
    }
    self.init(title: "Changes", entries: entries)
    list.select(history.place, count: entries.count)
  }
}
