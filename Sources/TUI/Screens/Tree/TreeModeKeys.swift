import Taxonomy

/// What the keys do while a search, a prompt or a menu is open.
extension TreeScreen {
  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    guard let mode else { return [] }
    switch mode {
    case .search(var field, let origin, let before):
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
        return settle()
      case .down, .control("n"): return goToHit(after: 1)
      case .up, .control("p"): return goToHit(after: -1)
      default:
        let changed = field.take(key)
        self.mode = .search(field, origin: origin, unfolded: before)
        return changed ? search(field.text) : []
      }
    case .name(var field):
      switch key {
      case .escape: self.mode = nil
      case .enter:
        self.mode = nil
        return save(as: field.text, session, mayReplace: field.text == history?.name)
      default:
        field.take(key)
        self.mode = .name(field)
      }
      return []
    case .overwrite(let name):
      switch key {
      case "y", .enter:
        self.mode = nil
        return save(as: name, session, mayReplace: true)
      case "n", .escape: self.mode = .name(TextField(name))
      default: break
      }
      return []
    case .made(var menu):
      if menu.move(key) {
        self.mode = .made(menu)
      } else if key == .enter, let entry = menu.selected {
        self.mode = nil
        if let policy = entry.policy { return [.tree(.open(policy))] }
        guard let version = entry.version else { return [] }
        history?.change(to: version.cut, recipe: version.recipe, entry.title)
        return edited()
      } else if key == .escape || key == "m" || key == "q" {
        self.mode = nil
      }
      return []
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
    case .saved(var menu, let sets):
      if menu.move(key) {
        self.mode = .saved(menu, sets)
      } else if key == .enter, sets.indices.contains(menu.list.selected) {
        self.mode = nil
        return [.tree(.load(name: sets[menu.list.selected].name))]
      } else if key == .escape || key == "o" || key == "q" {
        self.mode = nil
      }
      return []
    }
  }

  mutating func search(_ text: String) -> [Effect] {
    guard let hierarchy else { return [] }
    sought = text
    return [.tree(.search(hierarchy, text: text))]
  }

  mutating func goToHit(after step: Int) -> [Effect] {
    guard let line, !hits.isEmpty else { return [] }
    let here = line.chain
    let next =
      step > 0
      ? hits.first { $0 > here[here.count - 1] } ?? hits[0] : hits.last { $0 < here[0] } ?? hits[hits.count - 1]
    reveal(next)
    return settle()
  }

  mutating func save(as name: String, _ session: Session, mayReplace: Bool) -> [Effect] {
    do throws(Problem) {
      guard let set = try history?.labelSet(name: name, dataset: session.dataset) else { return [] }
      return [.tree(.save(set, mayReplace: mayReplace))]
    } catch {
      return [.send(.problem(error))]
    }
  }
}
