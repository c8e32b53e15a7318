import Basics
import Taxonomy

/// The other hypernym policy: which classes it moves, and what becomes of the label set, before anything is done.
package struct PolicyMenu: Sendable {
  /// What a label set is on the other tree.
  package struct Outlook: Sendable {
    package var version: TreeHistory.Version
    /// Classes (by wnid) that are the same, that hold other fine classes, that are gone, and that are new.
    package var same, changed, gone, new: Int
  }

  package let other: HypernymPolicy
  /// Nil until they are found.
  package var moves: [PolicyDifference]?
  package var outlook: Result<Outlook, Problem>?
  package var list = ListPosition()

  package init(_ other: HypernymPolicy, moves: [PolicyDifference]?) {
    self.other = other
    self.moves = moves
  }

  package var hints: [KeyHint] {
    var canSwitch = false
    if case .success = outlook { canSwitch = true }
    return [
      KeyHint("s", "switch", isAvailable: canSwitch), KeyHint("Enter", "go to the class", isAvailable: moves?.isEmpty == false),
      KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel"),
    ]
  }

  var selected: PolicyDifference? { moves.flatMap { $0.indices.contains(list.selected) ? $0[list.selected] : nil } }
}

extension PolicyMenu.Outlook {
  /// What `version` is by the other policy: its steps done again on the other tree, where what that does not have is passed over.
  package init(_ version: TreeHistory.Version, on other: Hierarchy) throws(Problem) {
    var partition = Partition(other)
    var steps: [RecipeStep] = []
    for step in version.classSteps {
      var step = step
      if case .cut(let collapsed) = step { step = .cut(collapsed: collapsed.filter { other.node(wnid: $0) != nil }) }
      partition = try partition.applying(step)
      steps.append(step)
    }
    self.version = TreeHistory.Version(
      try Cut(partition), recipe: version.recipe == nil ? nil : steps, budget: version.budget, parts: version.parts,
      title: "parents by \(other.policy.rawValue)")
    let (before, after) = (Self.members(version.cut.partition), Self.members(partition))
    same = before.count { after[$0.key] == $0.value }
    changed = before.count { after[$0.key] != nil && after[$0.key] != $0.value }
    gone = before.count { after[$0.key] == nil }
    new = after.count { before[$0.key] == nil }
  }

  private static func members(_ partition: Partition) -> [SynsetID: [Int]] {
    var members: [SynsetID: [Int]] = [:]
    for (fine, target) in partition.targets.enumerated() where target >= 0 {
      members[partition.hierarchy.id(Int(target)), default: []].append(fine)
    }
    return members
  }
}

extension PolicyMenu {
  func draw(on canvas: inout Canvas, in area: Rect, _ hierarchy: Hierarchy) {
    let columns = min(area.columns - 2, 100)
    let count = moves?.count ?? 0
    let words = summary.flatMap { wrap($0, columns - 4) }
    let title = other == .file ? "Parents in WordNet's order" : "Parents by name, as in the paper"
    var inside = canvas.frame(in: area, rows: max(1, count) + words.count + 3, columns: columns, title: title)
    for line in words.prefix(max(1, inside.rows - 2)) { canvas.put(line, in: inside.takeTop(1)) }
    canvas.horizontalRule(inside.takeTop(1))
    guard let moves, count > 0 else { return canvas.put(moves == nil ? "…" : "no class is moved", in: inside, style: .muted) }
    func name(_ wnid: String) -> String { hierarchy.wordNet.id(ofWnid: wnid).map { printable(hierarchy.wordNet.name(of: $0)) } ?? wnid }
    for (line, index) in list.window(count: count, rows: inside.rows).enumerated() {
      let move = moves[index]
      let (from, to) = other == .file ? (move.byName, move.byFile) : (move.byFile, move.byName)
      var row = inside.line(line)
      canvas.onClick(row, .key(.pick(index)))
      let full = row
      let through = move.at == move.wnid ? "" : " (\(name(move.at)))"
      canvas.put(name(move.wnid) + through, in: row.takeLeft(columns * 2 / 5), cut: .middle)
      _ = row.takeLeft(1)
      canvas.put("\(name(from)) → \(name(to))", in: row, style: .muted, cut: .middle)
      if index == list.selected { canvas.restyle(full) { $0.background = .selection } }
    }
  }

  /// What the switch would do, in sentences.
  private var summary: [String] {
    guard let moves else { return ["Searching for the classes it moves …"] }
    func counted(_ count: Int, _ one: String, _ many: String) -> String { count == 1 ? "1 \(one)" : "\(NumberText.grouped(count)) \(many)" }
    let moved = counted(moves.count, "fine class gets another parent", "fine classes get another parent, their own or one above them") + "."
    switch outlook {
    case nil: return [moved, "Computing the new label set …"]
    case .failure(let problem): return [moved, "✗ The label set cannot be converted: \(problem.description)"]
    case .success(let outlook):
      var parts = [counted(outlook.same, "class of the label set stays as it is", "classes of the label set stay as they are")]
      if outlook.changed > 0 { parts.append("\(NumberText.grouped(outlook.changed)) change their fine classes") }
      if outlook.gone > 0 { parts.append("\(NumberText.grouped(outlook.gone)) disappear") }
      if outlook.new > 0 { parts.append("\(NumberText.grouped(outlook.new)) are new") }
      return [moved, parts.joined(separator: ", ") + ". u undoes the switch."]
    }
  }
}

/// Switching policies on the tree screen.
extension TreeScreen {
  mutating func openPolicyMenu() -> [Effect] {
    guard let version = history?.current else { return [] }
    let hierarchy = version.cut.hierarchy
    mode = .policy(PolicyMenu(hierarchy.policy.other, moves: policyMoves))
    return (policyMoves == nil ? [.tree(.findMoves(hierarchy))] : []) + [.tree(.tryPolicy(hierarchy.policy.other, version))]
  }

  mutating func take(_ key: Key, policy menu: PolicyMenu) -> [Effect] {
    var menu = menu
    let arrow: Key = key == "j" ? .down : key == "k" ? .up : key == "g" ? .home : key == "G" ? .end : key
    if menu.list.move(arrow, count: menu.moves?.count ?? 0, page: 8) {
      mode = .policy(menu)
      return []
    }
    switch key {
    case "s":
      guard case .success(let outlook) = menu.outlook else { return [] }
      mode = nil
      history?.change(to: outlook.version)
      return edited()
    case .enter:
      guard let wnid = menu.selected?.wnid, let node = hierarchy?.node(wnid: wnid) else { return [] }
      mode = nil
      return jump(to: node)
    case .escape, "q", "M": mode = nil
    default: break
    }
    return []
  }
}
