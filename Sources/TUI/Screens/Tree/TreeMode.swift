import Taxonomy

/// What takes the keys of the tree screen while it is open.
package enum TreeMode: Sendable {
  /// The cursor moves while the text is typed; Esc goes back to `origin`.
  case search(TextField, origin: Int, unfolded: Set<Int>)
  case name(TextField)
  case overwrite(name: String)
  case made(TreeMenu)
  case saved(TreeMenu, [TreeScreen.SavedSet])
  case history(TreeMenu)

  /// The menu whose entries are shown as what they would come to.
  var preview: TreeMenu? {
    switch self {
    case .made(let menu), .history(let menu): menu
    default: nil
    }
  }

  package var hints: [KeyHint] {
    switch self {
    case .search: [KeyHint("Enter", "stay"), KeyHint("Esc", "go back"), KeyHint("↑ ↓", "other hits")]
    case .name: [KeyHint("Enter", "save"), KeyHint("Esc", "cancel")]
    case .overwrite: [KeyHint("y", "replace it"), KeyHint("n", "choose another name")]
    case .made: [KeyHint("Enter", "make it"), KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel")]
    case .history: [KeyHint("Enter", "go back to it"), KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel")]
    case .saved: [KeyHint("Enter", "open"), KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel")]
    }
  }
}

/// A list to choose from, over the tree.
package struct TreeMenu: Sendable {
  package struct Entry: Sendable {
    package var title: String
    package var detail: String
    /// What it makes; nil for one that cannot be chosen.
    package var version: TreeHistory.Version?
    package var policy: HypernymPolicy?
  }

  package var title: String
  package var entries: [Entry]
  package var list = ListPosition()

  package init(title: String, entries: [Entry]) {
    self.title = title
    self.entries = entries
  }

  package var selected: Entry? { entries.indices.contains(list.selected) ? entries[list.selected] : nil }

  /// - Returns: whether the key moved in the list.
  package mutating func move(_ key: Key) -> Bool {
    let arrow: Key = key == "j" ? .down : key == "k" ? .up : key == "g" ? .home : key == "G" ? .end : key
    return list.move(arrow, count: entries.count, page: 8)
  }

  package func draw(on canvas: inout Canvas, in area: Rect) {
    let columns = min(area.columns - 2, 60)
    let rows = min(area.rows, max(1, entries.count) + 2)
    let frame = Rect(
      row: area.row + (area.rows - rows) / 3, column: area.column + (area.columns - columns) / 2, rows: rows,
      columns: columns)
    canvas.fill(frame)
    canvas.box(frame, title: title, style: .accent)
    let inside = frame.inset(rows: 1, columns: 2)
    if entries.isEmpty { canvas.put("nothing is saved yet", in: inside, style: .muted) }
    for (line, index) in list.window(count: entries.count, rows: inside.rows).enumerated() {
      var row = inside.line(line)
      let full = row
      let entry = entries[index]
      let style: Style = entry.version == nil && entry.policy == nil ? .muted : .plain
      canvas.put(entry.detail, in: row.takeRight(min(columns / 2, displayWidth(entry.detail))), style: .muted, align: .right)
      canvas.put(entry.title, in: row, style: style, cut: .middle)
      if index == list.selected { canvas.restyle(full) { $0.background = .selection } }
    }
  }
}

extension TreeMenu {
  /// What was done so far, with the number of classes that it came to.
  package init(history: TreeHistory) {
    let entries = history.versions.enumerated().map { place, version in
      let count = "\(NumberText.grouped(version.cut.partition.count)) classes"
      return Entry(
        title: printable(version.title), detail: place == history.place ? "now  \(count)" : count, version: version, policy: nil)
    }
    self.init(title: "What was done", entries: entries)
    list.select(history.place, count: entries.count)
  }

  /// Every made set that there is for this tree, with the number of classes that it gives.
  package static func made(from version: TreeHistory.Version, wordNetPascal: [String]) -> TreeMenu {
    let hierarchy = version.cut.hierarchy
    // What was left out by hand stays so; classes are made anew.
    let fine = Partition(hierarchy)
    let left = version.cut.partition.targets.indices.filter { version.cut.isLeftOut(fine: $0) }
    let kept: RecipeStep? =
      left.isEmpty ? nil : .leaveOut(classes: left.map { hierarchy.fineClasses[$0] }.sorted())
    let base = kept.map { (try? fine.applying($0)) ?? fine } ?? fine
    var entries: [Entry] = []

    func add(_ title: String, _ partition: Partition, _ steps: [RecipeStep]) {
      guard let made = try? steps.reduce(partition, { try $0.applying($1) }), let cut = try? Cut(made) else { return }
      let recipe = partition == base ? [kept].compactMap { $0 } + steps : (version.recipe ?? version.cut.recipe) + steps
      let count = made.count
      // One class teaches nothing.
      guard count > 1 else { return }
      entries.append(
        Entry(
          title: title, detail: "\(NumberText.grouped(count)) classes",
          version: TreeHistory.Version(cut: cut, recipe: recipe, title: title)))
    }

    add("every fine class", base, [])
    for (depth, _) in base.bottomUpCounts { add("bottom-up, depth \(depth)", base, [.bottomUp(depth: depth)]) }
    for (rounds, _) in base.topDownCounts {
      add("top-down, \(rounds) round\(rounds == 1 ? "" : "s")", base, [.topDown(rounds: rounds)])
    }
    let now = version.cut.partition
    for part in SplitPart.allCases {
      let step = RecipeStep.minimalSplit(
        depth: now.defaultSplitDepth, target: now.defaultSplitTarget, part: part)
      add("minimal split of the current set, part \(part.rawValue)", now, [step])
    }
    for part in SplitPart.allCases {
      let step = RecipeStep.randomSplit(target: now.defaultSplitTarget, seed: 1, part: part)
      add("random split of the current set (seed 1), part \(part.rawValue)", now, [step])
    }
    if !wordNetPascal.isEmpty { add("without PASCAL's 20 classes", now, [.without(below: wordNetPascal)]) }
    let other: HypernymPolicy = hierarchy.policy == .name ? .file : .name
    let changed = PolicyDifference.all(in: hierarchy).count
    entries.append(
      Entry(
        title: other == .file ? "parents in WordNet's order" : "parents by name (the paper's)",
        detail: changed == 1 ? "moves 1 class" : "moves \(changed) classes", version: nil, policy: other))
    return TreeMenu(title: "Make a label set", entries: entries)
  }
}
