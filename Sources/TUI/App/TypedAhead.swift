/// Work whose outcome decides what keys do, as its screen's words for it: "the search".
package struct Awaited: Hashable, Sendable {
  package var screen: ScreenName
  package var words: String
}

/// Keys that came before the outcome of what they are about. They act in their order, each once nothing is under way that decides
/// what it does: who types fast, or over a slow line, gets what who waits for each screen gets.
package struct TypedAhead: Sendable {
  /// For each piece of it, the screen that it was asked for on, which may be another than its own.
  private var underWay: [Awaited: [ScreenName]] = [:]
  /// Under way as well, but nobody waits for it any more.
  private var givenUp: [Awaited: [ScreenName]] = [:]
  package fileprivate(set) var keys: [Input] = []
  /// Counts the waits: only the latest is asked about.
  fileprivate var ticket = 0
  /// Whether one waits for long enough to be told.
  package fileprivate(set) var isLong = false

  /// A key, or what was chosen by its name.
  package enum Input: Equatable, Sendable {
    case key(Key)
    case action(Action)

    var title: String {
      switch self {
      case .key(let key): key.title
      case .action(let action): KeyTable.binding(for: action)?.title ?? ""
      }
    }
  }

  /// Milliseconds until a wait is said, and until it is given up.
  package static let (noticed, longest) = (300, 10_000)
  /// Nobody types more than that at nothing.
  fileprivate static let most = 1000

  package init() {}

  mutating func begin(_ awaited: Awaited, on screen: ScreenName) { underWay[awaited, default: []].append(screen) }

  mutating func finish(_ awaited: Awaited) {
    // What was given up began first.
    if Self.takeOne(awaited, from: &givenUp) { return }
    _ = Self.takeOne(awaited, from: &underWay)
  }

  private static func takeOne(_ awaited: Awaited, from works: inout [Awaited: [ScreenName]]) -> Bool {
    guard let count = works[awaited]?.count else { return false }
    if count > 1 { works[awaited]!.removeFirst() } else { works[awaited] = nil }
    return true
  }

  func underWay(on screen: ScreenName) -> Set<String> {
    Set(underWay.lazy.filter { $0.key.screen == screen || $0.value.contains(screen) }.map(\.key.words))
  }

  func hasGivenUp(on screen: ScreenName) -> Bool { givenUp.keys.contains { $0.screen == screen } }

  /// Another key is the first that waits, or none.
  fileprivate mutating func waitAnew() -> [Effect] {
    isLong = false
    ticket += 1
    guard !keys.isEmpty else { return [] }
    return [
      .later(milliseconds: Self.noticed, .waited(ticket, isTooLong: false)),
      .later(milliseconds: Self.longest, .waited(ticket, isTooLong: true)),
    ]
  }

  /// Before all that waits.
  mutating func put(first action: Action) -> [Effect] {
    keys.insert(.action(action), at: 0)
    return waitAnew()
  }

  fileprivate mutating func giveUp() {
    givenUp.merge(underWay, uniquingKeysWith: +)
    underWay = [:]
    keys = []
    _ = waitAnew()
  }
}

/// As ``update(_:_:)``, for whoever does the effects: what keys wait for is known as under way until its ``Message/finished`` comes, and
/// the keys follow that waited for nothing more than this message.
package func advance(_ state: inout AppState, _ message: Message) -> [Effect] {
  var effects: [Effect] = []
  var next: Message? = message
  while let message = next {
    let asked = update(&state, message)
    for case let awaited? in asked.lazy.map(\.awaited) { state.ahead.begin(awaited, on: message.isAsked ? state.screen : awaited.screen) }
    effects += asked
    next = state.takeReady()
    if next != nil { effects += state.ahead.waitAnew() }
  }
  return effects
}

extension Message {
  /// Whether somebody at the keys wants what comes of it.
  fileprivate var isAsked: Bool {
    switch self {
    case .key, .act, .mouse, .perform: true
    default: false
    }
  }

  /// The screen that takes the keys then, where an answer to something asked for before opens a list or a question, or another label set
  /// in the place of this one. What was written meanwhile is told all the same.
  var opens: ScreenName? {
    switch self {
    case .tree(.listed), .tree(.exists), .tree(.datasets), .tree(.loaded): .tree
    case .runs(.queueLimit), .runs(.clone): .runs
    case .library(.asksFor), .library(.asks), .library(.failed): .library
    case .comparison(.listed): .comparison
    case .neighbors(.pictureExists): .neighbors
    case .evaluation(.exists): .evaluation
    default: nil
    }
  }
}

