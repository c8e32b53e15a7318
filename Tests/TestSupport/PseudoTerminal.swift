import Files
import Glibc

/// A program running on a terminal of its own: keys in, screen out. Its session ends with this object.
public final class PseudoTerminal {
  /// What the program drew.
  public let screen: VirtualTerminal
  /// Everything that the program wrote, since the last ``forgetOutput()``.
  public private(set) var output: [UInt8] = []
  public let process: pid_t
  /// Whether the terminal answers queries, as all but the plainest do.
  public var answers = true
  /// How much is read a second, as a slow line does; nil: at once.
  public var bytesPerSecond: Int?
  private var lineIsFree = 0.0
  private var master: Int32
  private var status: Int32?

  /// How long something that should happen at once may take on a busy machine.
  public static let patience = 240.0

  /// Runs `arguments` (the first is the program's path) with exactly `environment`.
  public init(_ arguments: [String], environment: [String: String], rows: Int = 24, columns: Int = 80) throws {
    screen = VirtualTerminal(rows: rows, columns: columns)
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (lock, number): (Int32, Int32) = (0, 0)
    guard master >= 0, ioctl(master, Self.setLock, &lock) == 0, ioctl(master, Self.getNumber, &number) == 0 else {
      throw Failure(what: "no pseudo-terminal: \(String(cString: strerror(errno)))")
    }
    let name = "/dev/pts/\(number)"
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    self.master = master
    Self.setSize(master, rows, columns)

    let (process, code) = ChildProcess.start(
      arguments[0], arguments: arguments, environment: environment, inNewSession: true
    ) { files in
      // Opened by the leader of a new session, the terminal becomes that session's.
      posix_spawn_file_actions_addopen(&files, 0, name, O_RDWR, 0)
      posix_spawn_file_actions_adddup2(&files, 0, 1)
      posix_spawn_file_actions_adddup2(&files, 0, 2)
    }
    self.process = process
    guard code == 0 else { throw Failure(what: "cannot run \(arguments[0]): \(String(cString: strerror(code)))") }
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    hangUp()
  }

  public struct Failure: Error, CustomStringConvertible {
    var what: String
    public var description: String { what }
  }

  // MARK: In

  /// Sends keys as bytes: `"q"`, `"\u{1b}[A"` (↑), `"\u{3}"` (^C).
  public func type(_ keys: String) { type(Array(keys.utf8)) }

  public func type(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// A press and release of a button (4 and 5: the wheel), as the terminal reports it.
  /// - Returns: whether it does.
  @discardableResult
  public func click(row: Int, column: Int, button: Int = 1) -> Bool {
    let bytes = screen.click(row: row, column: column, button: button)
    type(bytes)
    return !bytes.isEmpty
  }

  /// Pastes as the terminal does: between marks, where the program has asked for them.
  /// - Returns: whether it has.
  @discardableResult
  public func paste(_ text: String) -> Bool {
    let mark = screen.pasteMark(isStart: true)
    type(mark + Array(text.utf8) + screen.pasteMark(isStart: false))
    return !mark.isEmpty
  }

  public func resize(rows: Int, columns: Int) {
    screen.resize(rows: rows, columns: columns)
    Self.setSize(master, rows, columns)
  }

  public func send(signal: Int32) { kill(process, signal) }

  /// Closes the terminal, as a lost connection does.
  public func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }

  // MARK: Out

  /// Waits until the screen satisfies `condition`.
  /// - Returns: whether it did, before the program ended or patience did.
  public func wait(seconds: Double = patience, until condition: (VirtualTerminal) -> Bool) -> Bool {
    let end = Self.now + seconds
    while !condition(screen) {
      let left = end - Self.now
      guard left > 0, receive(seconds: left) else { return condition(screen) }
    }
    return true
  }

  public func wait(for text: String, seconds: Double = patience) -> Bool {
    wait(seconds: seconds) { $0.text.contains(text) }
  }

  /// Takes what the program writes until it has been silent for a while.
  public func settle(silence: Double = 0.3) {
    while receive(seconds: silence) {}
  }

  public func forgetOutput() { output = [] }

  /// The bytes that a key costs until the screen has changed, before what follows when the cursor rests; nil where nothing changed.
  public func cost(of key: String, silence: Double = 0.3) -> Int? {
    forgetOutput()
    let before = screen.text
    type(key)
    let hasChanged = wait { $0.text != before }
    defer { settle(silence: silence) }
    return hasChanged ? output.count : nil
  }

  /// One read. False where nothing came in time, or nothing will.
  @discardableResult
  public func receive(seconds: Double) -> Bool {
    guard master >= 0 else { return false }
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, Int32(max(0, seconds * 1000).rounded(.up))) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: bytesPerSecond == nil ? 1 << 16 : 200)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    if let bytesPerSecond {
      lineIsFree = max(lineIsFree, Self.now) + Double(count) / Double(bytesPerSecond)
      usleep(UInt32(max(0, lineIsFree - Self.now) * 1e6))
    }
    output += buffer[0..<count]
    screen.write(buffer[0..<count])
    let answer = screen.takeAnswer()
    if answers, !answer.isEmpty { type(answer) }
    return true
  }

  /// Whether the terminal is as a shell wants it: lines, echo, signals, not the full screen, cursor shown, neither mouse nor pastes reported.
  public var isRestored: Bool {
    var modes = termios()
    guard tcgetattr(master, &modes) == 0 else { return false }
    let wanted = tcflag_t(ICANON | ECHO | ISIG)
    return modes.c_lflag & wanted == wanted && !screen.isFullScreen && screen.cursor.isVisible
      && screen.click(row: 0, column: 0, button: 1).isEmpty && screen.pasteMark(isStart: true).isEmpty
  }

  /// Waits until a shell with this prompt has the terminal again. Earlier, a Return would still reach the terminal as the program left it, as no end of a line.
  public func wait(forPrompt prompt: String) -> Bool {
    wait { !$0.isFullScreen && $0.text.split(separator: "\n").last.map(String.init) == prompt }
  }

  // MARK: Ends

  /// How the program ended: its exit code, or the signal that ended it as a negative number; nil while it runs on.
  public func waitForExit(seconds: Double = patience) -> Int? {
    let end = Self.now + seconds
    while Self.now < end {
      if let status { return Self.code(status) }
      var status: Int32 = 0
      // Someone must read what the program still writes, or it never ends.
      _ = receive(seconds: 0.01)
      if waitpid(process, &status, WNOHANG) == process {
        while receive(seconds: 0) {}
        self.status = status
      } else if master < 0 {
        usleep(10_000)
      }
    }
    return status.map(Self.code)
  }

  /// Waits until the program is stopped, as by ^Z.
  public func waitForStop(seconds: Double = patience) -> Bool {
    let end = Self.now + seconds
    while Self.now < end {
      _ = receive(seconds: 0.01)
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG | WUNTRACED) == process {
        guard status & 0xFF == 0x7F else {
          self.status = status
          return false
        }
        return true
      }
    }
    return false
  }

  private static func code(_ status: Int32) -> Int {
    status & 0x7F == 0 ? Int(status >> 8 & 0xFF) : -Int(status & 0x7F)
  }

  // Linux's TIOCSPTLCK and TIOCGPTN: what posix_openpt's companions do, which Swift's Glibc lacks.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  private static func setSize(_ descriptor: Int32, _ rows: Int, _ columns: Int) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
  }

  /// Seconds that pass evenly.
  public static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
