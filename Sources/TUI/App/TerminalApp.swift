import Basics
import Files
import FoundationEssentials
import Glibc

/// How the screens are opened.
public struct TerminalAppOptions: Sendable {
  /// The program's name and version, kept with the runs that are launched.
  public var program: String
  public var home: Home
  /// The folder of WordNet's files, where the user named one.
  public var wordNet: String?
  public var dataset: String
  /// `auto`, `none`, `16`, `256` or `true`.
  public var color: String
  /// Draw with ASCII characters only.
  public var ascii: Bool
  /// The options that every command needs as well, so that it works on the same: `--home DIR`.
  public var shared: [String]

  public init(
    program: String, home: Home, wordNet: String? = nil, dataset: String, color: String = "auto", ascii: Bool = false,
    shared: [String] = []
  ) {
    self.program = program
    self.home = home
    self.wordNet = wordNet
    self.dataset = dataset
    self.color = color
    self.ascii = ascii
    self.shared = shared
  }
}

extension TerminalAppOptions {
  fileprivate func runner(on dataset: String) throws(Problem) -> EffectRunner {
    try EffectRunner(environment: Environment(program: program, home: home, wordNet: wordNet, dataset: dataset))
  }
}

/// Opens the screens and returns when the user leaves. Trainings that run keep running.
/// - Throws: a ``Problem`` where there is no terminal that can be drawn on, or an option is wrong.
public func runTerminalApp(_ options: TerminalAppOptions) throws(Problem) {
  let environment = ProcessInfo.processInfo.environment
  let color = ColorDepth(rawValue: options.color)
  guard color != nil || options.color == "auto" else {
    throw Problem(
      "wrong option", at: "--color", expected: "auto, " + ColorDepth.allCases.map(\.rawValue).joined(separator: ", "),
      found: options.color, kind: .usage)
  }
  let runner = try options.runner(on: options.dataset)
  let terminal = try Terminal(color: color, ascii: options.ascii, environment: environment)
  var app = TerminalApp(terminal: terminal, runner: runner, options: options)
  let signal = app.run()
  terminal.close()
  if let signal {
    // Whoever waits for this process learns what ended it.
    Glibc.signal(signal, SIG_DFL)
    raise(signal)
  }
}

/// The loop: waits for keys, signals and work that came back, applies them all, and then draws once.
private struct TerminalApp {
  let terminal: Terminal
  private(set) var runner: EffectRunner
  let options: TerminalAppOptions
  var state: AppState
  var isRunning = true
  /// What ended the loop, where a signal did.
  var endedBy: Int32?
  /// Work that was asked for since the last frame. It begins when the answer to the key is on its way.
  var asked: [Effect] = []
  var timers: [(due: ContinuousClock.Instant, message: Message)] = []

  init(terminal: Terminal, runner: EffectRunner, options: TerminalAppOptions) {
    self.terminal = terminal
    self.runner = runner
    self.options = options
    state = Self.state(on: options.dataset, terminal, options)
  }

  private static func state(on dataset: String, _ terminal: Terminal, _ options: TerminalAppOptions) -> AppState {
    var state = AppState(session: Session(dataset: dataset, look: terminal.look, size: terminal.size))
    state.session.options = options.shared
    return state
  }

  /// Leaves the screens of one dataset as they are, for the next time, and opens those of another.
  private mutating func open(_ dataset: String) {
    remember()
    do throws(Problem) {
      runner = try options.runner(on: dataset)
    } catch {
      return apply(.problem(error))
    }
    (asked, timers) = ([], [])
    state = Self.state(on: dataset, terminal, options)
    apply(.started)
  }

  private func remember() {
    state.remembered?.write(state.session.dataset, options.home)
    state.runs.remembered?.write(options.home)
  }

  mutating func run() -> Int32? {
    apply(.started)
    // The tree need not wait for the first frame.
    startWork()
    if let warning = terminal.warning { apply(.notice(Notice(.problem, warning))) }
    while isRunning {
      if !terminal.isPasting { terminal.draw(view(state)) }
      startWork()
      wait()
      handle(terminal.takeEvents())
      for message in runner.takeDelivered() { apply(message) }
      let now = ContinuousClock.now
      let due = timers.filter { $0.due <= now }
      timers.removeAll { $0.due <= now }
      for timer in due { apply(timer.message) }
    }
    remember()
    return endedBy
  }

  private mutating func apply(_ message: Message) {
    for effect in advance(&state, message) {
      switch effect {
      case .quit: isRunning = false
      case .suspend: terminal.suspend()
      case .redraw: terminal.invalidate()
      case .copy(let text):
        guard terminal.copy(text) else {
          apply(.notice(Notice(.problem, "This terminal has no clipboard: \(printable(text))")))
          continue
        }
        let done = terminal.isInTmux ? "Copied, if tmux has set-clipboard on" : "Copied"
        apply(.notice(Notice(.done, "\(done): \(printable(text))")))
      case .open(let dataset): open(dataset)
      case .later(let milliseconds, let message):
        timers.append((ContinuousClock.now + .milliseconds(milliseconds), message))
      default: asked.append(effect)
      }
    }
  }

  private mutating func startWork() {
    for effect in asked { runner.start(effect) }
    asked = []
  }

  private mutating func handle(_ events: [TerminalEvent]) {
    var pasted = PastedKeys(events.map { if case .key(let key) = $0 { key } else { nil } })
    var place = 0
    while place < events.count {
      if let (text, end) = pasted.text(from: place, state) {
        apply(.key(.paste(text)))
        place = end
      } else {
        handle(events[place])
        place += 1
      }
    }
  }

  private mutating func handle(_ event: TerminalEvent) {
    switch event {
    case .key(let key): apply(.key(key))
    case .paste(let text): apply(.key(.paste(text)))
    case .mouse(let mouse): apply(.mouse(mouse))
    case .resized(let size): apply(.resized(size))
    case .suspend: terminal.suspend()
    case .lost: isRunning = false
    case .leave(let signal):
      isRunning = false
      endedBy = signal
    }
  }

  /// Sleeps until something happens or a timer is due.
  private mutating func wait() {
    var descriptors = [STDIN_FILENO, terminal.signalDescriptor, runner.wakeUp.readEnd].map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    var timeout: Int32 = -1
    if let next = (timers.map(\.due) + [terminal.pictureDeadline, terminal.inputDeadline].compactMap { $0 }).min() {
      let left = (next - ContinuousClock.now).components
      timeout = max(0, Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1))
    }
    poll(&descriptors, nfds_t(descriptors.count), timeout)
  }
}
