import Basics
import Datasets
import EngineFixtures
import TUI
import Taxonomy
import TestSupport
import Testing

/// Whatever somebody types on the tree, what they made stays whole and can be taken back.
@Suite struct RandomKeysTests {
  private static let keys: [Key] =
    TreeScreen.bindings.flatMap(\.keys) + [.tab, "?", ":", "1", "4", "0", .backspace, .delete] + "dogshe".map(Key.character)

  /// Every fine class in a class at or above it, or left out, as the counts beside the tree say.
  private static func isWhole(_ state: AppState) -> Bool {
    guard let cut = state.tree.history?.current.cut, let shown = state.tree.cutView else { return false }
    let (hierarchy, partition) = (cut.hierarchy, cut.partition)
    guard let parts = state.tree.history?.current.parts, state.tree.consequences?.classes == shown.classCount,
      (state.tree.splitView == nil) == parts.isEmpty,
      parts.isEmpty || state.tree.partConsequences.map(\.fineClasses) == SplitPart.allCases.map({ part in
        partition.targets.indices.count { partition.targets[$0] >= 0 && parts[$0] == part }
      })
    else { return false }
    return partition == shown.partition && partition.count == shown.classCount
      && zip(partition.targets, hierarchy.nodeOfFine).allSatisfy { target, node in
        target < 0 || hierarchy.subtree(Int(target)).contains(Int(node))
      }
  }

