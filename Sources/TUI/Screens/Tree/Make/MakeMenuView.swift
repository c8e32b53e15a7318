import Basics

/// How the menu of made sets looks: its rows, and below them what the chosen one would come to.
struct MakeMenuView {
  let menu: MakeMenu
  /// The last row: what the other hypernym policy is, and how many classes it moves.
  let policy: (title: String, detail: String)
  /// What a preview comes to, in words.
  let consequences: (MakeMenu.Preview) -> ConsequencesView

  func draw(on canvas: inout Canvas, in area: Rect) {
    let count = menu.rows.count + 1
    // A slider, a rule, and up to nine rows of consequences where they fit.
    let foot = max(0, min(11, area.rows - 2 - count))
    var inside = canvas.frame(in: area, rows: count + foot + 2, columns: 76, title: "Make a label set")
    let below = inside.takeBottom(foot >= 3 ? foot : 0)
    for (line, index) in menu.list.window(count: count, rows: inside.rows).enumerated() {
      canvas.onClick(inside.line(line), .key(.pick(index)))
      draw(row: index, on: &canvas, in: inside.line(line))
    }
    drawFoot(on: &canvas, in: below)
  }

  private func draw(row index: Int, on canvas: inout Canvas, in line: Rect) {
    let isSelected = index == menu.list.selected
    if isSelected { canvas.restyle(line) { $0.background = .selection } }
    func put(_ text: String, _ area: Rect, _ style: Style = .plain, align: Alignment = .left) {
      canvas.put(text, in: area, style: Style(style.foreground, on: isSelected ? .selection : .standard, style.attributes), align: align)
    }
    var rest = line
    guard menu.rows.indices.contains(index) else {
      put(policy.detail, rest.takeRight(min(rest.columns / 2, displayWidth(policy.detail))), .muted, align: .right)
      return put(policy.title, rest)
    }
    let set = menu.rows[index]
    func width(_ field: MadeSet.Field) -> Int { displayWidth(words(field, set).0) + displayWidth(words(field, set).1) + 4 }
    let needed = 15 + (isSelected ? menu.selectedField.map(width) ?? 0 : 0)
    // What keys change comes first; what it would give stands below as well.
    if let text = classes(set).map({ counted($0, "class") }), rest.columns > needed + displayWidth(text) {
      put(text, rest.takeRight(displayWidth(text)), .muted, align: .right)
      _ = rest.takeRight(1)
    }
    put(set.title, rest.takeLeft(15))
    // Where not all fit, those in front of the one that keys change give way.
    var fields = set.fields[...]
    while isSelected, fields.first != menu.selectedField, fields.reduce(0, { $0 + width($1) }) > rest.columns { fields.removeFirst() }
    for field in fields {
      let isChanged = isSelected && field == menu.selectedField
      let (word, value) = words(field, set)
      if !word.isEmpty { put(word + " ", rest.takeLeft(displayWidth(word) + 1), .muted) }
      put(isChanged ? "‹" : " ", rest.takeLeft(1), Style(.accent, .bold))
      put(value, rest.takeLeft(displayWidth(value)), isChanged ? Style(.accent, .bold) : .plain)
      put(isChanged ? "›" : " ", rest.takeLeft(1), Style(.accent, .bold))
      _ = rest.takeLeft(1)
    }
  }

  private func words(_ field: MadeSet.Field, _ set: MadeSet) -> (String, String) {
    let number = set.values[field].map(NumberText.grouped) ?? "…"
    return switch field {
    case .depth: ("depth", number)
    case .rounds: ("rounds", number)
    case .target: ("A gets", number)
    case .classes: ("draw", number)
    case .images: ("per fine class", set.values[field] == 0 ? "all" : number)
    case .seed: ("seed", number)
    case .part: ("take", set.part.map { "part \($0.rawValue)" } ?? "both parts")
    case .base: ("of", set.base == .current ? "this set" : "every class")
    case .count: ("near", number)
    }
  }

  /// The number of classes that a row gives, where that is known before it is chosen.
  private func classes(_ set: MadeSet) -> Int? {
    guard let facts = menu.facts?[set.base] else { return nil }
    return switch set.kind {
    case .everyClass: menu.facts?[.everyClass]?.classes
    case .bottomUp: facts.depths.first { $0.value == set.values[.depth] }?.classes
    case .topDown: facts.rounds.last { $0.value <= set.values[.rounds] ?? 0 }?.classes
    default: nil
    }
  }

  private func drawFoot(on canvas: inout Canvas, in area: Rect) {
    guard !area.isEmpty else { return }
    var rest = area
    canvas.horizontalRule(rest.takeTop(1))
    drawSlider(on: &canvas, in: rest.takeTop(1))
    switch menu.preview {
    case .success(let preview): consequences(preview).draw(on: &canvas, rows: rest)
    case .failure(let problem):
      for (index, line) in wrap("✗ \(problem.description)", rest.columns).enumerated() {
        canvas.put(line, in: rest.line(index), style: Style(.bad))
      }
    case nil:
      let text = menu.selected == nil ? "Lists the classes it moves first" : "…"
      canvas.put(text, in: rest, style: .muted)
    }
  }

  /// The numbers of classes along the slider's steps, as bars, with the chosen one in brackets.
  private func drawSlider(on canvas: inout Canvas, in area: Rect) {
    guard let (steps, place) = menu.slider, let most = steps.map(\.classes).max() else { return }
    let blocks = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    // Logarithms: they go from two classes to thousands.
    func height(_ classes: Int) -> Int { (Int.bitWidth - classes.leadingZeroBitCount) * 7 / (Int.bitWidth - most.leadingZeroBitCount) }
    let coarse = "coarse "
    var column = canvas.put(coarse, row: area.row, column: area.column, style: .muted)
    for (index, step) in steps.enumerated() {
      let isHere = index == place
      if isHere { column = canvas.put("[", row: area.row, column: column, style: Style(.accent, .bold)) }
      column = canvas.put(
        blocks[min(7, height(step.classes))], row: area.row, column: column, style: isHere ? Style(.accent, .bold) : .muted)
      if isHere { column = canvas.put("]", row: area.row, column: column, style: Style(.accent, .bold)) }
    }
    let text = place.map { " fine   step \($0 + 1) of \(steps.count)" } ?? " fine"
    canvas.put(text, row: area.row, column: column, style: .muted, width: max(0, area.endColumn - column))
  }
}
