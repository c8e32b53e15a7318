import Taxonomy

/// The next state, and what to do beside it. Pure: the same state and message give the same result.
package func update(_ state: inout AppState, _ message: Message) -> [Effect] {
  var effects: [Effect] = []
  var pending = [message]
  while !pending.isEmpty {
    let next = pending.removeFirst()
    for effect in state.apply(next) {
      if case .send(let message) = effect { pending.append(message) } else { effects.append(effect) }
    }
  }
  return effects
}

extension AppState {
  fileprivate mutating func apply(_ message: Message) -> [Effect] {
    switch message {
    case .started:
      return tree.started(session) + runs.started(session) + neighbors.started(session) + appeared()
    case .key(let key):
      notice = nil
      return press(key)
    case .mouse(let mouse):
      notice = nil
      switch mouse.kind {
      // In every list, as the arrows do.
      case .wheelUp: return press(.up)
      case .wheelDown: return press(.down)
      case .click:
        switch target(of: mouse) {
        case .action(let action)?: return perform(action)
        case .treeLine(let index)?: return tree.click(line: index)
        case nil: return []
        }
      }
    case .resized(let size):
      session.size = size
      return []
    case .perform(let action): return perform(action)
    case .notice(let notice):
      self.notice = notice
      return []
    case .problem(let problem):
      notice = Notice(.problem, problem.description)
      return []
    case .keepDraft(let edit): return edit == tree.edits ? [.tree(.keepDraft(tree, on: screen, session))] : []
    case .tree(let event): return tree.receive(event, session)
    case .runs(let event): return runs.receive(event, session)
    case .neighbors(let event): return neighbors.receive(event, session)
    }
  }

  private mutating func press(_ key: Key) -> [Effect] {
    // These must work whatever is open.
    switch key {
    case .control("c"): return [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return [.redraw]
    default: break
    }
    if var open = finder {
      let outcome = open.take(key, on: screen)
      finder = open
      switch outcome {
      case .stay: return []
      case .close:
        finder = nil
        return []
      case .perform(let action):
        finder = nil
        return perform(action)
      }
    }
    if capture != nil {
      switch screen {
      case .tree: return tree.take(key, session)
      case .runs: return runs.take(key, session)
      case .neighbors: return neighbors.take(key, session)
      }
    }
    guard let binding = KeyTable.binding(for: key, on: screen) else { return [] }
    return perform(binding.action)
  }

  private mutating func perform(_ action: Action) -> [Effect] {
    if let reason = KeyTable.binding(for: action)?.obstacle(self) {
      notice = Notice(.unavailable, reason)
      return []
    }
    switch action {
    case .show(let name): return show(name)
    case .nextScreen: return show(neighbouring(1))
    case .previousScreen: return show(neighbouring(-1))
    case .help:
      finder = Finder(.help)
      return []
    case .palette:
      finder = Finder(.palette)
      return []
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return [.quit]
    case .tree(let action): return show(.tree) + tree.perform(action, session)
    case .runs(let action): return show(.runs) + runs.perform(action, session)
    case .neighbors(let action): return show(.neighbors) + neighbors.perform(action, session)
    }
  }

  private mutating func show(_ name: ScreenName) -> [Effect] {
    guard name != screen else { return [] }
    screen = name
    return appeared()
  }

  private mutating func appeared() -> [Effect] {
    switch screen {
    case .tree: tree.appeared(session)
    case .runs: runs.appeared(session)
    case .neighbors: neighbors.appeared(session)
    }
  }

  private func neighbouring(_ step: Int) -> ScreenName {
    let all = ScreenName.allCases
    return all[(all.firstIndex(of: screen)! + step + all.count) % all.count]
  }

  /// What the shown screen's footer says while it takes every key itself.
  package var capture: [KeyHint]? {
    switch screen {
    case .tree: tree.capture
    case .runs: runs.capture
    case .neighbors: neighbors.capture
    }
  }
}
