import Basics
import Files
import FoundationEssentials
import Synchronization
import Taxonomy

/// The screens after keys from a file, played without a terminal: what anybody can repeat.
public struct Replay {
  /// The last frame, without colours.
  public let screen: String
  /// What the tree was folded to; nil where nothing is left in.
  public let labelSet: LabelSet?

  /// Plays the keys of `file` (``KeyScript``). All that a key sets off is done before the next one; nothing that would look again
  /// after a while does, and nothing is remembered for the next start.
  /// - Throws: a ``Problem`` where the file is no key script, or the dataset cannot be opened.
  public init(file: String, _ options: TerminalAppOptions, rows: Int, columns: Int) throws(Problem) {
    let keys = try KeyScript.keys(TextFile(file, "cannot read the keys", advice: "give a file of keys, as `/dog<Enter>c`").text, at: file)
    let environment = Environment(
      program: options.program, home: options.home, wordNet: options.wordNet, dataset: options.dataset)
    let look = Look(glyphs: options.ascii ? .ascii : .unicode, colors: .mono)
    var state = AppState(
      session: Session(dataset: options.dataset, look: look, size: Size(rows: rows, columns: columns)))
    _ = Self.play(.started, &state, environment)
    if case .problem = state.notice?.kind, state.tree.history == nil {
      throw Problem("cannot open the screens", at: options.dataset, found: state.notice?.text)
    }
    state.session.options = options.shared
    for key in keys {
      guard Self.play(.key(key), &state, environment) else { break }
      // Nothing is under way any more: what a key still waits for does not come.
      if let wait = state.wait, !Self.play(.waited(wait, isTooLong: true), &state, environment) { break }
    }
    screen = view(state).text
    labelSet = try? state.tree.history?.labelSet(name: state.tree.history?.name ?? "replayed", dataset: options.dataset)
  }

  /// Applies a message and everything that comes of it. False where the screens were left.
  private static func play(_ message: Message, _ state: inout AppState, _ environment: Environment) -> Bool {
    var pending = [message]
    while !pending.isEmpty {
      for effect in advance(&state, pending.removeFirst()) {
        let delivered = Mutex<[Message]>([])
        let send: @Sendable (Message) -> Void = { message in delivered.withLock { $0.append(message) } }
        switch effect {
        case .quit: return false
        case .tree(.keepDraft): break
        // As nobody left them: the same keys do the same everywhere.
        case .tree(.open(nil)): TreeScreen.Work.open(.name).perform(in: environment, send: send)
        default: effect.work?.perform(in: environment, send: send)
        }
        pending += delivered.withLock { $0 } + (effect.awaited.map { [.finished($0)] } ?? [])
      }
    }
    return true
  }
}
