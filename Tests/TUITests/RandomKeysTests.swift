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
    let last = try #require(state.tree.history?.current)
    try #require(Self.isWhole(state) && state.tree.capture == nil)
    while state.tree.history?.canUndo == true { TreeScreenTests.press(&state, "u") }
    #expect(state.tree.history?.current == first && Self.isWhole(state))
    // What was taken back at the end of the keys can be made again too: then back to where they ended.
    let place = try #require(state.tree.history?.versions.firstIndex { $0 == last })
    for _ in 0..<place { TreeScreenTests.press(&state, "U") }
    #expect(state.tree.history?.current == last && Self.isWhole(state))
  }
}
