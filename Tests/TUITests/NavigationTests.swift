import TUI
import Taxonomy
import Testing

/// What is alike on every screen: ways out, keys without a meaning, help and the palette.
@Suite struct NavigationTests {
  @Test("Esc at the top of a screen stays there and never leaves the program", arguments: ["1", "2", "3", "4", "5"] as [Key])
  func escape(screen: Key) throws {
    var state = try TreeScreenTests.state()
    _ = update(&state, .runs(.looked(RunsLook(runs: RunsFixtures.all))))
    for key in ["2", "4", screen] as [Key] { _ = update(&state, .key(key)) }
    let shown = state.screen
    for _ in 0..<6 { #expect(update(&state, .key(.escape)).isEmpty) }
    #expect(state.screen == shown && state.notice != nil)
  }

  @Test("A key that means nothing on a screen says where keys are listed", arguments: ["1", "2", "3", "4", "5"] as [Key])
  func unbound(screen: Key) throws {
    var state = try TreeScreenTests.state()
    _ = update(&state, .key(screen))
    _ = update(&state, .key("é"))
    #expect(state.notice?.text == "é does nothing here; ? lists the keys")
  }

  @Test("^C ends what is open, a form, a list or a line that is typed, and only then the program")
  func interrupt() throws {
    var state = try TreeScreenTests.state()
    for opening in [["/", "d"], ["m"], ["s"], ["H"], ["?"], [":"], ["t"]] as [[Key]] {
      for key in opening { TreeScreenTests.finish(&state, update(&state, .key(key))) }
      for effect in update(&state, .key(.control("c"))) { if case .quit = effect { Issue.record("left from \(opening)") } }
      #expect(state.capture == nil && state.finder == nil, "\(opening)")
      _ = update(&state, .perform(.show(.tree)))
    }
    #expect(update(&state, .key(.control("c"))).contains { if case .quit = $0 { true } else { false } })
  }

  @Test("The palette finds commands of other screens and goes there to do them; it says when nothing matches")
  func palette() throws {
    var state = LibraryFixtures.state(rows: 30, columns: 100)
    _ = update(&state, .key("1"))
    for key in [":", "r", "e", "n", "a", "m", "e"] as [Key] { _ = advance(&state, .key(key)) }
    #expect(view(state).text.contains("Label sets: rename – Rename the label set"))
    for effect in advance(&state, .key(.enter)) {
      if let awaited = effect.awaited { _ = advance(&state, .finished(awaited)) }
    }
    #expect(state.screen == .library)
    guard case .prompt(let prompt) = state.library.mode, case .rename = prompt.purpose else {
      Issue.record("nothing is renamed")
      return
    }
    _ = advance(&state, .key(.escape))
    for key in [":", "x", "y", "z", "z", "y"] as [Key] { _ = advance(&state, .key(key)) }
    #expect(view(state).text.contains("no match for xyzzy"))
  }

  @Test("Esc ends a wait: what was asked for comes too late to change anything, and what was written is told")
  func escapeWhileWaiting() throws {
    var state = try TreeScreenTests.state()
    let fine = try #require(state.tree.history)
    let set = try LabelSet(name: "nine", dataset: "fashion-mnist", cut: Cut(Partition(fine.current.cut.hierarchy)))
    // Enter in the list asks for a label set, which takes long; keys behind it wait, and Esc drops them.
    _ = advance(&state, .tree(.listed([.init(name: "nine", summary: "9 classes", isUsable: true)])))
    let effects = advance(&state, .key(.enter))
    let awaited = try #require(effects.lazy.compactMap(\.awaited).first)
    #expect(awaited.words == "the label set")
    _ = advance(&state, .key("-"))
    let wait = try #require(state.wait)
    _ = advance(&state, .waited(wait, isTooLong: false))
    #expect(view(state).text.contains("Esc drops it"))
    _ = advance(&state, .key(.escape))
    #expect(state.wait == nil && TreeScreenTests.classes(state) == 10)
    _ = advance(&state, .tree(.loaded(set, fine.current.cut)))
    _ = advance(&state, .finished(awaited))
    #expect(state.tree.history?.name == fine.name && view(state).text.contains("after you cancelled"))
    #expect(TreeScreenTests.classes(state) == 10 && state.tree.history?.canUndo == false)
    // Asked for again, it opens.
    _ = advance(&state, .tree(.loaded(set, fine.current.cut)))
    #expect(state.tree.history?.name == "nine")

    // A save that was given up was done none the less, and says so.
    TreeScreenTests.press(&state, "-", "s")
    for effect in advance(&state, .key(.enter)) where effect.awaited?.words == "the save" {
      _ = advance(&state, .key("j"))
      if let wait = state.wait { _ = advance(&state, .waited(wait, isTooLong: false)) }
      _ = advance(&state, .key(.escape))
      _ = advance(&state, .tree(.saved(name: "eight", .whole)))
      #expect(view(state).text.contains("Saved as eight") && state.tree.history?.isEdited == false)
      return
    }
    Issue.record("nothing is saved")
  }

  @Test("Help says what a key does, then why it does not just now, and q closes it")
  func help() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 60, columns: 120))
    _ = update(&state, .key("?"))
    #expect(view(state).text.contains("Undo the last change – not now: Nothing to undo"))
    _ = update(&state, .key("q"))
    #expect(state.finder == nil)
  }

  @Test("^D and ^U move by half a page in every list")
  func half() throws {
    var list = ListPosition()
    #expect(list.move(.control("d"), count: 100, page: 20) && list.selected == 10)
    #expect(list.move(.control("u"), count: 100, page: 8) && list.selected == 6)
    for screen in [ScreenName.tree, .runs, .library, .comparison] {
      #expect(KeyTable.binding(for: .control("d"), on: screen) != nil && KeyTable.binding(for: .control("u"), on: screen) != nil)
    }
    // Where one types, ^U takes back what was typed.
    var picker = Picker("runs", [.init(id: "a", text: "a"), .init(id: "b", text: "b")])
    for key in ["x", .control("u")] as [Key] { _ = picker.take(key) }
    #expect(picker.query.text.isEmpty && picker.matches.count == 2)
  }

  @Test("The footer of the tree names make, save and train on 80 columns")
  func footer() throws {
    let state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 80))
    let last = try #require(view(state).text.split(separator: "\n").last)
    for hint in ["c collapse", "/ search", "m make", "s save", "t train"] { #expect(last.contains(hint), "\(last)") }
  }
}
