import EngineFixtures
import TUI
import Taxonomy
import TestSupport
import Testing

@Suite struct ComparisonScreenTests {
  /// The effects of the last key, and of what the tree has to say to it.
  private static func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.reduce([]) { _, key in
      update(&state, .key(key)).flatMap { effect -> [Effect] in
        guard case .tree(.compare(let draft, let name)) = effect, let set = try? draft.whole() else { return [effect] }
        return update(&state, .comparison(name.map { .open(.given(set), .saved($0)) } ?? .choose(for: .given(set))))
      }
    }
  }

  private static func name(_ state: AppState) -> String? {
    state.comparison.line.map { state.comparison.comparison!.hierarchy.name($0.node) }
  }

  @Test("The relation, the distance and the counts stand above the tree")
  func facts() throws {
    let text = view(try ComparisonFixtures.state()).text
    #expect(text.contains("≠ fine is finer: each of its classes lies in one of shoeless"))
    #expect(text.contains("10 fine classes in both · VI 0.475 bits: 0.475 left, 0.000 right"))
    #expect(text.contains("7 identical · 3 only left · 1 only right · 3 fine moved"))
  }

  @Test("The cursor begins at the first difference; n and N go round, unfolding what hides them")
  func differences() throws {
    var state = try ComparisonFixtures.state(left: [.cut(collapsed: ["n04197391"])])
    let first = try #require(Self.name(state))
    _ = Self.press(&state, "h", "h", "h", "h", "h", "n")
    #expect(Self.name(state) != nil && view(state).text.contains("≠ 1 of 2") || view(state).text.contains("≠ 2 of 2"))
    _ = Self.press(&state, "n", "n", "N")
    #expect(["shirt", "footwear"].contains(first) && view(state).text.contains(" of 2"))
  }

  @Test("Every line has what both have there, side by side")
  func sides() throws {
    var state = try ComparisonFixtures.state()
    _ = Self.press(&state, "l", "j", "l")
    let lines = view(state).text.split(separator: "\n").map(String.init)
    let footwear = try #require(lines.first { $0.contains("footwear") && $0.contains("3 classes") })
    #expect(footwear.contains("≠") && footwear.hasSuffix("■ 3 fine"))
    let sandal = try #require(lines.first { $0.contains("sandal") })
    #expect(sandal.contains("■ 1 fine") && sandal.hasSuffix("in footwear"))
  }

  @Test("d hides what is alike, x changes the sides, o and O open either in the tree")
  func actions() throws {
    var state = try ComparisonFixtures.state()
    _ = Self.press(&state, "d")
    #expect(!view(state).text.contains("bag") && view(state).text.contains("footwear"))
    let swapped = Self.press(&state, "x")
    guard case .comparison(.compare(.saved("shoeless"), .saved("fine")))? = swapped.last else { Issue.record("no swap"); return }
    let opened = Self.press(&state, "O")
    #expect(state.screen == .tree)
    #expect(opened.contains { if case .tree(.load("shoeless")) = $0 { true } else { false } })
  }

  @Test("c in the library compares two marked sets, or the marked one and this one, or this one and the tree's")
  func fromLibrary() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 40, columns: 140))
    _ = update(&state, .perform(.show(.library)))
    _ = update(&state, .library(.looked(LibraryLook(entries: LibraryFixtures.entries))))
    var effects = Self.press(&state, "c")
    guard case .comparison(.compare(.given(let set), .saved("coarse-4")))? = effects.last else { Issue.record("\(effects)"); return }
    #expect(set.classes.count == 10 && state.screen == .comparison)
    _ = Self.press(&state, .escape)
    #expect(state.screen == .library)
    effects = Self.press(&state, " ", "j", "c")
    guard case .comparison(.compare(.saved("coarse-4"), .saved("fine")))? = effects.last else { Issue.record("\(effects)"); return }
    _ = Self.press(&state, .escape)
    effects = Self.press(&state, " ", "k", "k", "c")
    guard case .comparison(.compare(.saved("coarse-4"), .saved("fine")))? = effects.last else { Issue.record("\(effects)"); return }
  }

  @Test("D in the tree asks for a saved set to compare the one in the making with; Esc goes back to the tree")
  func fromTree() throws {
    var state = try TreeScreenTests.state()
    let effects = Self.press(&state, "-", "D")
    guard case .comparison(.list(let choice))? = effects.last else { Issue.record("no list"); return }
    let sets = LibraryFixtures.entries.map(\.summary)
    _ = update(&state, .comparison(.listed(choice, sets)))
    #expect(view(state).text.contains("Compare 9-classes with") && view(state).text.contains("4 classes of fashion-mnist"))
    _ = Self.press(&state, .escape)
    #expect(state.screen == .tree && state.comparison.picker == nil)
    _ = Self.press(&state, "D")
    _ = update(&state, .comparison(.listed(choice, sets)))
    guard case .comparison(.compare(.given, .saved("fine")))? = Self.press(&state, "f", "i", "n", "e", .enter).last else {
      Issue.record("nothing is compared"); return
    }
  }

  @Test("Y copies the diff of two sets, which is shown; one in the making is made first")
  func copies() throws {
    var state = try ComparisonFixtures.state()
    guard case .copy("imagenet-tui labels diff fine shoeless --tree")? = Self.press(&state, "Y").last else { Issue.record("no copy"); return }
    state = try ComparisonFixtures.state(isSaved: (false, true))
    let command = "labels bottom-up --classes 10 --dataset fashion-mnist --save fine && imagenet-tui labels diff fine shoeless --tree"
    guard case .copy("imagenet-tui \(command)")? = Self.press(&state, "Y").last else { Issue.record("no copy"); return }
    #expect(view(state).text.contains("same as imagenet-tui \(command)"))
  }

  @Test("Equal sets say so, and the keys for differences say why they do nothing")
  func equal() throws {
    var state = try ComparisonFixtures.state(right: [])
    #expect(view(state).text.contains("✓ fine and shoeless are identical"))
    _ = Self.press(&state, "n")
    #expect(view(state).text.contains("No differences"))
  }
}

/// Fashion-MNIST's classes beside others of the same dataset.
enum ComparisonFixtures {
  static func state(
    _ size: Size = Size(rows: 40, columns: 140), _ look: Look = Look(), left: [RecipeStep] = [],
    right: [RecipeStep] = [.cut(collapsed: ["n03380867"])], isSaved: (Bool, Bool) = (true, true)
  ) throws -> AppState {
    let hierarchy = try RealTrees.hierarchy("fashion-mnist")
    let a = try LabelSet(name: "fine", dataset: "fashion-mnist", recipe: left, on: hierarchy)
    let b = try LabelSet(name: "shoeless", dataset: "fashion-mnist", recipe: right, on: hierarchy)
    var state = AppState(session: Session(dataset: "fashion-mnist", look: look, size: size), screen: .comparison)
    _ = update(&state, .comparison(.opened(try Comparison(a, b, isSaved: isSaved, on: hierarchy))))
    return state
  }
}
