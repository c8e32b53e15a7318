import Basics

/// A screen: its own state, what its keys do, what its work brings back, and how it looks.
///
/// To plug one in: a folder `Screens/<Name>/` with a type that conforms; a case in ``ScreenName``, ``Action``, ``Message`` and
/// ``Effect``; a property in ``AppState``; its bindings in ``KeyTable``; and a line in each `switch` that the compiler then
/// asks for (`Update.swift`, `View.swift`, `EffectRunner.swift`).
/// What can be clicked says so where it is drawn (`Canvas.onClick`).
///
/// All of it is pure. What takes time (files, decoding, searches) is a value of ``Work`` inside an ``Effect``, runs on a
/// thread of its own, and comes back as an ``Event`` inside a ``Message``.
package protocol Screen: Sendable {
  associatedtype Action: Hashable, Sendable
  associatedtype Event: Sendable
  associatedtype Work: ScreenWork

  /// The keys of this screen, in the order in which help lists them and the footer takes what fits.
  static var bindings: [Binding] { get }

  /// Shown at the right of the header: what the screen is about.
  func headline(_ session: Session) -> [Span]
  /// Not nil while the screen takes every key itself (text is typed, a menu, form or question is open): what the footer then
  /// says.
  var capture: [KeyHint]? { get }

  /// The command line that gives what the screen shows.
  func command(_ session: Session) -> CommandSource
  /// The program started: what to fetch first.
  mutating func started(_ session: Session) -> [Effect]
  /// The user came to this screen.
  mutating func appeared(_ session: Session) -> [Effect]
  /// A key or a palette entry asked for `action`; it is available.
  mutating func perform(_ action: Action, _ session: Session) -> [Effect]
  /// A key while ``capture`` is not nil.
  mutating func take(_ key: Key, _ session: Session) -> [Effect]
  /// The entry with this number of the screen's list was clicked, while ``capture`` is nil.
  mutating func pick(_ index: Int, _ session: Session) -> [Effect]
  /// Work came back, or another screen sent something.
  mutating func receive(_ event: Event, _ session: Session) -> [Effect]
  /// What `key` has to wait for, in words; nil where it can act. Keys queue behind one that waits.
  /// - Parameters:
  ///   - action: what it asks for; nil while ``capture`` takes it, and for what is everywhere.
  ///   - underWay: the work of this screen that keys may have to wait for (``ScreenWork/awaited``).
  func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String?
  /// Nobody waits any more for what is under way.
  mutating func giveUp()
  func draw(on canvas: inout Canvas, in area: Rect, _ session: Session)
}

extension Screen {
  package var capture: [KeyHint]? { nil }
  package mutating func started(_ session: Session) -> [Effect] { [] }
  package mutating func appeared(_ session: Session) -> [Effect] { [] }
  package mutating func take(_ key: Key, _ session: Session) -> [Effect] { [] }
  package mutating func pick(_ index: Int, _ session: Session) -> [Effect] { [] }
  package func awaited(by key: Key, doing action: Action?, _ underWay: Set<String>) -> String? { underWay.first }
  package mutating func giveUp() {}
}

/// Where a screen has the command line from that does the same in a shell.
package enum CommandSource: Sendable {
  /// There is none just now, and why.
  case none(String)
  /// It is made when somebody asks for it.
  case made(@Sendable () throws(Problem) -> ShellCommand)
  /// It has to be read first, and is sent then.
  case fetched(Effect)

  package var obstacle: String? { if case .none(let reason) = self { reason } else { nil } }

  var effects: [Effect] {
    switch self {
    case .none: return []
    case .fetched(let effect): return [effect]
    case .made(let make):
      do throws(Problem) {
        return [.send(.copy(try make()))]
      } catch {
        return [.send(.problem(error))]
      }
    }
  }
}

/// Something that a screen wants done beside the terminal's thread.
package protocol ScreenWork: Sendable {
  /// Runs on a background thread; `send` may be called any number of times.
  /// - Throws: a ``Problem``, which the user is shown.
  func run(in environment: Environment, send: @Sendable (Message) -> Void) throws(Problem)
  /// What it is to keys of its screen, whose meaning it decides: "the search"; nil where no key need wait for it.
  var awaited: String? { get }
}

extension ScreenWork {
  package var awaited: String? { nil }
}

/// What all screens share: where they are.
package struct Session: Equatable, Sendable {
  /// The name of the dataset that the program was opened on.
  package var dataset: String
  package var look: Look
  /// The whole terminal.
  package var size: Size
  /// The options that every command needs to find what the screens show: `--home DIR`, where one was given.
  package var options: [String] = []

  package init(dataset: String, look: Look, size: Size) {
    self.dataset = dataset
    self.look = look
    self.size = size
  }

  /// The part that a screen draws into: all but header and footer.
  package var body: Rect { Rect(row: 1, column: 0, rows: size.rows - 2, columns: size.columns) }
}

/// A piece of a line in one style.
package struct Span: Equatable, Sendable {
  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }
}

/// A key and what it does, for the footer.
package struct KeyHint: Equatable, Sendable {
  package var key: String
  package var title: String
  package var isAvailable: Bool

  package init(_ key: String, _ title: String, isAvailable: Bool = true) {
    self.key = key
    self.title = title
    self.isAvailable = isAvailable
  }
}
