import TUI
import Testing

/// Everything that can be clicked does what its key does.
@Suite struct MouseTests {
  /// Clicks the last place where the screen shows `text`.
  private static func click(_ state: inout AppState, _ text: String) throws -> [Effect] {
    let lines = view(state).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let row = try #require(lines.lastIndex { $0.contains(text) }, "\(text) is not shown")
    let column = displayWidth(String(lines[row][..<lines[row].ranges(of: text).last!.lowerBound]))
    return update(&state, .mouse(Mouse(.click, row: row, column: column)))
  }

  @Test("Tabs and the footer, on every screen")
  func frame() throws {
    var state = LibraryFixtures.state(rows: 24, columns: 100)
    _ = try Self.click(&state, "2 Runs")
    #expect(state.screen == .runs)
    _ = try Self.click(&state, "4 Label sets")
    _ = try Self.click(&state, "c compare")
    #expect(state.screen == .library)
    _ = try Self.click(&state, "? help")
    #expect(state.finder != nil)
  }

  @Test("Help and palette: a click on an entry does it")
  func finder() throws {
    var state = LibraryFixtures.state(rows: 40, columns: 100)
    _ = update(&state, .key(":"))
    _ = try Self.click(&state, "Rename the label set")
    #expect(state.finder == nil && state.library.capture != nil)
    _ = try Self.click(&state, "Esc cancel")
    #expect(state.library.capture == nil)
  }

  @Test("Lines of the library and of runs: one click selects, one more opens; nothing below a dialog is hit")
  func lists() throws {
    var state = LibraryFixtures.state(rows: 40, columns: 140)
    _ = try Self.click(&state, "fine  ")
    #expect(state.library.selected?.id == "fine" && state.screen == .library)
    _ = update(&state, .key("r"))
    _ = try Self.click(&state, "damaged")
    #expect(state.library.selected?.id == "fine")
    _ = update(&state, .key(.escape))
    _ = try Self.click(&state, "fine  ")
    #expect(state.screen == .tree)

    state = RunsFixtures.state(rows: 24, columns: 80)
    _ = try Self.click(&state, "diverged")
    #expect(state.runs.selected?.name == "diverged" && state.runs.page == nil)
    _ = try Self.click(&state, "diverged")
    #expect(state.runs.page?.run == state.runs.selected?.id)
  }

  @Test("A question's answers, a form's fields, a picker's entries")
  func dialogs() throws {
    var state = RunsFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .key("x"))
    _ = try Self.click(&state, "n go on")
    #expect(state.runs.question == nil)
    state = LaunchFormTests.opened(rows: 24, columns: 80)
    _ = try Self.click(&state, "batch size")
    #expect(state.runs.form?.focus == .batch)
    state = NeighborsFixtures.opened(rows: 24, columns: 80, runs: 2)
    _ = update(&state, .key("o"))
    _ = try Self.click(&state, "fine-4")
    #expect(state.neighbors.picker == nil && state.neighbors.coarse?.name == "fine-4")
  }

  @Test("Pictures of neighbours: one click selects, one more walks there")
  func pictures() throws {
    var state = NeighborsFixtures.opened(rows: 24, columns: 80, runs: 2)
    let query = state.neighbors.query
    _ = try Self.click(&state, "✗ bag")
    #expect(state.neighbors.selectedNeighbor == 2 && state.neighbors.query == query)
    _ = try Self.click(&state, "✗ bag")
    #expect(state.neighbors.query != query)
  }

  @Test("The wheel moves in every list, and in what is open over it")
  func wheel() {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .mouse(Mouse(.wheelDown, row: 5, column: 5)))
    #expect(state.library.list.selected == 1)
    _ = update(&state, .key(":"))
    _ = update(&state, .mouse(Mouse(.wheelDown, row: 5, column: 5)))
    #expect(state.finder?.list.selected == 1 && state.library.list.selected == 1)
  }

  @Test("Clicks anywhere, with anything open, never crash", arguments: [[], ["?"], [":"], ["r"], ["/"], ["e"]] as [[Key]])
  func anywhere(keys: [Key]) {
    for row in 0..<24 {
      for column in stride(from: 0, to: 80, by: 3) {
        var state = LibraryFixtures.state(rows: 24, columns: 80)
        for key in keys { _ = update(&state, .key(key)) }
        _ = update(&state, .mouse(Mouse(.click, row: row, column: column)))
        _ = view(state)
      }
    }
  }
}
