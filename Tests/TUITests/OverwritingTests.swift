import Files
import LabelSets
import Synchronization
import TUI
import TestSupport
import Testing

/// Label sets of the home keep their classes until somebody says otherwise.
@Suite struct OverwritingTests {
  private let folder = TemporaryFolder()
  private var environment: Environment { Environment(program: "test", home: Home(explicit: folder.path), dataset: "fashion-mnist") }

  /// Keys, with the saves that they ask for.
  private func press(_ state: inout AppState, _ keys: [Key]) throws {
    for key in keys {
      let effects = update(&state, .key(key))
      TreeScreenTests.finish(&state, effects)
      for case .tree(.save(let draft, let saved, let mayReplace)) in effects {
        let sent = Mutex<[Message]>([])
        try TreeScreen.Work.save(draft, saved, mayReplace: mayReplace).run(in: environment) { message in sent.withLock { $0.append(message) } }
        for message in sent.withLock({ $0 }) {
          for case .send(let notice) in update(&state, message) { _ = update(&state, notice) }
        }
      }
    }
  }

  @Test("A recipe makes something new, under a name of its own; other classes of a name are replaced after a question, and are in the trash")
  func recipe() throws {
    let store = LabelSetStore(home: Home(explicit: folder.path))
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 100))
    try press(&state, ["-", "s", .control("u"), "m", "i", "n", "e", .enter])
    #expect(state.tree.history?.name == "mine" && state.tree.history?.isSaved == true)
    let before = try store.load("mine").contentHash
    // The same again asks nothing.
    try press(&state, ["s", .enter])
    #expect(state.tree.mode == nil && store.removed().isEmpty)
    try press(&state, ["m", "j", .left, .enter])
    #expect(state.tree.history?.name == nil)
    try press(&state, ["s"])
    #expect(view(state).text.contains("\(state.tree.cutView?.classCount ?? 0)-classes"))
    try press(&state, [.control("u"), "m", "i", "n", "e", .enter])
    #expect(view(state).text.contains("There is a label set mine of other classes. Replace it?"))
    #expect(try store.load("mine").contentHash == before)
    try press(&state, ["y"])
    #expect(try store.load("mine").contentHash != before && store.removed().map(\.name) == ["mine"])
    #expect(state.notice?.text.contains("in the trash, and u on screen 4 restores") == true)
    try store.restore("mine", as: "old")
    #expect(try store.load("old").contentHash == before)
  }

  @Test("What is changed by hand keeps its name, and asks as well; u goes back to the name that it had")
  func byHand() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 100))
    try press(&state, ["-", "s", .control("u"), "a", .enter, "-"])
    #expect(state.tree.history?.name == "a" && state.tree.history?.isEdited == true)
    try press(&state, ["s", .enter])
    #expect(view(state).text.contains("There is a label set a of other classes"))
    try press(&state, ["n", .control("u"), "b", .enter])
    #expect(state.tree.history?.name == "b" && state.tree.history?.isEdited == false)
    try press(&state, ["u"])
    #expect(state.tree.history?.name == "a" && state.tree.history?.isEdited == false)
  }

  @Test("Both parts of a split ask before they replace other classes")
  func parts() throws {
    let store = LabelSetStore(home: Home(explicit: folder.path))
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 100))
    let split: [Key] = ["/", "s", "h", "i", "r", "t", .enter, "A", "/", "b", "a", "g", .enter, "B", "W", .control("u"), "x", .enter]
    try press(&state, split)
    #expect(store.names() == ["x-A", "x-B"])
    try press(&state, ["/", "c", "o", "a", "t", .enter, "A", "W", .control("u"), "x", .enter])
    #expect(view(state).text.contains("x-A or -B of other classes. Replace it?"))
    try press(&state, ["y"])
    #expect(store.removed().map(\.name) == ["x-A"])
  }

  @Test("u says what it took back and goes there; what changes nothing leaves no step")
  func undo() throws {
    var state = try TreeScreenTests.state("fashion-mnist", Size(rows: 24, columns: 100))
    try press(&state, ["/", "f", "o", "o", "t", "w", "e", "a", "r", .enter, "c"])
    let node = try #require(state.tree.line?.node)
    let place = try #require(state.tree.history?.place)
    try press(&state, ["g"])
    for case .send(let message) in update(&state, .key("u")) { _ = update(&state, message) }
    #expect(state.notice?.text.hasPrefix("Undone: collapse footwear") == true && state.tree.line?.node == node)
    try press(&state, ["g"])
    for case .send(let message) in update(&state, .key("U")) { _ = update(&state, message) }
    #expect(state.notice?.text.hasPrefix("Redone: collapse footwear") == true && state.tree.line?.node == node)
    // Part of a class already.
    try press(&state, ["v", "k", "v"])
    for _ in 0..<3 { try press(&state, ["]", "]", "]"]) }
    let steps = try #require(state.tree.history?.place)
    let effects = update(&state, .key("]"))
    for case .send(let message) in effects { _ = update(&state, message) }
    #expect(state.tree.history?.place == steps && state.notice?.kind == .unavailable && steps >= place)
  }
}
