import Basics
import Taxonomy

/// The menu of made sets: a row for each kind, whose numbers are changed by keys, and what the chosen one would come to.
package struct MakeMenu: Sendable {
  package enum Outcome: Sendable {
    case stay, close
    /// Another set is chosen: what it comes to is to be found out.
    case changed
    case make(TreeHistory.Version)
    /// The list of classes that another hypernym policy moves.
    case policy
  }

  /// What the chosen set would come to; the work that finds it out says which ticket it was for.
  package struct Preview: Equatable, Sendable {
    package var version: TreeHistory.Version
    package var consequences: Consequences
    package var parts: [Consequences]
  }

  /// The label set that it was opened on.
  package let version: TreeHistory.Version
  package private(set) var rows: [MadeSet]
  /// Below the rows there is one more, for the hypernym policy.
  package private(set) var list = ListPosition()
  /// The number of the row that keys change.
  package private(set) var field = 0
  /// Nil until they are counted.
  package private(set) var facts: [MadeSet.Base: MadeFacts]?
  package private(set) var preview: Result<Preview, Problem>?
  package private(set) var ticket: Int
  private var isTyping = false

  /// - Parameter last: the last ticket of the menus before, whose answers may still come.
  package init(_ version: TreeHistory.Version, hasPascal: Bool, after last: Int) {
    self.version = version
    ticket = last
    rows = MadeSet.Kind.allCases.filter { hasPascal || $0 != .withoutPascal }.map { MadeSet(kind: $0, values: [:]) }
  }

  package var selected: MadeSet? { rows.indices.contains(list.selected) ? rows[list.selected] : nil }
  package var selectedField: MadeSet.Field? {
    guard let fields = selected?.fields, !fields.isEmpty else { return nil }
    return fields[min(field, fields.count - 1)]
  }

  package var hints: [KeyHint] {
    var hints = [KeyHint("Enter", selected == nil ? "list them" : "make it")]
    if let selectedField {
      hints.append(KeyHint("← →", "change"))
      if ![.part, .base].contains(selectedField) { hints.append(KeyHint("0-9", "type")) }
      if (selected?.fields.count ?? 0) > 1 { hints.append(KeyHint("Tab", "next number")) }
    }
    return hints + [KeyHint("↑ ↓", "choose"), KeyHint("Esc", "cancel")]
  }

  /// The steps that the slider of the chosen row has, and where it stands.
  package var slider: (steps: [MadeFacts.Step], place: Int?)? {
    guard let selected, selected.kind == .bottomUp || selected.kind == .topDown,
      let steps = facts?[selected.base]?.steps(selected.fields[0]), !steps.isEmpty
    else { return nil }
    return (steps, steps.firstIndex { $0.value == selected.values[selected.fields[0]] })
  }

  // MARK: What comes back

  /// What the sliders can show: every row gets sensible numbers.
  package mutating func receive(_ facts: [MadeSet.Base: MadeFacts]) -> Outcome {
    self.facts = facts
    guard let now = facts[.current], let all = facts[.everyClass] else { return .stay }
    for index in rows.indices {
      switch rows[index].kind {
      case .everyClass: break
      case .bottomUp:
        let depth = all.depths.last { $0.classes < all.classes } ?? all.depths.last
        rows[index].values = [.depth: depth?.value ?? 0, .base: MadeSet.Base.everyClass.rawValue]
      case .topDown: rows[index].values = [.rounds: 1, .base: MadeSet.Base.everyClass.rawValue]
      case .minimalSplit: rows[index].values = [.depth: now.splitDepth, .target: now.splitTarget, .part: 2]
      case .randomSplit: rows[index].values = [.target: now.splitTarget, .seed: 0, .part: 2]
      case .withoutPascal: break
      case .classBudget: rows[index].values = [.classes: max(1, now.classes / 2), .seed: 0]
      case .imageBudget:
        rows[index].values = [.images: version.budget?.perClass ?? 100, .seed: Int(clamping: version.budget?.seed ?? 0)]
      }
      takeCount(index)
    }
    return changed()
  }

  package mutating func receive(_ preview: Result<Preview, Problem>, ticket: Int) -> Outcome {
    guard ticket == self.ticket else { return .stay }
    self.preview = preview
    return .stay
  }

  private mutating func changed() -> Outcome {
    ticket += 1
    preview = nil
    return .changed
  }

  // MARK: Keys

  package mutating func take(_ key: Key) -> Outcome {
    let arrow: Key = key == "j" ? .down : key == "k" ? .up : key
    if list.move(arrow, count: rows.count + 1, page: 4) {
      field = 0
      isTyping = false
      return changed()
    }
    switch key {
    case .escape, "m", "q": return .close
    case .enter:
      if selected == nil { return .policy }
      if case .success(let found) = preview { return .make(found.version) }
      return .stay
    case .tab, .backTab:
      guard let count = selected?.fields.count, count > 0 else { return .stay }
      field = (field + (key == .tab ? 1 : count - 1)) % count
      isTyping = false
      return .stay
    case .left, "h": return step(-1)
    case .right, "l": return step(1)
    case "[", "<": return step(-10)
    case "]", ">": return step(10)
    case .backspace: return type { $0 / 10 }
    case .character(let character):
      guard let digit = character.isASCII ? character.wholeNumberValue : nil else { return .stay }
      let isNew = !isTyping
      return type { isNew ? digit : min($0 * 10 + digit, 99_999_999) }
    default: return .stay
    }
  }

  private mutating func type(_ change: (Int) -> Int) -> Outcome {
    guard facts != nil, let field = selectedField, field != .part, field != .base else { return .stay }
    isTyping = true
    rows[list.selected].values[field] = change(rows[list.selected].values[field] ?? 0)
    if field == .count { takeNearest(list.selected) } else { takeCount(list.selected) }
    return changed()
  }

  private mutating func step(_ step: Int) -> Outcome {
    guard facts != nil, let field = selectedField else { return .stay }
    isTyping = false
    let row = list.selected
    let value = rows[row].values[field] ?? 0
    switch field {
    case .part: rows[row].values[field] = (value + (step > 0 ? 1 : 2)) % 3
    case .base: rows[row].base = rows[row].base == .current ? .everyClass : .current
    case .depth, .rounds: rows[row].values[field] = slid(rows[row], field, by: step)
    case .count: rows[row].values[rows[row].fields[0]] = slid(rows[row], rows[row].fields[0], by: step)
    case .seed, .images: rows[row].values[field] = max(0, value + step)
    case .classes: rows[row].values[field] = max(1, min(value + step, facts?[rows[row].base]?.classes ?? .max))
    case .target: rows[row].values[field] = max(1, min(value + step, (facts?[rows[row].base]?.classes ?? .max) - 1))
    }
    takeCount(row)
    return changed()
  }

  /// The step of a slider whose number of classes is the nearest to what was typed; the coarser of two.
  private mutating func takeNearest(_ row: Int) {
    let set = rows[row]
    guard let wanted = set.values[.count], let steps = facts?[set.base]?.steps(set.fields[0]) else { return }
    if let nearest = steps.min(by: { abs($0.classes - wanted) < abs($1.classes - wanted) }) { rows[row].values[set.fields[0]] = nearest.value }
  }

  /// The number of classes that the slider of a row stands at.
  private mutating func takeCount(_ row: Int) {
    let set = rows[row]
    guard set.fields.contains(.count), let steps = facts?[set.base]?.steps(set.fields[0]) else { return }
    rows[row].values[.count] = steps.last { $0.value <= set.values[set.fields[0]] ?? 0 }?.classes ?? steps.first?.classes
  }

  /// The next value that a slider has from where it stands, which may be between two of its steps.
  private func slid(_ set: MadeSet, _ field: MadeSet.Field, by step: Int) -> Int {
    let value = set.values[field] ?? 0
    let steps = facts?[set.base]?.steps(field) ?? []
    guard let first = steps.first, let last = steps.last else { return value }
    // A split goes along depths without steps in the classes.
    if set.kind == .minimalSplit { return max(0, min(value + step, last.value)) }
    let lower = steps.lastIndex { step > 0 ? $0.value <= value : $0.value < value }
    let next = step > 0 ? (lower ?? -1) + step : (lower ?? 0) + step + 1
    return steps.indices.contains(next) ? steps[next].value : step > 0 ? last.value : first.value
  }
}
