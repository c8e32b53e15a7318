import Basics
import Files
import LabelSets
import TUI
import Testing

@Suite struct LibraryScreenTests {
  private static func state(_ rows: Int = 40, _ columns: Int = 140) -> AppState {
    LibraryFixtures.state(rows: rows, columns: columns)
  }

  private static func press(_ state: inout AppState, _ keys: Key...) -> [Effect] {
    keys.reduce([]) { _, key in update(&state, .key(key)) }
  }

  private static func works(_ effects: [Effect]) -> [LibraryScreen.Work] {
    effects.compactMap { if case .library(let work) = $0 { work } else { nil } }
  }

  @Test("4 shows the label sets with what each is, and dims those that cannot be used, with the reason")
  func list() {
    let state = Self.state()
    let text = view(state).text
    #expect(text.contains("4 Label sets") && text.contains("5 label sets"))
    #expect(text.contains("Belongs to imagenet-1k"))
    #expect(text.contains("✗ cannot read the"))
    #expect(text.contains("2015-12-14 10:46"))
  }

  @Test("The details name the command that makes it, its largest and smallest classes, its runs and its whole hash")
  func details() {
    let text = view(Self.state()).text
    #expect(text.contains("imagenet-tui labels bottom-up --depth 7 --dataset fashion-mnist --save coarse-4"))
    #expect(text.contains("garment 5, 30,000 images") && text.contains("20260101-000000-first"))
    #expect(text.contains("sha256:" + String(repeating: "4", count: 64)))
    #expect(text.contains("footwear: Sandal, Sneaker, Ankle boot"))
  }

  @Test("The filter narrows while it is typed; Enter keeps it, Esc goes back, and Esc again drops it")
  func filter() {
    var state = Self.state()
    _ = Self.press(&state, "/", "p", "a", "p", "e", "r")
    #expect(state.library.rows.map(\.id) == ["coarse-4", "paper-127"])
    _ = Self.press(&state, .down, .enter)
    #expect(state.library.capture == nil && state.library.selected?.id == "paper-127")
    _ = Self.press(&state, "/", .backspace, .backspace, .backspace, .backspace, .backspace, "x", .escape)
    #expect(state.library.filter == "paper")
    _ = Self.press(&state, .escape)
    #expect(state.library.rows.count == 5 && state.library.selected?.id == "paper-127")
    _ = Self.press(&state, "/", "q", "q", .enter, "r")
    #expect(view(state).text.contains("No label set matches the filter"))
  }

  @Test("S goes round the orders, and the cursor stays on its label set")
  func sort() {
    var state = Self.state()
    _ = Self.press(&state, "S")
    #expect(state.library.rows.map(\.id).prefix(3) == ["paper-127", "fine", "without-shoes-and-a-very-long-name"])
    #expect(state.library.selected?.id == "coarse-4" && view(state).text.contains("by classes   4 of 5"))
    _ = Self.press(&state, "S", "S")
    #expect(state.library.rows.first?.id == "coarse-4")
    _ = Self.press(&state, "S")
    #expect(state.library.order == .newest && state.library.rows.first?.id == "coarse-4")
  }

  @Test("Enter opens the label set in the tree; one of another dataset says why not")
  func open() {
    var state = Self.state()
    let effects = Self.press(&state, .enter)
    #expect(state.screen == .tree)
    #expect(effects.contains { if case .tree(.load("coarse-4")) = $0 { true } else { false } })
    state = Self.state()
    _ = Self.press(&state, "j", "j", "j", .enter)
    #expect(state.screen == .library && view(state).text.contains("≈ Belongs to imagenet-1k"))
  }

  @Test("r renames, d duplicates, # tags, D deletes and u brings back: each asks for its work alone")
  func changes() {
    var state = Self.state()
    guard case .rename("coarse-4", to: "coarse-4x")? = Self.works(Self.press(&state, "r", "x", .enter)).first else {
      Issue.record("no rename"); return
    }
    guard case .duplicate("coarse-4", as: "coarse-4-copy")? = Self.works(Self.press(&state, "d", .enter)).first else {
      Issue.record("no copy"); return
    }
    let tagged = Self.works(Self.press(&state, "#", .control("w"), "n", "e", "w", .enter)).first
    guard case .tag("coarse-4", adding: ["new"], removing: ["paper"])? = tagged else { Issue.record("no tag"); return }
    guard case .remove("coarse-4")? = Self.works(Self.press(&state, "D")).first else { Issue.record("no delete"); return }
    guard case .restore(LibraryFixtures.removed, as: nil)? = Self.works(Self.press(&state, "u")).first else {
      Issue.record("no restore"); return
    }
    #expect(Self.works(Self.press(&state, "r", .enter)).isEmpty && Self.works(Self.press(&state, "d", .escape)).isEmpty)
  }

  @Test("What was done is said with the command that does the same, and its label set is selected")
  func done() {
    var state = Self.state()
    let command = ShellCommand("labels", "copy", "fine", "fine-copy")
    _ = update(&state, .library(.done("Copied fine to fine-copy", command, select: "fine-copy")))
    #expect(view(state).text.contains("same as imagenet-tui labels copy fine fine-copy"))
    var copy = LibraryFixtures.summary("fine-copy", classes: 10, recipe: "every class")
    copy.modified = nil
    _ = update(&state, .library(.looked(LibraryLook(entries: LibraryFixtures.entries + [LibraryEntry(copy)]))))
    #expect(state.library.selected?.id == "fine-copy")
    _ = Self.press(&state, "u")
    #expect(view(state).text.contains("Nothing was removed"))
  }

