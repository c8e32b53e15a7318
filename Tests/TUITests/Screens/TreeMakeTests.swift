import TUI
import Taxonomy
import Testing

/// The menu of made sets.
@Suite struct TreeMakeTests {
  private static func classes(_ state: AppState) -> Int? { TreeScreenTests.classes(state) }

  /// The menu opened, with the cursor on the row of this kind.
  private static func opened(_ kind: MadeSet.Kind, _ dataset: String = "fashion-mnist") throws -> AppState {
    var state = try TreeScreenTests.state(dataset, Size(rows: 30, columns: 100))
    TreeScreenTests.press(&state, "m")
    try choose(kind, &state)
    return state
  }

  private static func choose(_ kind: MadeSet.Kind, _ state: inout AppState) throws {
    for _ in 0..<10 where menu(state)?.selected?.kind != kind { TreeScreenTests.press(&state, "j") }
    try #require(menu(state)?.selected?.kind == kind)
  }

  private static func menu(_ state: AppState) -> MakeMenu? {
    if case .made(let menu) = state.tree.mode { menu } else { nil }
  }

  private static func preview(_ state: AppState) -> MakeMenu.Preview? { try? menu(state)?.preview?.get() }

  @Test("The slider goes through every depth, and what it would give follows before Enter")
  func slider() throws {
    var state = try Self.opened(.bottomUp, "imagenet-1k")
    for _ in 0..<30 { TreeScreenTests.press(&state, .left) }
    var counts: [Int] = []
    for _ in 0..<30 {
      let count = try #require(Self.preview(state)?.consequences.classes)
      if counts.last != count { counts.append(count) }
      #expect(view(state).text.contains("\(NumberText.grouped(count)) classes"))
      TreeScreenTests.press(&state, .right)
    }
    let tree = try #require(state.tree.hierarchy)
    let all = Partition(tree).bottomUpCounts.map(\.classes).reversed().filter { $0 > 1 }
    #expect(counts == all.reduce(into: []) { if $0.last != $1 { $0.append($1) } })
    #expect(Self.menu(state)?.slider?.steps.count == 18)
    #expect(state.tree.history?.canUndo == false)
    for _ in 0..<30 where Self.preview(state)?.consequences.classes != 486 { TreeScreenTests.press(&state, "h") }
    TreeScreenTests.press(&state, .enter)
    #expect(Self.classes(state) == 486 && state.tree.mode == nil)
    let set = try state.tree.history?.labelSet(name: "x", dataset: "imagenet-1k")
    #expect(set?.recipe == [.bottomUp(depth: 9)])
    TreeScreenTests.press(&state, "u")
    #expect(Self.classes(state) == 1000)
  }

  @Test("Made sets are combined: each is a step on what is there")
  func combined() throws {
    var state = try Self.opened(.topDown, "imagenet-1k")
    #expect(Self.preview(state)?.consequences.classes == 127)
    TreeScreenTests.press(&state, .enter, "m")
    try Self.choose(.classBudget, &state)
    TreeScreenTests.press(&state, "4", "0", .tab, "7", .enter)
    #expect(Self.classes(state) == 40)
    TreeScreenTests.press(&state, "m")
    try Self.choose(.imageBudget, &state)
    TreeScreenTests.press(&state, "5", "0", .enter)
    let set = try #require(try state.tree.history?.labelSet(name: "x", dataset: "imagenet-1k"))
    #expect(set.recipe == [.topDown(rounds: 1), .sampleClasses(count: 40, seed: 7), .sampleImages(perClass: 50, seed: 0)])
    #expect(set.imageBudget == ImageBudget(perClass: 50, seed: 0))
    #expect(try LabelSet(name: "x", dataset: "imagenet-1k", recipe: set.recipe, on: state.tree.hierarchy!).contentHash == set.contentHash)
  }

  @Test("An image budget shows in what the set comes to, stays through other edits, and is taken back by itself")
  func imageBudget() throws {
    var state = try Self.opened(.imageBudget)
    TreeScreenTests.press(&state, "2", "5", "0", .enter)
    #expect(state.tree.consequences?.images == 2500)
    #expect(view(state).text.contains("≤ 250 per fine class") && view(state).text.contains("●edited"))
    TreeScreenTests.press(&state, "-")
    #expect(state.tree.consequences?.images == 2500 && Self.classes(state) == 9)
    #expect(try state.tree.history?.labelSet(name: "x", dataset: "d").imageBudget?.perClass == 250)
    TreeScreenTests.press(&state, "u", "u")
    #expect(state.tree.consequences?.images == 60_000 && state.tree.history?.isEdited == false)
    TreeScreenTests.press(&state, "U", "m")
    try Self.choose(.imageBudget, &state)
    TreeScreenTests.press(&state, "0", .enter)
    #expect(state.tree.history?.current.budget == nil)
  }

