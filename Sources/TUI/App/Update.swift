import Basics

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
    if let opened = message.opens, ahead.hasGivenUp(on: opened) {
      notice = Notice(.unavailable, "The result came after you cancelled; press the key again")
      return []
    }
    switch message {
    case .started:
      return tree.started(session) + runs.started(session) + neighbors.started(session) + library.started(session) + studies.started(session) + appeared()
    case .key(let key): return type(key)
    case .act(let key): return act(key)
    case .waited(let ticket, let isTooLong): return waited(ticket, isTooLong: isTooLong)
    case .finished(let awaited):
      ahead.finish(awaited)
      return []
    case .mouse(let mouse):
      switch mouse.kind {
      // In every list, as the arrows do.
      case .wheelUp: return type(.up)
      case .wheelDown: return type(.down)
      case .click: return click(row: mouse.row, column: mouse.column)
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
    case .copy(let command):
      let text = command.text(options: session.options)
      guard text.utf8.count <= Clipboard.most else {
        notice = Notice(
          .problem, "Not copied: the command has \(text.utf8.count / 1000) kB, the clipboard takes at most \(Clipboard.most / 1000) kB")
        return []
      }
      return [.copy(text)]
    case .recall(let places, let left):
      recall(places)
      // Whoever went to another screen while the tree was being opened stays there.
      return screen == .tree ? perform(.show(left)) : []
    case .keepDraft(let edit): return edit == tree.edits ? [.tree(.keepDraft(tree, on: screen, places, session))] : []
    case .tree(let event): return tree.receive(event, session)
    case .runs(let event): return runs.receive(event, session)
    case .neighbors(let event): return neighbors.receive(event, session)
    // Nobody looks again at a list that is not shown.
    case .library(.poll) where screen != .library: return []
    case .studies(.poll) where screen != .studies: return []
    case .library(let event): return library.receive(event, session)
    case .comparison(let event): return comparison.receive(event, session)
    case .evaluation(let event): return evaluation.receive(event, session)
    case .studies(let event): return studies.receive(event, session)
    }
  }

  /// What is clicked is what one sees: where something else may be there in a moment, nothing is done.
  private mutating func click(row: Int, column: Int) -> [Effect] {
    guard let target = view(self).clicks.target(row: row, column: column) else {
      answered()
      return []
    }
    let words =
      switch target {
      case .key(let key): awaited(by: key)
      case .action(let action): awaited(by: .pick(0), doing: action)
      }
    if let words = waiting?.text ?? words.map({ "Waiting for \($0); click again then" }) {
      notice = Notice(.unavailable, words)
      return []
    }
    switch target {
    case .key(let key): return act(key)
    case .action(let action):
      answered()
      return perform(action)
    }
  }

  mutating func act(_ key: Key) -> [Effect] {
    answered()
    return press(key)
  }

  /// Something was done in answer to the message that is shown, which goes.
  private mutating func answered() {
    lastCommand = notice?.command
    notice = nil
  }

  private mutating func press(_ key: Key) -> [Effect] {
    // These must work whatever is open.
    switch key {
    // As in a shell: it ends what is open, and else the program.
    case .control("c"): return finder != nil || capture != nil ? press(.escape) : [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return [.redraw]
    case .paste(let text) where !isTyping:
      notice = Notice(.unavailable, Self.refusal(ofPaste: text))
      return []
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
        // What another screen does, it does once it is shown and knows what there is.
        if let other = action.screen, other != screen { return show(other) + ahead.put(first: action) }
        return perform(action)
      }
    }
    if capture != nil {
      switch screen {
      case .tree: return tree.take(key, session)
      case .runs: return runs.take(key, session)
      case .neighbors: return neighbors.take(key, session)
      case .library: return library.take(key, session)
      case .comparison: return comparison.take(key, session)
      case .evaluation: return evaluation.take(key, session)
      case .studies: return studies.take(key, session)
      }
    }
    if case .pick(let index) = key { return pick(index) }
    let binding = KeyTable.binding(for: key, on: screen)
    // The one screen without a tab is left to the one before.
    if key == .escape, binding == nil { return goBack() }
    guard let binding else {
      notice = Notice(.unavailable, "\(printable(key.title)) does nothing here; ? lists the keys")
      return []
    }
    return perform(binding.action)
  }

  /// The entry with this number of the shown screen's list was clicked.
  private mutating func pick(_ index: Int) -> [Effect] {
    switch screen {
    case .tree: tree.pick(index, session)
    case .runs: runs.pick(index, session)
    case .neighbors: neighbors.pick(index, session)
    case .library: library.pick(index, session)
    case .comparison: comparison.pick(index, session)
    case .evaluation: evaluation.pick(index, session)
    case .studies: studies.pick(index, session)
    }
  }

  private mutating func goBack() -> [Effect] {
    guard let last = trail.popLast() else {
      notice = Notice(.unavailable, "Nothing to go back to; q quits")
      return []
    }
    screen = last
    return appeared()
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
    case .copyCommand:
      if let lastCommand { return [.send(.copy(lastCommand))] }
      return commandSource.effects
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .quit: return [.quit]
    case .tree(let action): return show(.tree) + tree.perform(action, session)
    case .runs(let action): return show(.runs) + runs.perform(action, session)
    case .neighbors(let action): return show(.neighbors) + neighbors.perform(action, session)
    case .library(let action): return show(.library) + library.perform(action, session)
    case .comparison(let action): return show(.comparison) + comparison.perform(action, session)
    case .evaluation(let action): return show(.evaluation) + evaluation.perform(action, session)
    case .studies(let action): return show(.studies) + studies.perform(action, session)
    }
  }

  private mutating func show(_ name: ScreenName) -> [Effect] {
    guard name != screen else { return [] }
    trail.removeAll { $0 == name || $0 == screen }
    trail.append(screen)
    screen = name
    return appeared()
  }

  private mutating func appeared() -> [Effect] {
    switch screen {
    case .tree: tree.appeared(session)
    case .runs: runs.appeared(session)
    case .neighbors: neighbors.appeared(session)
    case .library: library.appeared(session)
    case .comparison: comparison.appeared(session)
    case .evaluation: evaluation.appeared(session)
    case .studies: studies.appeared(session)
    }
  }

  private func neighbouring(_ step: Int) -> ScreenName {
    let all = ScreenName.tabs
    return all[(all.firstIndex(of: screen.tab)! + step + all.count) % all.count]
  }

  /// Where the command line is from that gives what the shown screen shows.
  var commandSource: CommandSource {
    switch screen {
    case .tree: tree.command(session)
    case .runs: runs.command(session)
    case .neighbors: neighbors.command(session)
    case .library: library.command(session)
    case .comparison: comparison.command(session)
    case .evaluation: evaluation.command(session)
    case .studies: studies.command(session)
    }
  }

  /// What the shown screen's footer says while it takes every key itself.
  package var capture: [KeyHint]? {
    switch screen {
    case .tree: tree.capture
    case .runs: runs.capture
    case .neighbors: neighbors.capture
    case .library: library.capture
    case .comparison: comparison.capture
    case .evaluation: evaluation.capture
    case .studies: studies.capture
    }
  }
}
