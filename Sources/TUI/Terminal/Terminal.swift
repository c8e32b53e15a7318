import Basics
import CNcurses
import Glibc

/// What can come from the terminal.
package enum TerminalEvent: Equatable {
  case key(Key)
  case mouse(Mouse)
  /// As it came: with line ends and controls.
  case paste(String)
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
  private static func likely(_ name: String, _ environment: [String: String]) -> [String] {
    let isInside = PicturePace.isLocal(environment: environment.merging(["TERM": name]) { $1 })
    return (isInside ? ["screen-256color", "screen"] : []) + ["xterm-256color", "xterm", "vt100"]
  }

  private let signals: Pipe
  private let takesClipboard: Bool
  let isInTmux: Bool
  private var palette: Palette
  /// Until when the terminal may still say what colour its ground has.
  private var groundDeadline: ContinuousClock.Instant?
  private var shown: Canvas?
  private var pace: PicturePace
  private var input: InputDecoder
  /// Whether pictures of the last frame are still to be sent: the frame is to be drawn again when the terminal has answered, or at the deadline.
  private var isBehind = false

  /// - Throws: a ``Problem`` where standard input or output is no terminal, or none that can be drawn on.
  package init(color: ColorDepth?, ascii: Bool, environment: [String: String], pictureRest: Duration = PicturePace.rest) throws(Problem) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      throw Problem(
        "cannot open the screen", expected: "a terminal", found: "redirected input or output",
        advice: "see `imagenet-tui --help` for commands that work without a terminal")
    }
    cn_be_quick()
    let isUTF8 = Self.setLocaleIsUTF8()
    input = Self.decoder(isUTF8: isUTF8)
    let name = environment["TERM"] ?? ""
    takesClipboard = Clipboard.isUnderstood(by: name)
    pace = PicturePace(isLocal: PicturePace.isLocal(environment: environment), rest: pictureRest)
    isInTmux = environment["TMUX"]?.isEmpty == false
    signals = try Pipe()
    cn_route_signals(signals.writeEnd)
    let wished = ColorDepth.wished(option: color, environment: environment)
    let wantsExact = wished == .trueColor && (color == .trueColor || ColorDepth.isExact(environment: environment))
    if name != "dumb" && !name.isEmpty && cn_open(name, wantsExact) {
      warning = nil
    } else if name != "dumb", let other = Self.likely(name, environment).first(where: { cn_open($0, wantsExact) }) {
      warning = "terminal \(name.isEmpty ? "not named (TERM is empty)" : "“\(printable(name))” unknown"); shown as \(other)"
    } else {
      throw Problem(
        "cannot open the screen", at: "TERM=\(name)", expected: "a terminal that can move its cursor",
        advice: "set TERM (xterm-256color suits most), or see `imagenet-tui --help` for commands that work without")
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
    while pace.isWaiting(at: .now) || groundDeadline.map({ .now < $0 }) ?? false {
      guard case let bytes? = read(milliseconds: 300), !bytes.isEmpty else { return }
      _ = events(input.take(bytes, at: .now))
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
    defer { askForGround() }
    guard isBehind else { return send(canvas, changed) }
    var frame = canvas
    for (_, places) in held { frame.blank(places) }
    send(frame, changed)
    let now = ContinuousClock.now
    let allowance = pace.allowance(at: now)
    guard allowance > 0 else { return }
    let (parts, bytes, isAll) = part(of: held, canvas, most: allowance)
    for part in parts { frame.copy(part, of: canvas) }
    send(frame, parts)
    isBehind = !isAll
    // What follows the last part may come soon, too.
    if pace.send(bytes, at: now) { _ = cn_ask() }
  }

  /// Asked once, behind the first frame. Who does not know the question passes over it (ECMA-48: a command string), and the colours stay those for black.
  private func askForGround() {
    guard groundDeadline == nil, palette.depth >= .palette256 else { return }
    groundDeadline = .now + .seconds(1)
    let question = Array("\u{1B}]11;?\u{1B}\\".utf8)
    _ = cn_send(question, Int32(question.count))
  }

  private func stands(on isLight: Bool) -> TerminalEvent? {
    groundDeadline = .now
    guard isLight != palette.isOnLight else { return nil }
    palette = Palette(depth: palette.depth, colors: palette.colors, isOnLight: isLight)
    shown = nil
    return nil
  }

  /// As many of the cells of pictures, in their order, as cost about so many bytes; one at least.
  private func part(of held: [(row: Int, places: [Int])], _ canvas: Canvas, most: Int) -> (parts: [Canvas.Part], bytes: Int, isAll: Bool) {
    var (parts, bytes) = ([Canvas.Part](), 0)
    for (row, places) in held {
      // To move there.
      bytes += 8
      let start = row * canvas.size.columns
      var last: Palette.Entry?
      for place in places {
        let cell = canvas.cells[place]
        let columns = place - start..<place - start + 1
        guard bytes < most || parts.isEmpty || cell.isCovered else { return (parts, bytes, false) }
        let entry = palette.entry(cell.style)
        bytes += cell.isCovered ? 0 : palette.bytes(entry, after: last) + cell.scalar.utf8.count
        last = entry
        if parts.last?.row == row {
          parts[parts.count - 1].columns = parts[parts.count - 1].columns.lowerBound..<columns.upperBound
        } else {
          parts.append(Canvas.Part(row: row, columns: columns))
        }
      }
    }
    return (parts, bytes, true)
  }

  /// Sends what differs in `parts`, and the cursor.
  private func send(_ canvas: Canvas, _ parts: [Canvas.Part]) {
    guard !parts.isEmpty || shown.map({ !$0.hasCursor(of: canvas) }) ?? true else { return }
    for part in parts { put(canvas.row(part.row), part) }
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
    return events + takeInput()
  }

  /// When something is to be made of what was typed, though nothing follows.
  package var inputDeadline: ContinuousClock.Instant? { input.deadline }
  /// Whether a paste is on its way: nothing is drawn before it is there.
  var isPasting: Bool { input.isPasting }

  private func takeInput() -> [TerminalEvent] {
    var found: [InputDecoder.Input] = []
    var count = 0
    while let bytes = read(milliseconds: count < Self.muchInput ? 0 : Self.muchPatience) {
      guard !bytes.isEmpty else {
        if count == 0 { found += input.expire(at: .now) }
        return events(found)
      }
      count += bytes.count
      found += input.take(bytes, at: .now)
    }
    return events(found) + [.lost]
  }

  /// Nobody types so much: it is a paste, and its next piece is near.
  private static let (muchInput, muchPatience): (Int, Int32) = (1024, 2)

  /// Nil where the terminal is gone.
  private func read(milliseconds: Int32) -> [UInt8]? {
    var count: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, used in
      count = cn_read(buffer.baseAddress, Int32(buffer.count), milliseconds)
      used = Int(max(0, count))
    }
    return count < 0 ? nil : bytes
  }

  private func events(_ inputs: [InputDecoder.Input]) -> [TerminalEvent] {
    inputs.compactMap { input in
      switch input {
      case .key(let key): touched(by: .key(key))
      case .mouse(let mouse): touched(by: .mouse(mouse))
      case .paste(let text): touched(by: .paste(text))
      case .answer: answered()
      case .ground(let isLight): stands(on: isLight)
      }
    }
  }

  private func touched(by event: TerminalEvent) -> TerminalEvent {
    pace.touch(at: .now)
    return event
  }

  private func answered() -> TerminalEvent? {
    pace.answered(at: .now)
    return nil
  }

  private static func decoder(isUTF8: Bool) -> InputDecoder {
    if isUTF8 { return InputDecoder() }
    return InputDecoder { byte in
      var character: UInt32 = 0
      return cn_widen(byte, &character) ? character : nil
    }
  }

  private func put(_ row: ArraySlice<Cell>, _ part: Canvas.Part) {
    let entries = palette.entries(row)
    var line: [cn_cell] = []
    line.reserveCapacity(part.columns.count)
    for (cell, entry) in zip(row, entries).dropFirst(part.columns.lowerBound).prefix(part.columns.count) where !cell.isCovered {
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
