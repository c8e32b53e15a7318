import Basics

/// What the keys do while a search, a prompt or a menu is open.
extension TreeScreen {
  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? {
    var underWay = underWay
    switch mode {
    case .search:
      if TextField.edits(key) || key == .enter || key == .escape { underWay.remove(Work.search) }
    case .made: if key == .enter { break } else { underWay.remove(Work.outcome) }
    default: underWay.remove(Work.outcome)
    }
    if case .policy = mode {
      if key != "s" { underWay.remove(Work.outlook) }
    } else {
      underWay.subtract([Work.moves, Work.outlook])
    }
    switch action {
    case .pictures, .collage, .writeCollage, .neighbors, .sort: break
    default: underWay.remove(Work.counts)
    }
    return underWay.first
  }

  package mutating func giveUp() {
    sought = nil
    filteredAt = nil
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    guard let mode else { return [] }
    // A click chooses, and one on what is chosen is Enter.
    if case .pick(let index) = key, mode.selected == index { return take(.enter, session) }
    switch mode {
    case .search(var field, let origin, let before, let start):
      switch key {
      case .escape:
        self.mode = nil
        hits = []
        sought = nil
        unfolded = before
        rebuildOutline(keeping: nil)
        cursor.select(origin, count: outline?.lines.count ?? 0)
        return settle()
      case .enter:
        self.mode = nil
        // Where the search began is where ^O goes.
        if jumps.last != start { jumps.append(start) }
        return (sought == nil ? endSearch() : []) + settle()
      case .down, .control("n"): return goToHit(after: 1, isJump: false)
      case .up, .control("p"): return goToHit(after: -1, isJump: false)
      default:
        let changed = field.take(key)
        self.mode = .search(field, origin: origin, unfolded: before, start: start)
        return changed ? search(field.text) : []
      }
    case .name(var field, let saved):
      let answer = field.answer(key)
      self.mode = answer == .typing ? .name(field, saved) : nil
      guard case .entered(let name) = answer else { return [] }
      return save(saved, as: name, mayReplace: false)
    case .overwrite(let name, let saved):
      switch key {
      case "y", .enter:
        self.mode = nil
        return save(saved, as: name, mayReplace: true)
      case "n", .escape: self.mode = .name(TextField(name), saved)
      default: break
      }
      return []
    case .places(let menu): return take(key, places: menu)
    case .policy(let menu): return take(key, policy: menu)
    case .made(var menu):
      let outcome = menu.take(key)
      self.mode = .made(menu)
      return follow(outcome)
    case .history(var menu):
      if menu.move(key) {
        self.mode = .history(menu)
      } else if key == .enter {
        self.mode = nil
        history?.go(to: menu.list.selected)
        return edited()
      } else if key == .escape || key == "H" || key == "q" {
        self.mode = nil
      }
      return []
    case .datasets(var picker):
      let outcome = picker.take(key)
      self.mode = outcome == .stay ? .datasets(picker) : nil
      guard case .chosen(let names) = outcome, let name = names.first, name != dataset else { return [] }
      return [.open(dataset: name)]
    case .saved(var picker):
      let outcome = picker.take(key)
      self.mode = outcome == .stay ? .saved(picker) : nil
      guard case .chosen(let names) = outcome, let name = names.first else { return [] }
      return [.tree(.load(name: name))]
    }
  }

  /// The search is typed, and what it found is there.
  mutating func endSearch() -> [Effect] {
    searchedFrom = nil
    guard hits.isEmpty, !searched.isEmpty else { return [] }
    return [.send(.notice(Notice(.unavailable, "No name or gloss matches \(printable(searched))")))]
  }

  mutating func search(_ text: String) -> [Effect] {
    guard let hierarchy else { return [] }
    sought = text
    return [.tree(.search(hierarchy, text: text))]
  }

  mutating func goToHit(after step: Int, isJump: Bool = true) -> [Effect] {
    guard let line, !hits.isEmpty else { return [] }
    let next =
      step > 0
      ? hits.first { $0 > line.node } ?? hits[0] : hits.last { $0 < line.top } ?? hits[hits.count - 1]
    if isJump { rememberPlace() }
    reveal(next)
    return settle()
  }

  func save(_ saved: TreeMode.Saved, as name: String, mayReplace: Bool) -> [Effect] {
    guard let draft = draft(named: saved == .collage ? nil : name) else { return [] }
    return [.tree(saved == .collage ? .writeCollage(draft, typed: name, mayReplace: mayReplace) : .save(draft, saved, mayReplace: mayReplace))]
  }
}
