import CNcurses
import Glibc
import Taxonomy

/// What can come from the terminal.
package enum TerminalEvent: Equatable {
  case key(Key)
  case mouse(Mouse)
  case resized(Size)
  /// The session ended (SIGHUP), or the program was asked to end (SIGTERM, SIGINT).
  case leave(signal: Int32)
  /// The terminal is gone.
  case lost
  case suspend
}

/// The terminal, through ncurses: keys and signals in, canvases out. One thread owns it; while it exists, nothing else may
/// write to standard output.
package final class Terminal {
  /// What the terminal can show.
  package let look: Look
  package private(set) var size: Size
  /// Something the user should know: the terminal was unknown and another's description is used.
  let warning: String?

  /// What an unknown terminal most likely understands, the likeliest first.
  private static let commonTerminals: [String] = ["xterm-256color", "xterm", "vt100"]

  private let signals: Pipe
  private let takesClipboard: Bool
  let isInTmux: Bool
  private let palette: Palette
  private var shown: Canvas?
  private var pace = PicturePace()
  /// Whether pictures of the last frame are still to be sent: the frame is to be drawn again when the terminal has answered, or at the deadline.
  private var isBehind = false

  /// - Throws: a ``Problem`` where standard input or output is no terminal, or none that can be drawn on.
  package init(color: ColorDepth?, ascii: Bool, environment: [String: String]) throws(Problem) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      throw Problem(
        "cannot open the screen", expected: "a terminal", found: "input or output that is none",
        advice: "run `imagenet-tui --help` for the commands that work without one")
    }
    cn_be_quick()
    let isUTF8 = Self.setLocaleIsUTF8()
    let name = environment["TERM"] ?? ""
    takesClipboard = Clipboard.isUnderstood(by: name)
    isInTmux = environment["TMUX"]?.isEmpty == false
    signals = try Pipe()
    cn_route_signals(signals.writeEnd)
    let wished = ColorDepth.wished(option: color, environment: environment)
    let wantsExact = wished == .trueColor && (color == .trueColor || ColorDepth.isExact(environment: environment))
    if name != "dumb" && !name.isEmpty && cn_open(name, wantsExact) {
      warning = nil
    } else if name != "dumb", let other = Self.commonTerminals.first(where: { cn_open($0, wantsExact) }) {
      warning = "terminal \(name.isEmpty ? "not named (TERM is empty)" : "“\(printable(name))” unknown"); shown as \(other)"
    } else {
      throw Problem(
        "cannot open the screen", at: "TERM=\(name)", expected: "a terminal that can move its cursor",
        advice: "set TERM (xterm-256color suits most), or run `imagenet-tui --help` for the commands")
    }
    atexit { cn_close() }
    palette = Palette(depth: wished, colors: Int(cn_colors()))
    // Where the C library does not know their width, they would come out as question marks.
    let hasSextants = Look.knowsSextants(environment: environment) && cn_has_width(0x1FB00, 1)
    look = Look(glyphs: ascii || !isUTF8 ? .ascii : .unicode, colors: palette.depth, hasSextants: hasSextants)
    size = Self.windowSize()
  }

  /// Gives the terminal back as it was.
  package func close() {
    takeLastAnswer()
    cn_close()
  }

  /// Whoever has the terminal next is not to find an answer among the keys.
  private func takeLastAnswer() {
    while pace.isWaiting(at: .now) {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&input, 1, 300) > 0, nextInput() != nil else { return }
    }
  }

  var signalDescriptor: Int32 { signals.readEnd }

  /// When to draw the same frame again, if nothing happens before: the rest of its pictures is then due.
  package var pictureDeadline: ContinuousClock.Instant? { isBehind ? pace.deadline : nil }

  /// Sends what differs from the last frame, nothing at all where nothing does: text and lines first, then as much of the pictures as
  /// ``PicturePace`` allows. What is missing of them is blank, and comes with the next calls.
  package func draw(_ canvas: Canvas) {
    if cn_forget_colors() || shown?.size != canvas.size { shown = nil }
    let changed = canvas.parts(besides: shown)
    let held = canvas.pictures(in: changed, besides: shown)
    isBehind = !held.isEmpty
    guard isBehind else { return send(canvas, changed) }
    var frame = canvas
    for (_, places) in held { frame.blank(places) }
    send(frame, changed)
    let now = ContinuousClock.now
    if let deadline = pace.deadline, now >= deadline { pace.giveUp() }
    var left = pace.allowance(at: now)
    guard left > 0 else { return }
    let sent = held.prefix { _, places in
      defer { left -= min(left, places.count) }
      return left > 0
    }
    for (row, _) in sent { frame.copy(row: row, of: canvas) }
    send(frame, sent.map { Canvas.Part(row: $0.row, columns: 0..<canvas.size.columns) })
    isBehind = sent.count < held.count
    if isBehind, cn_ask() { pace.ask(at: now) }
  }

  /// Sends what differs in `parts`, and the cursor.
  private func send(_ canvas: Canvas, _ parts: [Canvas.Part]) {
    guard !parts.isEmpty || shown.map({ !$0.hasCursor(of: canvas) }) ?? true else { return }
    for part in parts { put(canvas.row(part.row).dropFirst(part.columns.lowerBound).prefix(part.columns.count), part) }
    cn_flush(Int32(canvas.cursor?.row ?? -1), Int32(canvas.cursor?.column ?? -1))
    shown = canvas
  }

  /// The next frame is sent whole.
  func invalidate() {
    cn_invalidate()
    shown = nil
  }

  /// Stops the process until it is continued.
  func suspend() {
    takeLastAnswer()
    cn_suspend()
    shown = nil
  }

  /// Sends `text` to the clipboard of whoever sits at the terminal. Whether it arrived, no terminal tells.
  /// - Returns: false where the terminal is known to have none, or does not take the bytes.
  func copy(_ text: String) -> Bool {
    guard takesClipboard else { return false }
    let bytes = Clipboard.sequence(text, isInTmux: isInTmux)
    return cn_send(bytes, Int32(bytes.count))
  }

  /// Everything that has arrived, without waiting. The last of several sizes counts.
  package func takeEvents() -> [TerminalEvent] {
    var events: [TerminalEvent] = []
    for number in signals.drain().map(Int32.init) {
      switch number {
      case SIGWINCH: break
      case SIGTSTP: events.append(.suspend)
      default: events.append(.leave(signal: number))
      }
    }
    let now = Self.windowSize()
    if now != size {
      size = now
      cn_resize(Int32(now.rows), Int32(now.columns))
      shown = nil
      events.append(.resized(now))
    }
    while let input = nextInput() { if let event = input { events.append(event) } }
    return events
  }

  /// Nil at the end of the input, `.some(nil)` for what means nothing here.
  private func nextInput() -> TerminalEvent?? {
    var character: UInt32 = 0
    let kind = Int(cn_next_key(&character))
    if kind == CN_KEY_NONE { return nil }
    if kind == CN_KEY_ANSWER {
      pace.answered(at: .now)
      return .some(nil)
    }
    if kind == CN_KEY_MOUSE { return .some(mouse().map { .mouse($0) }) }
    return .some(key(kind, character).map { .key($0) })
  }

  private func mouse() -> Mouse? {
    var (kind, row, column): (Int32, Int32, Int32) = (0, 0, 0)
    guard cn_mouse(&kind, &row, &column) else { return nil }
    let kinds: [Int: Mouse.Kind] = [
      CN_MOUSE_CLICK: .click, CN_MOUSE_WHEEL_UP: .wheelUp, CN_MOUSE_WHEEL_DOWN: .wheelDown,
    ]
    return kinds[Int(kind)].map { Mouse($0, row: Int(row), column: Int(column)) }
  }

  private func key(_ kind: Int, _ character: UInt32) -> Key? {
    switch kind {
    case CN_KEY_CHARACTER: return Key(terminalInput: character)
    case CN_KEY_UP: return .up
    case CN_KEY_DOWN: return .down
    case CN_KEY_LEFT: return .left
    case CN_KEY_RIGHT: return .right
    case CN_KEY_HOME: return .home
    case CN_KEY_END: return .end
    case CN_KEY_PAGE_UP: return .pageUp
    case CN_KEY_PAGE_DOWN: return .pageDown
    case CN_KEY_ENTER: return .enter
    case CN_KEY_BACKSPACE: return .backspace
    case CN_KEY_DELETE: return .delete
    case CN_KEY_BACK_TAB: return .backTab
    default: return nil
    }
  }

  private func put(_ cells: ArraySlice<Cell>, _ part: Canvas.Part) {
    var line: [cn_cell] = []
    line.reserveCapacity(cells.count)
    for cell in cells where !cell.isCovered {
      let entry = palette.entry(cell.style)
      var out = cn_cell()
      out.foreground = Int32(entry.foreground)
      out.background = Int32(entry.background)
      out.attributes = UInt32(entry.attributes.rawValue) | (entry.isDim ? UInt32(CN_DIM) : 0)
      let width: Int32 = cellWidth(cell.scalar) == .wide ? 2 : 1
      if cell.scalar.isASCII || cn_has_width(cell.scalar.value, width) {
        out.text.0 = cell.scalar.value
        withUnsafeMutableBytes(of: &out.text) { text in
          let scalars = text.bindMemory(to: UInt32.self)
          var place = 0
          for mark in cell.marks where cn_has_width(mark.value, 0) {
            place += 1
            scalars[place] = mark.value
          }
        }
        line.append(out)
      } else {
        // The C library and the canvas disagree: keep the columns, lose the character.
        out.text.0 = UInt32(UInt8(ascii: "?"))
        for _ in 0..<width { line.append(out) }
      }
    }
    cn_put(Int32(part.row), Int32(part.columns.lowerBound), line, Int32(line.count))
  }

  private static func windowSize() -> Size {
    var (rows, columns): (Int32, Int32) = (0, 0)
    cn_window_size(&rows, &columns)
    return Size(rows: Int(rows), columns: Int(columns))
  }

  /// Takes the user's locale, and tells whether it is UTF-8; where it is none that exists here, C.UTF-8 if it names UTF-8 (a common mishap over SSH).
  private static func setLocaleIsUTF8() -> Bool {
    if setlocale(LC_CTYPE, "") == nil {
      let named = (["LC_ALL", "LC_CTYPE", "LANG"] as [String]).compactMap { name in
        getenv(name).map { String(cString: $0) }
      }.first { !$0.isEmpty } ?? ""
      if named.lowercased().filter({ $0 != "-" }).hasSuffix("utf8") { setlocale(LC_CTYPE, "C.UTF-8") }
    }
    return String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8"
  }
}

extension Key {
  /// A character as ncurses delivers it in raw mode; nil for those that stand for nothing.
  init?(terminalInput value: UInt32) {
    switch value {
    case 9: self = .tab
    case 10, 13: self = .enter
    case 27: self = .escape
    case 8, 127: self = .backspace
    case 1...26: self = .control(Character(Unicode.Scalar(UInt8(96 + value))))
    case 32...:
      guard let scalar = Unicode.Scalar(value), cellWidth(scalar) != .control else { return nil }
      self = .character(Character(scalar))
    default: return nil
    }
  }
}