  @Test("Numbers are typed, changed by one and by ten, and kept in range; what cannot be made says why and changes nothing")
  func numbers() throws {
    var state = try Self.opened(.randomSplit)
    TreeScreenTests.press(&state, "4")
    #expect(Self.menu(state)?.selected?.values[.target] == 4)
    TreeScreenTests.press(&state, .right, "]", "]", "[")
    #expect(Self.menu(state)?.selected?.values[.target] == 1)
    TreeScreenTests.press(&state, "9", "9")
    guard case .failure(let problem)? = Self.menu(state)?.preview else {
      Issue.record("a split of 99 of 10 classes")
      return
    }
    #expect(view(state).text.contains("expected a target in 1…9") && problem.found == "99")
    TreeScreenTests.press(&state, .enter)
    #expect(state.tree.mode != nil && state.tree.history?.canUndo == false)
    TreeScreenTests.press(&state, .backspace, .backspace, "3", .tab, "8", .backTab, .tab, .tab, .left)
    #expect(Self.menu(state)?.selected?.values == [.target: 3, .seed: 8, .part: 1])
    TreeScreenTests.press(&state, .enter)
    #expect(Self.classes(state) == 7)
    #expect(state.tree.history?.current.recipe == [.randomSplit(target: 3, seed: 8, part: .b)])
  }

  @Test("A split of both parts leaves the set whole, and shows what each part comes to")
  func bothParts() throws {
    var state = try Self.opened(.minimalSplit, "imagenet-1k")
    #expect(Self.preview(state)?.parts.map(\.classes) == [522, 478])
    #expect(view(state).text.contains("part B"))
    TreeScreenTests.press(&state, .enter)
    #expect(Self.classes(state) == 1000 && state.tree.partConsequences.map(\.classes) == [522, 478])
    TreeScreenTests.press(&state, "u")
    #expect(state.tree.partConsequences.isEmpty)
  }

  @Test("Clusterings begin with every class, unless they are told to build upon what is there; what was left out stays out")
  func bases() throws {
    var state = try TreeScreenTests.state()
    TreeScreenTests.press(&state, "/", "b", "a", "g", .enter, "x", "-", "m")
    #expect(Self.preview(state)?.consequences.classes == 9 && Self.preview(state)?.consequences.leftOut == 1)
    try Self.choose(.bottomUp, &state)
    for _ in 0..<9 { TreeScreenTests.press(&state, .right) }
    #expect(Self.preview(state)?.consequences.classes == 9)
    TreeScreenTests.press(&state, .tab, .tab, .right)
    #expect(Self.preview(state)?.consequences.classes == 8)
  }

  @Test("A number of classes is typed as well as a depth: the nearest that there is")
  func nearest() throws {
    var state = try TreeScreenTests.state("imagenet-1k", Size(rows: 24, columns: 80))
    TreeScreenTests.press(&state, "m", "j", .tab, "7", "9")
    let found = try #require(Self.preview(state)?.consequences.classes)
    #expect(abs(found - 79) <= 2, "\(found)")
    TreeScreenTests.press(&state, .enter)
    #expect(Self.classes(state) == found)
  }

  @Test("Enter before the answer came waits for it, and makes the set then")
  func lateAnswer() throws {
    var other = try Self.opened(.bottomUp)
    let late = advance(&other, .key(.left))
    _ = advance(&other, .key(.enter))
    #expect(Self.classes(other) == 10 && other.tree.mode != nil)
    TreeScreenTests.finish(&other, late)
    for case let awaited? in late.map(\.awaited) { _ = advance(&other, .finished(awaited)) }
    #expect(Self.classes(other) != 10 && other.tree.mode == nil)

    // What a menu before this one asked for says nothing about this one.
    var third = try Self.opened(.bottomUp)
    let old = update(&third, .key(.left))
    TreeScreenTests.press(&third, .escape, "m", "j")
    let shown = Self.preview(third)
    TreeScreenTests.finish(&third, old)
    #expect(shown != nil && Self.preview(third) == shown)
  }

  @Test("All that the set comes to is shown beside the tree, with the names of its largest and smallest class, and follows edits")
  func consequences() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 80))
    TreeScreenTests.press(&state, "-", "w")
    let text = view(state).text
    #expect(text.contains("largest   shirt") && text.contains("12,000 images") && text.contains("smallest"))
    #expect(text.contains("unknown until a run trained on this machine"))
    TreeScreenTests.press(&state, "u")
    #expect(view(state).text.contains("all have 6,000 images"))
    state.session.size = Size(rows: 10, columns: 40)
    #expect(view(state).text.contains("chance 10.0 %") && view(state).text.contains("epoch") && !view(state).text.contains("clothing"))
    TreeScreenTests.press(&state, .escape)
    #expect(view(state).text.contains("clothing"))
  }
}
