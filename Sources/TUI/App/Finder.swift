import Basics

/// Help and the command palette: the key table as a list that narrows while one types.
package struct Finder: Equatable, Sendable {
  package enum Kind: Sendable {
    /// Every key of every screen.
    case help
    /// What can be done on this screen, and, once something is typed, on the others.
    case palette
  }

  package enum Outcome: Equatable {
    case stay, close
    case perform(Action)
  }

  package private(set) var kind: Kind
  package private(set) var query = TextField()
  package private(set) var list = ListPosition()

  package init(_ kind: Kind) {
    self.kind = kind
    list = Self.start(kind)
  }

  /// Below the first heading, which only help has.
  private static func start(_ kind: Kind) -> ListPosition { ListPosition(kind == .help ? 1 : 0) }

  package var hints: [KeyHint] {
    [KeyHint("Enter", "do it"), KeyHint("↑ ↓", "choose"), KeyHint("type", "search"), KeyHint("Esc", "close")]
  }

  /// A row is a heading or a binding.
  package enum Row: Sendable {
    case heading(String)
    case binding(Binding)
  }

  package func rows(on screen: ScreenName) -> [Row] {
    var rows: [Row] = []
    let typed = query.text.lowercased()
    let words = Set(query.text.split(separator: " ")).map { (word: String($0), lower: $0.lowercased()) }
    func add(_ heading: String, _ bindings: [Binding]) {
      var found = bindings.filter { Self.matches($0, words) }
      guard !found.isEmpty else { return }
      // What is named so comes before what is only described so.
      found = found.filter { $0.title.hasPrefix(typed) } + found.filter { !$0.title.hasPrefix(typed) }
      if kind == .help { rows.append(.heading(heading)) }
      rows += found.map(Row.binding)
    }
    add(screen.title, KeyTable.bindings(of: screen))
    if kind == .help {
      for other in ScreenName.allCases where other != screen { add(other.title, KeyTable.bindings(of: other)) }
    }
    add("Everywhere", KeyTable.everywhere)
    if kind == .palette, !query.text.isEmpty {
      for other in ScreenName.allCases where other != screen && other != .comparison { add(other.title, KeyTable.bindings(of: other)) }
    }
    return rows
  }

  /// Every word typed begins a word of the entry, or is one of its keys.
  private static func matches(_ binding: Binding, _ typed: [(word: String, lower: String)]) -> Bool {
    let words = (binding.title + " " + binding.help).lowercased().split { !$0.isLetter && !$0.isNumber }
    return typed.allSatisfy { typed in
      words.contains { $0.hasPrefix(typed.lower) } || binding.keys.contains { $0.title == typed.word }
    }
  }

  package mutating func take(_ key: Key, on screen: ScreenName) -> Outcome {
    switch key {
    case .pick(let index):
      list.select(index, count: rows(on: screen).count)
      return take(.enter, on: screen)
    case .escape: return .close
    case .character("?") where query.text.isEmpty, .character("q") where kind == .help && query.text.isEmpty:
      return .close
    case .enter: return chosen(on: screen).map { .perform($0) } ?? .stay
    case .up, .down, .pageUp, .pageDown, .home, .end:
      _ = list.move(key, count: rows(on: screen).count, page: 10)
      skipHeading(key == .up || key == .pageUp ? -1 : 1, on: screen)
      return .stay
    default:
      if query.take(key) { list = Self.start(kind) }
      return .stay
    }
  }

  /// What Enter asks for.
  func chosen(on screen: ScreenName) -> Action? {
    let rows = rows(on: screen)
    guard rows.indices.contains(list.selected), case .binding(let binding) = rows[list.selected] else { return nil }
    return binding.action
  }

  private mutating func skipHeading(_ step: Int, on screen: ScreenName) {
    let rows = rows(on: screen)
    guard rows.indices.contains(list.selected), case .heading = rows[list.selected] else { return }
    let next = list.selected + (list.selected + step >= 0 ? step : 1)
    list.select(next, count: rows.count)
  }

  private func keyColumn(_ rows: [Row]) -> Int {
    rows.map { if case .binding(let binding) = $0 { displayWidth(binding.keyTitles) } else { 0 } }.max() ?? 0
  }

  /// What is said of an entry: in the list of keys what it does, in that of commands its name first; and why not now.
  private func words(_ binding: Binding, _ state: AppState) -> String {
    let screen = kind == .palette ? binding.action.screen.flatMap { $0 == state.screen ? nil : $0.title + ": " } ?? "" : ""
    let words = screen + (kind == .help ? binding.help : binding.title + " – " + binding.help)
    // Of other screens, what stands against it is known there.
    return words + (screen.isEmpty ? binding.obstacle(state).map { " – not now: \($0)" } ?? "" : "")
  }

  package func draw(on canvas: inout Canvas, _ state: AppState) {
    let rows = rows(on: state.screen)
    let title = kind == .help ? "Keys" : "Commands"
    let keyColumn = keyColumn(rows)
    let longest = rows.map { if case .binding(let binding) = $0 { displayWidth(words(binding, state)) } else { 0 } }.max() ?? 0
    var inside = canvas.frame(
      in: state.session.body, rows: max(1, rows.count) + 4, columns: max(96, min(160, keyColumn + 1 + longest + 4)), title: title)
    var prompt = inside.takeTop(1)
    canvas.put(kind == .help ? "find " : ": ", in: prompt.takeLeft(kind == .help ? 5 : 2), style: .muted)
    query.draw(on: &canvas, in: prompt, placeholder: "type to search")
    canvas.horizontalRule(inside.takeTop(1))
    if rows.isEmpty { canvas.put("no match for \(printable(query.text))", in: inside, style: .muted) }
    let keyWidth = min(inside.columns / 3, keyColumn)
    if keyWidth + 1 + longest > inside.columns, inside.rows >= 10 {
      // Where lines are cut, the one that is chosen is told in full.
      let told = inside.takeBottom(2)
      canvas.horizontalRule(inside.takeBottom(1))
      if rows.indices.contains(list.selected), case .binding(let binding) = rows[list.selected] {
        for (line, text) in wrap(words(binding, state), told.columns, most: 2).enumerated() { canvas.put(text, in: told.line(line)) }
      }
    }
    for (line, index) in list.window(count: rows.count, rows: inside.rows).enumerated() {
      var row = inside.line(line)
      canvas.onClick(row, .key(.pick(index)))
      switch rows[index] {
      case .heading(let title): canvas.put(title, in: row, style: .bold)
      case .binding(let binding):
        let isPossible = binding.obstacle(state) == nil
        let full = row
        canvas.put(binding.keyTitles, in: row.takeLeft(keyWidth), style: Style(isPossible ? .accent : .muted, .bold))
        _ = row.takeLeft(1)
        canvas.put(words(binding, state), in: row, style: isPossible ? .plain : .muted)
        if index == list.selected { canvas.restyle(full) { $0.background = .selection } }
      }
    }
  }
}
