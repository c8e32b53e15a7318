import Basics
import LabelSets
import Taxonomy

/// Two label sets side by side, as counts and as a tree with what each has at every node. It belongs to the library and has no
/// tab of its own.
package struct ComparisonScreen: Screen {
  package enum Action: Hashable, Sendable {
    /// By a key that moves in lists.
    case move(Key)
    case left, right, toggle
    case nextDifference, previousDifference
    case swap, onlyDifferences
    case openLeft, openRight, chooseLeft, chooseRight
  }

  /// What is compared: a label set by its name, or one that is not kept.
  package enum Source: Sendable {
    case saved(String)
    case given(LabelSet)
  }

  package enum Event: Sendable {
    case open(Source, Source)
    case opened(Comparison)
    /// Nothing could be compared; the user was told why.
    case failed
    /// Choose what to compare this with, out of all that are kept.
    case choose(for: Source)
    case listed(Choice, [LabelSetSummary])
  }

  /// What a label set is chosen for, out of a list.
  package enum Choice: Sendable {
    /// The other side stays as it is.
    case left(with: Source), right(with: Source)
  }

  package private(set) var comparison: Comparison?
  package private(set) var outline: TreeOutline?
  package private(set) var cursor = ListPosition()
  package private(set) var showsOnlyDifferences = false
  package private(set) var picker: (choice: Choice, list: Picker)?
  package private(set) var isOpening = false
  /// The command that compares them, as much as any screen shows of it.
  package private(set) var sameAs = ""
  private var unfolded: Set<Int> = []

  package init() {}

  package var capture: [KeyHint]? { picker?.list.hints }

  package var line: TreeOutline.Line? {
    guard let outline, outline.lines.indices.contains(cursor.selected) else { return nil }
    return outline.lines[cursor.selected]
  }

  package func headline(_ session: Session) -> [Span] {
    guard let comparison else { return [] }
    let count = comparison.differences.count
    return [Span(count == 0 ? "no difference" : counted(count, "difference"), .muted)]
  }

  package func command(_ session: Session) -> CommandSource {
    guard let comparison else { return .none("Nothing to compare") }
    return .made { comparison.command }
  }

  // MARK: What comes back

  package mutating func receive(_ event: Event, _ session: Session) -> [Effect] {
    switch event {
    case .open(let a, let b):
      isOpening = true
      return [.send(.perform(.show(.comparison))), .comparison(.compare(a, b))]
    case .opened(let comparison):
      show(comparison)
      sameAs = printable(String(comparison.command.text(options: session.options).prefix(1000)))
      return []
    case .failed:
      isOpening = false
      return []
    case .choose(let source): return [.send(.perform(.show(.comparison))), .comparison(.list(.right(with: source)))]
    case .listed(let choice, let sets):
      picker = (choice, Self.picker(choice, sets))
      return []
    }
  }

  private mutating func show(_ comparison: Comparison) {
    self.comparison = comparison
    isOpening = false
    unfolded = comparison.unfoldedAtFirst()
    showsOnlyDifferences = false
    rebuild(keeping: comparison.differences.first ?? 0)
  }

  private static func picker(_ choice: Choice, _ sets: [LabelSetSummary]) -> Picker {
    let items = sets.map { set in
      Picker.Item(
        id: set.name, text: set.name,
        note: set.problem == nil ? "\(counted(set.classes ?? 0, "class")) of \(printable(set.dataset ?? "?"))" : "✗ cannot be read")
    }
    let with =
      switch choice {
      case .left(let source), .right(let source): source.name
      }
    return Picker("Compare \(printable(with)) with", items)
  }

  // MARK: Keys

  package mutating func perform(_ action: Action, _ session: Session) -> [Effect] {
    guard let comparison else { return [] }
    switch action {
    case .move(let key): _ = cursor.move(key, count: outline?.lines.count ?? 0, page: max(1, Self.layout(session.body).list.rows - 1))
    case .left: goLeft()
    case .right: goRight()
    case .toggle: if line?.isUnfolded == true { goLeft() } else { goRight() }
    case .nextDifference: goToDifference(1)
    case .previousDifference: goToDifference(-1)
    case .swap: return receive(.open(comparison.source(.b), comparison.source(.a)), session)
    case .onlyDifferences:
      showsOnlyDifferences.toggle()
      rebuild(keeping: line?.node)
    case .openLeft: return open(comparison.a)
    case .openRight: return open(comparison.b)
    case .chooseLeft: return [.comparison(.list(.left(with: comparison.source(.b))))]
    case .chooseRight: return [.comparison(.list(.right(with: comparison.source(.a))))]
    }
    return []
  }

  /// The label set in the making is in the tree already.
  private func open(_ side: Comparison.Side) -> [Effect] {
    [.send(.perform(.show(.tree)))] + (side.isSaved ? [.tree(.load(name: side.set.name))] : [])
  }

  private mutating func goRight() {
    guard let line, !line.isLeaf else { return }
    if line.isUnfolded {
      cursor.select(cursor.selected + 1, count: outline?.lines.count ?? 0)
    } else {
      unfolded.insert(line.node)
      rebuild(keeping: line.node)
    }
  }

  private mutating func goLeft() {
    guard let line, let hierarchy = comparison?.hierarchy else { return }
    if line.isUnfolded {
      unfolded.remove(line.node)
      rebuild(keeping: line.node)
    } else if let parent = hierarchy.parent(line.top), let index = outline?.index(of: parent) {
      cursor.select(index, count: outline?.lines.count ?? 0)
    }
  }

  /// The next one below or above the cursor, and round again; what hides it is unfolded.
  private mutating func goToDifference(_ step: Int) {
    guard let comparison, let line, let first = comparison.differences.first, let last = comparison.differences.last else { return }
    let next =
      step > 0
      ? comparison.differences.first { $0 > line.node } ?? first : comparison.differences.last { $0 < line.top } ?? last
    unfolded.formUnion(comparison.hierarchy.chain(next).dropFirst())
    rebuild(keeping: next)
  }

  private mutating func rebuild(keeping node: Int?) {
    guard let comparison else { return }
    let hierarchy = comparison.hierarchy
    let hidden: ([Int]) -> [Int] = { [showsOnlyDifferences] siblings in
      guard showsOnlyDifferences else { return siblings }
      return siblings.filter { comparison.leadsToDifference($0) }
    }
    let outline = TreeOutline(hierarchy, unfolded: unfolded, sort: hidden)
    self.outline = outline
    // Where the node is not shown, the nearest that is above it.
    let index = node.flatMap { node in hierarchy.chain(node).lazy.compactMap { outline.index(of: $0) }.first }
    cursor.select(index ?? cursor.selected, count: outline.lines.count)
  }

  package mutating func take(_ key: Key, _ session: Session) -> [Effect] {
    guard var open = picker else { return [] }
    let outcome = open.list.take(key)
    picker = outcome == .stay ? open : nil
    switch outcome {
    case .stay: return []
    // With nothing behind the list there is nothing to stay for.
    case .close: return comparison == nil ? [.send(.act(.escape))] : []
    case .chosen(let names):
      guard let name = names.first else { return [] }
      return switch open.choice {
      case .left(let with): receive(.open(.saved(name), with), session)
      case .right(let with): receive(.open(with, .saved(name)), session)
      }
    }
  }

  /// A click moves the cursor; one on the line that has it folds or unfolds that.
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] {
    if index == cursor.selected { return perform(.toggle, session) }
    cursor.select(index, count: outline?.lines.count ?? 0)
    return []
  }
}

extension ComparisonScreen.Source {
  package var name: String {
    switch self {
    case .saved(let name): name
    case .given(let set): set.name
    }
  }
}

extension Comparison {
  func source(_ side: LabelSetBranches.Side) -> ComparisonScreen.Source {
    let side = side == .a ? a : b
    return side.isSaved ? .saved(side.set.name) : .given(side.set)
  }

  /// Whether a node is a difference, has one below it, or is part of one.
  func leadsToDifference(_ node: Int) -> Bool {
    let range = hierarchy.subtree(node)
    let next = firstPlace(of: differences.count) { differences[$0] < range.lowerBound }
    if next < differences.count, range.contains(differences[next]) { return true }
    return next > 0 && hierarchy.subtree(differences[next - 1]).contains(node)
  }
}