extension Effect {
  /// What it is to keys; nil where none waits for it.
  package var awaited: Awaited? {
    switch self {
    case .tree(let work): work.awaited.map { Awaited(screen: .tree, words: $0) }
    case .runs(let work): work.awaited.map { Awaited(screen: .runs, words: $0) }
    case .neighbors(let work): work.awaited.map { Awaited(screen: .neighbors, words: $0) }
    case .library(let work): work.awaited.map { Awaited(screen: .library, words: $0) }
    case .comparison(let work): work.awaited.map { Awaited(screen: .comparison, words: $0) }
    case .evaluation(let work): work.awaited.map { Awaited(screen: .evaluation, words: $0) }
    case .studies(let work): work.awaited.map { Awaited(screen: .studies, words: $0) }
    case .quit, .suspend, .redraw, .copy, .open, .send, .later: nil
    }
  }
}

extension AppState {
  /// A key as it was typed: it acts, or waits.
  mutating func type(_ key: Key) -> [Effect] {
    switch key {
    case .control("z"), .control("l"): return act(key)
    case .control("c"):
      giveUp()
      return act(key)
    case .escape where ahead.isLong:
      giveUp()
      return act(key)
    default: break
    }
    if ahead.keys.isEmpty, awaited(by: key) == nil { return act(key) }
    guard ahead.keys.count < TypedAhead.most else { return [] }
    ahead.keys.append(.key(key))
    return ahead.keys.count == 1 ? ahead.waitAnew() : []
  }

  /// The first of the keys that wait, where it need not any more.
  fileprivate mutating func takeReady() -> Message? {
    guard let first = ahead.keys.first, awaited(by: first) == nil else { return nil }
    ahead.keys.removeFirst()
    return switch first {
    case .key(let key): .act(key)
    case .action(let action): .perform(action)
    }
  }

  /// Keys wait for long. Esc acts then, whatever is under way; in the end the others are not done.
  mutating func waited(_ ticket: Int, isTooLong: Bool) -> [Effect] {
    guard ticket == ahead.ticket, let first = ahead.keys.first else { return [] }
    guard isTooLong || ahead.keys.contains(.key(.escape)) else {
      ahead.isLong = true
      return []
    }
    let words = awaited(by: first) ?? "it"
    let isLeft = ahead.keys.contains(.key(.escape))
    let dropped = ahead.keys.map(\.title).joined(separator: " ")
    giveUp()
    if isLeft { return act(.escape) }
    notice = Notice(.unavailable, "Gave up waiting for \(words); not done: \(fit(dropped, 30))")
    return []
  }

  private mutating func giveUp() {
    ahead.giveUp()
    tree.giveUp()
    runs.giveUp()
  }

  /// Said while keys wait.
  var waiting: Notice? {
    guard ahead.isLong, let first = ahead.keys.first, let words = awaited(by: first) else { return nil }
    return Notice(.unavailable, "Waiting for \(words), then \(fit(ahead.keys.map(\.title).joined(separator: " "), 30)); Esc drops it")
  }

  /// Ticket of the wait under way, for who has no clock: nil where no key waits.
  package var wait: Int? { ahead.keys.isEmpty ? nil : ahead.ticket }

  private func awaited(by input: TypedAhead.Input) -> String? {
    switch input {
    case .key(let key): awaited(by: key)
    case .action(let action): awaited(by: .enter, doing: action)
    }
  }

  /// What `key` has to wait for; nil where it can act.
  func awaited(by key: Key) -> String? {
    if let finder { return awaited(by: key, doing: key == .enter ? finder.chosen(on: screen) : nil) }
    return awaited(by: key, doing: capture == nil ? KeyTable.binding(for: key, on: screen)?.action : nil)
  }

  func awaited(by key: Key, doing action: Action?) -> String? {
    switch action {
    case .tree(let action)?: return tree.awaited(by: key, doing: action, ahead.underWay(on: .tree))
    case .runs(let action)?: return runs.awaited(by: key, doing: action, ahead.underWay(on: .runs))
    case .neighbors(let action)?: return neighbors.awaited(by: key, doing: action, ahead.underWay(on: .neighbors))
    case .library(let action)?: return library.awaited(by: key, doing: action, ahead.underWay(on: .library))
    case .comparison(let action)?: return comparison.awaited(by: key, doing: action, ahead.underWay(on: .comparison))
    case .evaluation(let action)?: return evaluation.awaited(by: key, doing: action, ahead.underWay(on: .evaluation))
    case .studies(let action)?: return studies.awaited(by: key, doing: action, ahead.underWay(on: .studies))
    default: break
    }
    let underWay = ahead.underWay(on: screen)
    return switch screen {
    case .tree: tree.awaited(by: key, doing: nil, underWay)
    case .runs: runs.awaited(by: key, doing: nil, underWay)
    case .neighbors: neighbors.awaited(by: key, doing: nil, underWay)
    case .library: library.awaited(by: key, doing: nil, underWay)
    case .comparison: comparison.awaited(by: key, doing: nil, underWay)
    case .evaluation: evaluation.awaited(by: key, doing: nil, underWay)
    case .studies: studies.awaited(by: key, doing: nil, underWay)
    }
  }
}
