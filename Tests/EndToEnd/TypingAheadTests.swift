import Basics
import Glibc
import LabelSets
import Synchronization
import TUI
import Taxonomy
import TestSupport
import Testing

/// The screens with their real work, on a clock of their own: keys come when they are said to, and work takes as long as it is said to.
private struct Player {
  private let environment: Environment
  /// Milliseconds that every piece of work takes.
  private let delay: Int
  private var state: AppState
  private var now = 0
  private var count = 0
  private var coming: [(time: Int, order: Int, message: Message)] = []

  init(_ home: TinyHome, workTakes delay: Int, _ size: Size = Size(rows: 30, columns: 100)) {
    environment = Environment(program: "test", home: home.home, dataset: "tiny")
    self.delay = delay
    state = AppState(session: Session(dataset: "tiny", look: Look(), size: size))
    take(.started)
  }

  private mutating func add(_ message: Message, after milliseconds: Int) {
    coming.append((now + milliseconds, count, message))
    count += 1
  }

  private mutating func take(_ message: Message) {
    for effect in advance(&state, message) {
      let work: any ScreenWork
      switch effect {
      // Time passing alone changes nothing here.
      case .later(_, .runs(.poll)), .later(_, .library(.poll)), .later(_, .studies(.poll)), .quit, .suspend, .redraw, .copy, .open, .send, .tree(.keepDraft): continue
      case .later(let milliseconds, let message):
        add(message, after: milliseconds)
        continue
      case .tree(let it): work = it
      case .runs(let it): work = it
      case .neighbors(let it): work = it
      case .library(let it): work = it
      case .comparison(let it): work = it
      case .evaluation(let it): work = it
      case .studies(let it): work = it
      }
      let sent = Mutex<[Message]>([])
      do throws(Problem) {
        try work.run(in: environment) { message in sent.withLock { $0.append(message) } }
      } catch {
        sent.withLock { $0.append(.problem(error)) }
      }
      for message in sent.withLock({ $0 }) + (effect.awaited.map { [.finished($0)] } ?? []) { add(message, after: delay) }
    }
  }

  /// Types the keys, so many milliseconds apart, waits until nothing is under way, and says what is seen then.
  mutating func play(_ script: String, gap: Int) throws -> String {
    for (place, key) in try KeyScript.keys(script, at: "script").enumerated() { add(.key(key), after: place * gap) }
    while let next = coming.indices.min(by: { (coming[$0].time, coming[$0].order) < (coming[$1].time, coming[$1].order) }) {
      let event = coming.remove(at: next)
      now = event.time
      take(event.message)
    }
    let classes = state.tree.history?.versions.map { "\($0.title): \($0.cut.partition.count)" }.joined(separator: ", ") ?? ""
    return view(state).text + "\n" + classes
  }
}

@Suite("Who types ahead gets what who waits gets", .serialized)
struct TypingAheadTests {
  private static let scripts = [
    // Search, and what is done with the hit.
    "/dress<Enter>c", "/coat<Enter>n", "/garment<Enter>fJ", "/bag<Down><Enter>vj", "/co<Backspace>oat<Enter>x2",
    // What can be made, and what becomes of it.
    "m<Down><Enter>u", "mj<Right><Enter>c", "mM", "Ms", "m<Down><Down><Enter>-",
    // Saved, listed, opened, compared.
    "-s<C-u>first<Enter>4<Enter>c", "o<Enter>-", "o<Esc>c", "s<C-u>second<Enter>4/second<Enter><Enter>w", "D<Enter>n", "4vvcx", "4d<Enter>DuG", "4r<C-u>third<Enter><Enter>-",
    // The runs, the form, and the way on from there.
    "2G<Enter>", "2<Enter>i<Down>T", "2Gn<Right><Enter>", "2t<Down><Right><Esc>G", "tG<Esc>1c", "2vvd", "2c<Esc><Down>",
    "2e<C-u>kept<Enter>/kept<Enter>G",
    // Neighbours and evaluation.
    "3<Right><Enter>z", "3rmf<Right><Right><Enter>", "3r<Backspace>T-", "5<Down><Enter>", "5<Down>T-", "51234<Tab>G", "3M<Down>",
    // Commands by name.
    ":coll<Enter>", ":search<Enter>coat<Enter>c", "/shoe<Enter>:coll<Enter>",
  ]

  @Test("Every key script ends alike at 0, 1 and 60 ms a key, with work that takes 25 or 120 ms, as for who waits for all of it")
  func scripts() throws {
    let home = try TinyHome()
    for name in ["one", "two"] {
      let program = try home.start(TinyHome.training(name, epochs: 1))
      try #require(program.wait() == 0)
    }
    let store = LabelSetStore(home: home.home)
    let hierarchy = try Environment(program: "test", home: home.home, dataset: "tiny").hierarchy(of: "tiny", .name)
    let set = try LabelSet(name: "two-classes", dataset: "tiny", recipe: [.topDown(rounds: 1)], on: hierarchy)
    for script in Self.scripts {
      func end(gap: Int, workTakes delay: Int) throws -> String {
        for name in store.names() { try store.remove(name) }
        try store.save(set)
        var player = Player(home, workTakes: delay)
        return try player.play(script, gap: gap)
      }
      let expected = try end(gap: 5_000, workTakes: 25)
      for (gap, delay) in [(0, 25), (1, 25), (60, 25), (60, 120)] {
        let found = try end(gap: gap, workTakes: delay)
        let other = zip(found.split(separator: "\n"), expected.split(separator: "\n")).filter { $0 != $1 }.map { "\n  \($0)\n  \($1)" }
        #expect(other.isEmpty, "\(script) at \(gap) ms, work of \(delay) ms; found, expected:\(other.joined())")
      }
    }
  }
}

/// The real program, its own clock, and a terminal between.
@Suite("Typing ahead on a terminal", .serialized)
struct TypingAheadTerminalTests {
  @Test("/dog, Enter, c makes a class of dogs, and of nothing else, at 0, 1 and 60 ms a key", arguments: [0, 1, 60])
  func dog(gap: UInt32) throws {
    let home = TemporaryFolder()
    let terminal = try TerminalTests.open(rows: 30, columns: 100, arguments: ["--dataset", "imagenet-1k"], home: home)
    for key in ["/", "d", "o", "g", "\r", "c"] {
      terminal.type(key)
      usleep(gap * 1000)
    }
    #expect(terminal.wait(for: "883 classes ●edited"), "\(terminal.screen.text)")
    terminal.type("u")
    #expect(terminal.wait { $0.text.contains("1,000 classes") && !$0.text.contains("●edited") })
  }
}
