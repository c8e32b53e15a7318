import Taxonomy

/// The screens, in the order of their tabs.
package enum ScreenName: String, CaseIterable, Sendable, Codable {
  case tree, runs, neighbors

  package var title: String {
    switch self {
    case .tree: "Tree"
    case .runs: "Runs"
    case .neighbors: "Neighbours"
    }
  }
}

/// Everything that the program shows is a function of this.
package struct AppState: Sendable {
  package var session: Session
  package var screen: ScreenName
  package var tree: TreeScreen
  package var runs: RunsScreen
  package var neighbors: NeighborsScreen
  /// Help or the command palette, over everything else.
  package var finder: Finder?
  /// One message to the user, until the next key.
  package var notice: Notice?

  package init(session: Session, screen: ScreenName = .tree) {
    self.session = session
    self.screen = screen
    tree = TreeScreen()
    runs = RunsScreen()
    neighbors = NeighborsScreen()
  }
}

package struct Notice: Equatable, Sendable {
  package enum Kind: Sendable {
    case done, problem
    /// A key that does nothing just now, and why.
    case unavailable
  }
  package var kind: Kind
  package var text: String

  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What a key or a palette entry does.
package enum Action: Hashable, Sendable {
  case show(ScreenName)
  case nextScreen, previousScreen
  case help, palette, redraw, suspend, quit
  case tree(TreeScreen.Action)
  case runs(RunsScreen.Action)
  case neighbors(NeighborsScreen.Action)
}

/// Everything that can happen to the program.
package enum Message: Sendable {
  case started
  case key(Key)
  case mouse(Mouse)
  case resized(Size)
  case perform(Action)
  case notice(Notice)
  case problem(Problem)
  /// Edits may have paused: `edit` is the number of the last one then.
  case keepDraft(edit: Int)
  case tree(TreeScreen.Event)
  case runs(RunsScreen.Event)
  case neighbors(NeighborsScreen.Event)
}

/// Everything that the program can ask for in return.
package enum Effect: Sendable {
  case quit, suspend
  /// Draw every cell again: something else wrote over the screen.
  case redraw
  /// Applied at once, before the next frame: how one screen speaks to another.
  case send(Message)
  /// Applied after a while: how a screen looks again at something that changes.
  case later(milliseconds: Int, Message)
  case tree(TreeScreen.Work)
  case runs(RunsScreen.Work)
  case neighbors(NeighborsScreen.Work)
}
