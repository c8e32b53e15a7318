import Basics

/// The screens, in the order of their tabs.
package enum ScreenName: String, CaseIterable, Sendable, Codable {
  case tree, runs, neighbors, library, evaluation, studies
  /// Belongs to the library.
  case comparison

  package var title: String {
    switch self {
    case .tree: "Tree"
    case .runs: "Runs"
    case .neighbors: "Neighbours"
    case .library: "Label sets"
    case .evaluation: "Evaluation"
    case .studies: "Studies"
    case .comparison: "Compare"
    }
  }

  /// Where there is little room.
  package var shortTitle: String {
    switch self {
    case .neighbors: "Near"
    case .library: "Sets"
    case .evaluation: "Eval"
    case .studies: "Study"
    default: title
    }
  }

  /// Those that have a tab of their own.
  package static let tabs = allCases.filter { $0.tab == $0 }

  /// The screen whose tab stands for this one.
  package var tab: ScreenName { self == .comparison ? .library : self }
}

/// Everything that the program shows is a function of this.
package struct AppState: Sendable {
  package var session: Session
  package var screen: ScreenName
  /// The screens that Esc goes back to, the last one first to be; each once.
  package var trail: [ScreenName] = []
  package var tree: TreeScreen
  package var runs: RunsScreen
  package var neighbors: NeighborsScreen
  package var library: LibraryScreen
  package var comparison: ComparisonScreen
  package var evaluation: EvaluationScreen
  package var studies: StudiesScreen
  /// Help or the command palette, over everything else.
  package var finder: Finder?
  /// Keys that wait for work under way.
  package var ahead = TypedAhead()
  /// One message to the user, until the next key.
  package var notice: Notice?
  /// The command of the message that this key takes away: it is what was just done.
  var lastCommand: ShellCommand?

  package init(session: Session, screen: ScreenName = .tree) {
    self.session = session
    self.screen = screen
    tree = TreeScreen()
    runs = RunsScreen()
    neighbors = NeighborsScreen()
    library = LibraryScreen()
    comparison = ComparisonScreen()
    evaluation = EvaluationScreen()
    studies = StudiesScreen()
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
  /// The command that does what was done.
  package var command: ShellCommand?

  package init(_ kind: Kind, _ text: String, sameAs command: ShellCommand? = nil) {
    self.kind = kind
    self.text = text
    self.command = command
  }
}

/// What a key or a palette entry does.
package enum Action: Hashable, Sendable {
  case show(ScreenName)
  case nextScreen, previousScreen
  case help, palette, copyCommand, redraw, suspend, quit
  case tree(TreeScreen.Action)
  case runs(RunsScreen.Action)
  case neighbors(NeighborsScreen.Action)
  case library(LibraryScreen.Action)
  case comparison(ComparisonScreen.Action)
  case evaluation(EvaluationScreen.Action)
  case studies(StudiesScreen.Action)
}

extension Action {
  /// The screen that does it; nil for what is everywhere.
  var screen: ScreenName? {
    switch self {
    case .tree: .tree
    case .runs: .runs
    case .neighbors: .neighbors
    case .library: .library
    case .comparison: .comparison
    case .evaluation: .evaluation
    case .studies: .studies
    case .show, .nextScreen, .previousScreen, .help, .palette, .copyCommand, .redraw, .suspend, .quit: nil
    }
  }
}

/// Everything that can happen to the program.
package enum Message: Sendable {
  case started
  case key(Key)
  /// A key that waits for nothing (any more).
  case act(Key)
  /// Keys wait for that long already; only the latest ticket counts.
  case waited(Int, isTooLong: Bool)
  /// What keys may have waited for is done, or could not be done.
  case finished(Awaited)
  case mouse(Mouse)
  case resized(Size)
  case perform(Action)
  case notice(Notice)
  case problem(Problem)
  /// Put this command line into the terminal's clipboard.
  case copy(ShellCommand)
  /// Go on from where the screens were left, and with the screen that was shown.
  case recall(Places, on: ScreenName = .tree)
  /// Edits may have paused: `edit` is the number of the last one then.
  case keepDraft(edit: Int)
  case tree(TreeScreen.Event)
  case runs(RunsScreen.Event)
  case neighbors(NeighborsScreen.Event)
  case library(LibraryScreen.Event)
  case comparison(ComparisonScreen.Event)
  case evaluation(EvaluationScreen.Event)
  case studies(StudiesScreen.Event)
}

/// Everything that the program can ask for in return.
package enum Effect: Sendable {
  case quit, suspend
  /// Draw every cell again: something else wrote over the screen.
  case redraw
  /// Put this into the terminal's clipboard.
  case copy(String)
  /// Leave this dataset, which keeps its place, and show another.
  case open(dataset: String)
  /// Applied at once, before the next frame: how one screen speaks to another.
  case send(Message)
  /// Applied after a while: how a screen looks again at something that changes.
  case later(milliseconds: Int, Message)
  case tree(TreeScreen.Work)
  case runs(RunsScreen.Work)
  case neighbors(NeighborsScreen.Work)
  case library(LibraryScreen.Work)
  case comparison(ComparisonScreen.Work)
  case evaluation(EvaluationScreen.Work)
  case studies(StudiesScreen.Work)
}
