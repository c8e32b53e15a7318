/// One action: its keys, its words, and when it can be done. Dispatch, footer, help and palette are all made from these.
package struct Binding: Sendable {
  package var keys: [Key]
  package var action: Action
  /// A word or two, for the footer and the palette: "collapse".
  package var title: String
  /// One sentence for help.
  package var help: String
  /// Whether the footer should name it where there is room, as its screen stands.
  package var isInFooter: @Sendable (AppState) -> Bool
  /// Nil where the action can be done; else the reason why not, as a sentence without a full stop.
  package var obstacle: @Sendable (AppState) -> String?

  package init(
    _ keys: [Key], _ action: Action, _ title: String, help: String, isInFooter: Bool = false,
    obstacle: @escaping @Sendable (AppState) -> String? = { _ in nil }
  ) {
    self.keys = keys
    self.action = action
    self.title = title
    self.help = help
    self.isInFooter = { _ in isInFooter }
    self.obstacle = obstacle
  }

  /// The same, named by the footer while `condition` holds.
  func inFooter(while condition: @escaping @Sendable (AppState) -> Bool) -> Binding {
    var binding = self
    binding.isInFooter = condition
    return binding
  }

  /// Its keys as help shows them: "Space c".
  package var keyTitles: String { keys.map(\.title).joined(separator: " ") }
}

/// The one table of keys.
package enum KeyTable {
  package static let everywhere: [Binding] = [
    Binding(["1"], .show(.tree), "tree", help: "Show the tree of classes"),
    Binding(["2"], .show(.runs), "runs", help: "Show the runs"),
    Binding(["3"], .show(.neighbors), "neighbours", help: "Show nearest neighbours"),
    Binding(["4"], .show(.library), "label sets", help: "Show the saved label sets"),
    Binding(["5"], .show(.evaluation), "evaluation", help: "Show evaluations: coarse classes, induction, map"),
    Binding(["6"], .show(.studies), "studies", help: "Show the studies: tables of nets and tests"),
    Binding([.tab], .nextScreen, "next screen", help: "Go to the next screen"),
    Binding([.backTab], .previousScreen, "previous screen", help: "Go to the previous screen"),
    Binding(["?"], .help, "help", help: "List every key; type to search"),
    Binding([":"], .palette, "command", help: "Search commands by name"),
    Binding(["Y"], .copyCommand, "copy command", help: "Copy the command line that does the same, over SSH as well") {
      $0.lastCommand == nil ? $0.commandSource.obstacle : nil
    },
    Binding([.control("l")], .redraw, "redraw", help: "Draw the screen again"),
    Binding([.control("z")], .suspend, "suspend", help: "Back to the shell; fg returns here"),
    Binding(["q", .control("c")], .quit, "quit", help: "Quit; runs keep running"),
  ]

  package static func bindings(of screen: ScreenName) -> [Binding] {
    switch screen {
    case .tree: TreeScreen.bindings
    case .runs: RunsScreen.bindings
    case .neighbors: NeighborsScreen.bindings
    case .library: LibraryScreen.bindings
    case .comparison: ComparisonScreen.bindings
    case .evaluation: EvaluationScreen.bindings
    case .studies: StudiesScreen.bindings
    }
  }

  /// Everything that can be asked for on `screen`.
  package static func all(on screen: ScreenName) -> [Binding] { bindings(of: screen) + everywhere }

  package static func binding(for key: Key, on screen: ScreenName) -> Binding? { byKey[screen]?[key] }

  package static func binding(for action: Action) -> Binding? { byAction[action] }

  // Looked up at every key press.
  private static let byKey: [ScreenName: [Key: Binding]] = {
    let tables = ScreenName.allCases.map { screen in
      let entries = all(on: screen).flatMap { binding in binding.keys.map { ($0, binding) } }
      return (screen, Dictionary(entries) { first, _ in first })
    }
    return Dictionary(uniqueKeysWithValues: tables)
  }()

  private static let byAction: [Action: Binding] = {
    let table = ScreenName.allCases.flatMap { bindings(of: $0) } + everywhere
    return Dictionary(table.map { ($0.action, $0) }) { first, _ in first }
  }()
}
