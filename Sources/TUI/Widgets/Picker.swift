/// A list over the screen from which one or several entries are chosen; typing narrows it.
package struct Picker: Equatable, Sendable {
  package struct Item: Equatable, Sendable {
    package var id: String
    package var text: String
    package var note: String

    package init(id: String, text: String, note: String = "") {
      self.id = id
      self.text = text
      self.note = note
    }
  }

  package enum Outcome: Equatable, Sendable {
    case stay, close
    /// The chosen entry; with several, all that are ticked, in the list's order.
    case chosen([String])
  }

  package let title: String
  package let items: [Item]
  /// The ticked entries; nil where only one can be chosen.
  package private(set) var ticked: Set<String>?
  package private(set) var query = TextField()
  package private(set) var list = ListPosition()

  package init(_ title: String, _ items: [Item], selected: String? = nil, ticked: Set<String>? = nil) {
    self.title = title
    self.items = items
    self.ticked = ticked
    if let index = items.firstIndex(where: { $0.id == selected }) { list.select(index, count: items.count) }
  }

  package var hints: [KeyHint] {
    (ticked == nil ? [] : [KeyHint("Space", "tick")])
      + [KeyHint("Enter", "choose"), KeyHint("type", "search"), KeyHint("Esc", "close")]
  }

  package var matches: [Item] {
    let words = Set(query.text.lowercased().split(separator: " "))
    return items.filter { item in
      let text = (item.text + " " + item.note).lowercased()
      return words.allSatisfy(text.contains)
    }
  }

  package mutating func take(_ key: Key) -> Outcome {
    switch key {
    case .character(let character) where character != " " || ticked == nil:
      if query.take(key) { list = ListPosition() }
      return .stay
    default: break
    }
    let matches = matches
    let selected = matches.indices.contains(list.selected) ? matches[list.selected] : nil
    switch key {
    case .pick(let index):
      list.select(index, count: matches.count)
      return take(ticked == nil ? .enter : " ")
    case .escape: return .close
    case .enter:
      guard let ticked else { return selected.map { .chosen([$0.id]) } ?? .stay }
      let chosen = ticked.isEmpty ? selected.map { [$0.id] } ?? [] : items.map(\.id).filter(ticked.contains)
      return chosen.isEmpty ? .close : .chosen(chosen)
    case " " where ticked != nil:
      guard let selected else { return .stay }
      if ticked!.remove(selected.id) == nil { ticked!.insert(selected.id) }
    default:
      // What is typed can be taken back as in every line.
      if key != .control("u"), key != .control("d"), list.move(key, count: matches.count, page: 10) { return .stay }
      if query.take(key) { list = ListPosition() }
    }
    return .stay
  }

  package func draw(on canvas: inout Canvas, in area: Rect) {
    let matches = matches
    var inside = canvas.frame(in: area, rows: min(area.rows - 1, max(1, items.count) + 4), columns: 70, title: title)
    query.draw(on: &canvas, in: inside.takeTop(1), placeholder: "type to search")
    canvas.horizontalRule(inside.takeTop(1))
    if matches.isEmpty { canvas.put(items.isEmpty ? "nothing saved yet" : "no match", in: inside, style: .muted) }
    // Notes have what the texts leave, and half of it where both are long.
    let textWidth = (matches.map { displayWidth($0.text) }.max() ?? 0) + (ticked == nil ? 1 : 3)
    let noteWidth = min(max(inside.columns / 2, inside.columns - textWidth), matches.map { displayWidth($0.note) }.max() ?? 0)
    for (line, index) in list.window(count: matches.count, rows: inside.rows).enumerated() {
      let row = inside.line(line)
      canvas.onClick(row, .key(.pick(index)))
      var rest = row
      if let ticked {
        let isTicked = ticked.contains(matches[index].id)
        canvas.put(isTicked ? "✓" : "·", in: rest.takeLeft(2), style: isTicked ? Style(.good, .bold) : .muted)
      }
      canvas.put(matches[index].note, in: rest.takeRight(noteWidth), style: .muted, align: .right)
      _ = rest.takeRight(1)
      canvas.put(matches[index].text, in: rest, cut: .middle)
      if index == list.selected { canvas.restyle(row) { $0.background = .selection } }
    }
  }
}
