import Basics
import TUI
import Testing

@Suite struct UpdateTests {
  static func state(_ size: Size = Size(rows: 24, columns: 80)) -> AppState {
    AppState(session: Session(dataset: "fashion-mnist", look: Look(), size: size))
  }

  static func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.flatMap { update(&state, .key($0)) }
  }

  @Test("1 to 6 and Tab go from screen to screen")
  func screens() {
    var state = Self.state()
    _ = Self.press(&state, "2")
    #expect(state.screen == .runs)
    _ = Self.press(&state, .tab)
    #expect(state.screen == .neighbors)
    _ = Self.press(&state, .tab)
    #expect(state.screen == .library)
    _ = Self.press(&state, .tab)
    #expect(state.screen == .evaluation)
    _ = Self.press(&state, .tab)
    #expect(state.screen == .studies)
    _ = Self.press(&state, .tab)
    #expect(state.screen == .tree)
    _ = Self.press(&state, .backTab)
    #expect(state.screen == .studies)
    _ = Self.press(&state, "3")
    #expect(state.screen == .neighbors)
    _ = Self.press(&state, "1")
    #expect(state.screen == .tree)
  }

  @Test("A tree that cannot be read says so for as long as one looks, and not that it is being read")
  func unreadable() {
    var state = Self.state(Size(rows: 24, columns: 80))
    for effect in update(&state, .tree(.unreadable(Problem("cannot find the assets", expected: "a folder")))) {
      guard case .send(let message) = effect else { continue }
      _ = update(&state, message)
    }
    _ = Self.press(&state, "c")
    let text = view(state).text
    #expect(text.contains("cannot find the assets: expected a folder"))
    #expect(text.contains("The tree cannot be read"))
    #expect(!text.contains("Reading the tree"))
  }

  @Test("q and ^C leave, ^Z suspends, ^L draws again", arguments: [Key.character("q"), .control("c")])
  func leaving(key: Key) throws {
    var state = Self.state()
    guard case .quit = try #require(Self.press(&state, key).first) else { Issue.record("no quit"); return }
    guard case .suspend = try #require(Self.press(&state, .control("z")).first) else { Issue.record("no suspend"); return }
    guard case .redraw = try #require(Self.press(&state, .control("l")).first) else { Issue.record("no redraw"); return }
  }

  @Test("Help lists keys, narrows while typing, and does what is chosen")
  func help() {
    var state = Self.state(Size(rows: 260, columns: 80))
    _ = Self.press(&state, "?")
    #expect(view(state).text.contains("Show nearest neighbours"))
    _ = Self.press(&state, "s", "h", "o", "w", " ", "t", "h", "e", " ", "r", "u", "n", "s")
    #expect(view(state).text.contains("Show the runs"))
    #expect(!view(state).text.contains("Show nearest neighbours"))
    _ = Self.press(&state, .enter)
    #expect(state.finder == nil && state.screen == .runs)
  }

  @Test("The palette offers first what begins as was typed")
  func paletteOrder() {
    var state = Self.state(Size(rows: 30, columns: 100))
    _ = Self.press(&state, "2", ":", "s", "t")
    _ = update(&state, .runs(.looked(RunsLook(runs: RunsFixtures.all))))
    _ = Self.press(&state, .enter)
    #expect(state.runs.question != nil)
  }

  @Test("The palette closes with Esc and changes nothing")
  func palette() {
    var state = Self.state()
    _ = Self.press(&state, ":", "q", "x", .escape)
    #expect(state.finder == nil && state.screen == .tree)
  }

  @Test("A terminal that is too small says so, at any size down to nothing")
  func tooSmall() {
    #expect(view(Self.state(Size(rows: 9, columns: 80))).text.contains("40×10 at least"))
    for rows in 0..<12 {
      for columns in 0..<42 { #expect(view(Self.state(Size(rows: rows, columns: columns))).size.rows == rows) }
    }
  }
}
