import Files

extension LibraryScreen {
  package static let bindings: [Binding] = [
    bind([.enter, "o"], .open, "open", help: "Open the label set in the tree", footer: true) { entry, _ in entry.obstacle },
    bind([" ", "v"], .mark, "mark", help: "Mark the label set for comparison"),
    bind(["c"], .compare, "compare", help: "Compare two marked label sets, or this one with the one in the tree", footer: true) { entry, screen in
      switch screen.marked.count {
      case 0, 1: entry.summary.problem
      case 2: nil
      case let count: "Mark two label sets to compare; \(count) are marked"
      }
    },
    bind(["r"], .rename, "rename", help: "Rename the label set", footer: true),
    bind(["d"], .duplicate, "duplicate", help: "Copy it to a new name", footer: true, readable),
    bind(["#"], .tag, "tag", help: "Edit its tags", footer: true, readable),
    bind(["D", .delete], .delete, "delete", help: "Move it to the trash; u restores it, and runs keep their own copy", footer: true),
    Binding(["u"], .library(.restore), "undo delete", help: "Restore the label set removed last", isInFooter: true) {
      $0.library.removed == nil ? "Nothing was removed" : nil
    },
    Binding(["/"], .library(.filter), "filter", help: "Show those whose name, tags or recipe contain the text", isInFooter: true),
    Binding(["S"], .library(.sort), "sort", help: "Order by name, classes, images, runs or date", isInFooter: true),
    bind(["e"], .export, "export", help: "Export it as JSON, CSV, synset words or Caffe's image lists", readable),
    Binding(["i"], .library(.importFile), "import", help: "Import a label set from a file of this or another program"),
    bind(["n"], .study, "new study", help: "Make a study of the marked label sets, or of this one: nets, tests and a table") { entry, screen in
      screen.marked.isEmpty ? entry.obstacle : nil
    },
    bind(["R"], .runs, "runs", help: "Go to the newest run trained on it") { entry, _ in
      entry.summary.runs.isEmpty ? "No run was trained on it" : nil
    },
    Binding([.up, "k"], .library(.move(.up)), "up", help: "One line up"),
    Binding([.down, "j"], .library(.move(.down)), "down", help: "One line down"),
    Binding([.pageUp, .control("b")], .library(.move(.pageUp)), "page up", help: "One page up"),
    Binding([.pageDown, .control("f")], .library(.move(.pageDown)), "page down", help: "One page down"),
    Binding([.control("d")], .library(.move(.control("d"))), "half down", help: "Half a page down"),
    Binding([.control("u")], .library(.move(.control("u"))), "half up", help: "Half a page up"),
    Binding([.home, "g"], .library(.move(.home)), "first", help: "To the first line"),
    Binding([.end, "G"], .library(.move(.end)), "last", help: "To the last line"),
    Binding([.escape, .backspace], .library(.back), "back", help: "Clear the filter, then the marks") {
      $0.library.filter.isEmpty && $0.library.marked.isEmpty ? "Nothing is filtered or marked" : nil
    },
  ]

  /// An action on the selected label set.
  private static func bind(
    _ keys: [Key], _ action: Action, _ title: String, help: String, footer: Bool = false,
    _ obstacle: @escaping @Sendable (LibraryEntry, LibraryScreen) -> String? = { _, _ in nil }
  ) -> Binding {
    Binding(keys, .library(action), title, help: help, isInFooter: footer) { state in
      guard let selected = state.library.selected else {
        return state.library.entries.isEmpty ? "No label set is saved yet; s in the tree saves one" : "No label set matches the filter"
      }
      return obstacle(selected, state.library)
    }
  }

  private static let readable: @Sendable (LibraryEntry, LibraryScreen) -> String? = { entry, _ in entry.summary.problem }
}