  @Test("A look that a newer one overtook changes nothing: what was brought back stays, with the cursor on it")
  func overtaken() throws {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    let before = LibraryLook(entries: Array(LibraryFixtures.entries.dropFirst()))
    let after = LibraryLook(entries: LibraryFixtures.entries)
    func ticket(_ effects: [Effect]) throws -> Int {
      try #require(effects.lazy.compactMap { if case .library(.look(_, _, let ticket, _)) = $0 { ticket } else { nil } }.first)
    }
    _ = update(&state, .library(.opened(LabelSetLibrary(home: Home(explicit: "/none")))))
    let removal = try ticket(update(&state, .library(.done("Removed", ShellCommand("x"), select: nil))))
    let restoring = try ticket(update(&state, .library(.done("Restored", ShellCommand("x"), select: "coarse-4"))))
    _ = update(&state, .library(.looked(after, ticket: restoring)))
    _ = update(&state, .library(.looked(before, ticket: removal)))
    #expect(state.library.rows.map(\.id).contains("coarse-4") && state.library.selected?.id == "coarse-4")
  }

  @Test("What was removed is said once the list no longer has it, so that u right after finds it removed")
  func announced() throws {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    _ = update(&state, .library(.opened(LabelSetLibrary(home: Home(explicit: "/none")))))
    let effects = update(&state, .library(.done("Removed gone", ShellCommand("labels", "rm", "gone"), select: nil)))
    #expect(!view(state).text.contains("Removed gone"))
    guard case .library(.look(_, _, let ticket, _))? = effects.first else { Issue.record("no look"); return }
    let look = LibraryLook(entries: LibraryFixtures.entries, removed: LibraryFixtures.removed)
    for case .send(let message) in update(&state, .library(.looked(look, ticket: ticket))) { _ = update(&state, message) }
    #expect(view(state).text.contains("Removed gone"))
    #expect(state.library.removed != nil)
  }

  @Test("A name that is taken when a label set comes back is asked for again")
  func taken() {
    var state = Self.state()
    _ = update(&state, .library(.asksFor(LibraryPrompt(.restore(LibraryFixtures.removed)))))
    #expect(view(state).text.contains("gone is taken: restore as"))
    guard case .restore(LibraryFixtures.removed, as: "gone-restored")? = Self.works(Self.press(&state, .enter)).first else {
      Issue.record("no restore"); return
    }
  }

  @Test("e writes the label set: the kind is chosen, then the file, and what is there is replaced only after a question")
  func export() {
    var state = Self.state()
    _ = Self.press(&state, "e")
    #expect(view(state).text.contains("Write coarse-4 as") && view(state).text.contains("synset-words"))
    let effects = Self.press(&state, "c", "s", "v", .enter, .enter)
    guard case .export("coarse-4", .csv, path: "coarse-4.csv", mayReplace: false)? = Self.works(effects).first else {
      Issue.record("no export"); return
    }
    let again = LibraryScreen.Work.export("coarse-4", .csv, path: "coarse-4.csv", mayReplace: true)
    _ = update(&state, .library(.asks(Question("Replace the file?", detail: "", yes: "replace"), again)))
    #expect(Self.works(Self.press(&state, .enter)).isEmpty && state.library.capture != nil)
    guard case .export(_, _, _, mayReplace: true)? = Self.works(Self.press(&state, "y")).first else { Issue.record("no export"); return }
    #expect(state.library.capture == nil)
  }

  @Test("i asks for a file, then for a name, which the file's suggests")
  func importing() {
    var state = Self.state()
    let effects = Self.press(&state, "i", "a", "/", "b", ".", "t", "x", "t", .enter)
    guard case .readFile("a/b.txt")? = Self.works(effects).first else { Issue.record("nothing is read"); return }
    _ = update(&state, .library(.asksFor(LibraryPrompt(.importAs(path: "a/b.txt")))))
    guard case .importFile("a/b.txt", as: "b", mayReplace: false)? = Self.works(Self.press(&state, .enter)).first else {
      Issue.record("no import"); return
    }
    #expect(Self.works(Self.press(&state, "i", .enter)).isEmpty && state.library.capture == nil)
  }

  @Test("R goes to the newest run that was trained on the label set")
  func runs() {
    var state = Self.state()
    _ = update(&state, .runs(.looked(RunsFixtures.look)))
    _ = Self.press(&state, "R")
    #expect(state.screen == .runs && state.runs.selected?.name == "coarse-4")
    state = Self.state()
    _ = Self.press(&state, "G", "R")
    #expect(view(state).text.contains("No run was trained on it"))
  }

  @Test("A home without label sets says how to make one, and every key that needs one says so")
  func empty() {
    var state = LibraryFixtures.state(rows: 24, columns: 80, entries: [])
    #expect(view(state).text.contains("No label sets yet"))
    for key in [.enter, "r", "d", "#", "D", "R", " "] as [Key] {
      #expect(Self.press(&state, key).isEmpty && view(state).text.contains("No label set is saved yet"))
    }
  }

  @Test("What was typed and refused is there to be corrected; what was done, or left, is not")
  func refused() {
    var state = LibraryFixtures.state(rows: 24, columns: 80)
    _ = Self.press(&state, "i", "a", ".", "c", "s", "v", .enter)
    #expect(state.library.capture == nil)
    _ = update(&state, .library(.failed))
    #expect(view(state).text.contains("│ file a.csv "))
    _ = Self.press(&state, .escape)
    _ = update(&state, .library(.failed))
    #expect(state.library.capture == nil)

    _ = Self.press(&state, "d", .enter)
    _ = update(&state, .library(.done("Copied", ShellCommand("labels", "copy", "a", "b"), select: "b")))
    _ = update(&state, .library(.failed))
    #expect(state.library.capture == nil)
  }
}