  @Test("10,000 random keys never leave an invalid cut; all undone is the beginning, all redone is the end", arguments: 0..<4 as Range<UInt64>)
  func keys(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var state = try TreeScreenTests.state(seed == 0 ? "imagenet-1k" : "fashion-mnist", Size(rows: 20, columns: 90))
    let first = try #require(state.tree.history?.current)
    for turn in 0..<10_000 {
      // What opens other screens is left again.
      if state.screen != .tree { _ = update(&state, .perform(.show(.tree))) }
      let key = Self.keys.randomElement(using: &random)!
      // A menu of made sets of 1,000 classes takes its time.
      if seed == 0, key == "m" || key == "M", turn % 50 != 0 { continue }
      TreeScreenTests.press(&state, key)
      if turn % 97 == 0 { try #require(Self.isWhole(state), "after \(turn) keys") }
      if turn % 500 == 0 { #expect(view(state).text.split(separator: "\n", omittingEmptySubsequences: false).count >= 20) }
    }
    for _ in 0..<5 { TreeScreenTests.press(&state, .escape) }
    _ = update(&state, .perform(.show(.tree)))
    for _ in 0..<5 { TreeScreenTests.press(&state, .escape) }
    _ = update(&state, .perform(.show(.tree)))
    let last = try #require(state.tree.history?.current)
    try #require(Self.isWhole(state) && state.tree.capture == nil)
    var undone = 0
    while state.tree.history?.canUndo == true {
      TreeScreenTests.press(&state, "u")
      undone += 1
      try #require(undone < 20_000, "u takes nothing back any more:\n\(view(state).text)")
    }
    #expect(state.tree.history?.current == first && Self.isWhole(state))
    // What was taken back at the end of the keys can be made again too: then back to where they ended.
    let place = try #require(state.tree.history?.versions.firstIndex { $0 == last })
    for _ in 0..<place { TreeScreenTests.press(&state, "U") }
    #expect(state.tree.history?.current == last && Self.isWhole(state))
  }

  private static let libraryKeys: [Key] =
    (LibraryScreen.bindings + ComparisonScreen.bindings).flatMap(\.keys) + [.tab, "?", ":", "4", "y", "n", .backspace, .pick(0), .pick(3)]
    + "coarsefine".map(Key.character)

  /// What the library's and the comparison's work would bring back.
  private static func answer(_ state: inout AppState, _ effects: [Effect], _ comparisons: [Comparison], _ random: inout SeededGenerator) {
    for effect in effects {
      switch effect {
      case .library(.describe): _ = update(&state, .library(.described(LibraryFixtures.facts)))
      case .library(.restore(let removed, as: nil)):
        _ = update(&state, .library(.asksFor(LibraryPrompt(.restore(removed)))))
      case .library(.export(let name, let format, let path, mayReplace: false)):
        let again = LibraryScreen.Work.export(name, format, path: path, mayReplace: true)
        _ = update(&state, .library(.asks(Question("Replace?", detail: "It is there.", yes: "replace"), again)))
      case .library(.remove(let name)):
        _ = update(&state, .library(.done("Removed \(name)", ShellCommand("labels", "rm", name), select: nil)))
      case .comparison(.compare): _ = update(&state, .comparison(.opened(comparisons.randomElement(using: &random)!)))
      case .comparison(.list(let choice)):
        _ = update(&state, .comparison(.listed(choice, LibraryFixtures.entries.map(\.summary))))
      default: break
      }
    }
  }

  private static func isValid(_ state: AppState) -> Bool {
    let (library, comparison) = (state.library, state.comparison)
    let lines = comparison.outline?.lines.count ?? 0
    return (library.rows.isEmpty || library.rows.indices.contains(library.list.selected))
      && library.marked.isSubset(of: library.entries.map(\.id)) && (lines == 0 || comparison.cursor.selected < lines)
      && Set(state.trail).count == state.trail.count && !state.trail.contains(state.screen)
  }

  @Test("10,000 random keys over the library and comparisons leave a valid state that can be drawn", arguments: 0..<4 as Range<UInt64>)
  func library(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let size = Size(rows: Int.random(in: 10...40, using: &random), columns: Int.random(in: 40...140, using: &random))
    var state = LibraryFixtures.state(rows: size.rows, columns: size.columns)
    let hierarchy = try RealTrees.hierarchy("fashion-mnist")
    let recipes: [[RecipeStep]] = [[], [.bottomUp(depth: 7)], [.cut(collapsed: ["n03380867"])], [.leaveOut(classes: ["n02774152"])]]
    let sets = try recipes.map { try LabelSet(name: "s\($0.count)", dataset: "fashion-mnist", recipe: $0, on: hierarchy) }
    let comparisons = try sets.flatMap { a in try sets.map { try Comparison(a, $0, isSaved: (true, false), on: hierarchy) } }
    for turn in 0..<10_000 {
      if ![.library, .comparison].contains(state.screen) { _ = update(&state, .perform(.show(turn % 3 == 0 ? .comparison : .library))) }
      let key = Self.libraryKeys.randomElement(using: &random)!
      Self.answer(&state, update(&state, .key(key)), comparisons, &random)
      if turn % 53 == 0 {
        // Label sets come and go meanwhile.
        let entries = LibraryFixtures.entries.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        _ = update(&state, .library(.looked(LibraryLook(entries: entries, removed: LibraryFixtures.removed))))
      }
      if turn % 31 == 0 {
        try #require(Self.isValid(state), "after \(turn) keys")
        #expect(view(state).size == size)
      }
    }
    // From everything, Esc leads out in the end, and never leaves the program.
    for _ in 0..<12 { #expect(!update(&state, .key(.escape)).contains { if case .quit = $0 { true } else { false } }) }
    #expect(state.capture == nil && state.finder == nil && state.screen != .comparison)
  }

  private static let featureKeys: [Key] =
    (NeighborsScreen.bindings + EvaluationScreen.bindings).flatMap(\.keys)
    + [.tab, "?", ":", "3", "5", "y", "n", " ", .backspace, .pick(0), .pick(3), .pick(26)] + "coarse".map(Key.character)

  @Test("10,000 random keys over neighbours and evaluation leave a valid state that can be drawn", arguments: 0..<4 as Range<UInt64>)
  func features(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fixtures = try EvaluationFixtures()
    let size = Size(rows: Int.random(in: 10...40, using: &random), columns: Int.random(in: 40...140, using: &random))
    var state = try fixtures.opened(size)
    _ = update(&state, .perform(.show(.neighbors)))
    _ = update(&state, .neighbors(.opened(fixtures.context)))
    for turn in 0..<10_000 {
      if ![.neighbors, .evaluation].contains(state.screen) {
        state.finder = nil
        for _ in 0..<3 { _ = update(&state, .key(.escape)) }
        _ = update(&state, .perform(.show(turn % 3 == 0 ? .neighbors : .evaluation)))
      }
      let effects = update(&state, .key(Self.featureKeys.randomElement(using: &random)!))
      // Work that takes long comes back late, or fails.
      if turn % 3 > 0 {
        try fixtures.finish(&state, effects)
      } else if case .evaluation(let job)? = effects.first, case .answer(_, _, let ticket, _) = job {
        _ = update(&state, .evaluation(.failed(ticket: ticket, "the disk is gone")))
      }
      if turn % 7 == 0 { NeighborsFixtures.answerOne(&state, fixtures.found) }
      if turn % 41 == 0 { _ = update(&state, .neighbors(.surprising(.found([.init(image: 3, label: 3, fine: 0, coarse: 5, isCoarseRight: true)])))) }
      if turn % 31 == 0 {
        let (neighbors, evaluation) = (state.neighbors, state.evaluation)
        try #require(neighbors.rows.isEmpty || neighbors.rows.indices.contains(neighbors.selectedRow), "after \(turn) keys")
        try #require(neighbors.selectedNeighbor == 0 || neighbors.selectedNeighbor < neighbors.shown(neighbors.selectedRow).count, "after \(turn) keys")
        try #require(evaluation.coarseFine.minMembers >= 1 && evaluation.map.depth <= fixtures.tree.deepest)
        #expect(view(state).size == size)
      }
    }
    // The walk over neighbours goes back step by step.
    for _ in 0..<12_000 where state.capture != nil || state.finder != nil { _ = update(&state, .key(.escape)) }
    #expect(state.capture == nil && state.finder == nil)
  }
}
