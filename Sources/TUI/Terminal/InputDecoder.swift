/// Makes keys, clicks and pastes of the bytes that a terminal sends, however they are cut into reads. Pure: time is given.
///
/// It knows the sequences of all terminals at once (ECMA-48, xterm's control sequences), and not those of terminfo's entry alone, for two reasons: the
/// entry may be of another terminal, or older than it; and what it does not understand it passes over whole. Were the rest of a sequence that is not
/// understood to act as its letters, a click or an answer would edit somebody's label set.
package struct InputDecoder {
  package enum Input: Equatable, Sendable {
    case key(Key)
    case mouse(Mouse)
    /// As it came: with line ends and controls.
    case paste(String)
    /// To ``Terminal``'s question (DSR).
    case answer
    /// To its question for the colour of its ground (OSC 11).
    case ground(isLight: Bool)
  }

  /// What a byte comes to in the locale's encoding, where that is not UTF-8: a scalar, or nil for a part of one and for none.
  package typealias Widen = (UInt8) -> UInt32?

  private enum State {
    case ground
    /// After ESC: alone a key, else the beginning of a sequence.
    case escape
    /// After `ESC [`; what follows is in `collected`.
    case control
    /// After `ESC [ M`: three bytes, as mice report where only the oldest encoding is known.
    case oldMouse
    /// After `ESC [ [`: a function key of the Linux console, of one byte.
    case consoleKey
    /// After `ESC O`.
    case single
    /// After `ESC ]`, `ESC P`, `ESC X`, `ESC ^`, `ESC _`: text for programs, until it is ended.
    case string
    /// ESC in such a text.
    case stringEscape
    case paste
    /// A paste that has not been ended in time.
    case overduePaste
    /// Just after a paste.
    case afterPaste
  }

  private var state = State.ground
  /// The sequence as far as it has come, or the paste.
  private var collected: [UInt8] = []
  /// What a text for programs says, of `ESC ]` alone.
  private var told: [UInt8]?
  private var scalars = UTF8Scalars()
  private let widen: Widen?
  /// When the last byte came.
  private var last: ContinuousClock.Instant?
  /// When ESC was taken for the key, as nothing had followed.
  private var escaped: ContinuousClock.Instant?
  /// The byte that began a sequence though its ESC had been taken for the key.
  private var late: UInt8?
  private var pasteEnded: ContinuousClock.Instant?

  /// When something is to be decided though nothing more has come.
  package private(set) var deadline: ContinuousClock.Instant?

  /// How long ESC waits for the rest of a sequence.
  private static let escapePatience = Duration.milliseconds(50)
  /// How long after an ESC that stood alone the rest of its sequence may still come, and how soon after the byte that seems to begin it:
  /// it comes in one piece, and nobody types so fast.
  private static let (latest, latePatience): (Duration, Duration) = (.seconds(1), .milliseconds(25))
  /// How long the rest of any other sequence may take.
  private static let patience = Duration.seconds(2)
  /// How long a paste may pause.
  private static let pastePatience = Duration.seconds(1)
  /// What comes so soon after a paste may be its end: text that holds the mark of the end ends too early.
  private static let (pasteTail, longestTail): (Duration, Duration) = (.milliseconds(30), .milliseconds(300))

  private static let (pasteStart, pasteEnd) = (Array("\u{1B}[200~".utf8), Array("\u{1B}[201~".utf8))
  /// No field takes as much, and no sequence is as long.
  private static let (largestPaste, longest) = (1 << 20, 64)

  package init(widen: Widen? = nil) { self.widen = widen }

  /// Whether a paste has begun and is not complete.
  package var isPasting: Bool { state == .paste }

  /// What `bytes` come to, after all that came before. Time that has passed decides nothing here: who was busy has not seen when they came.
  package mutating func take(_ bytes: some Collection<UInt8>, at now: ContinuousClock.Instant) -> [Input] {
    var found: [Input] = []
    guard !bytes.isEmpty else { return found }
    switch state {
    case .control, .oldMouse, .consoleKey, .single, .string, .stringEscape:
      // Nobody knows what the rest would have been.
      if let last, now - last > Self.patience { state = .ground }
    case .overduePaste: resumePaste(bytes)
    default: break
    }
    last = now
    for byte in bytes { take(byte, at: now, &found) }
    schedule(at: now)
    return found
  }

  /// What it comes to that nothing has come until now.
  package mutating func expire(at now: ContinuousClock.Instant) -> [Input] {
    guard let deadline, now >= deadline else { return [] }
    self.deadline = nil
    var found: [Input] = []
    switch state {
    case .escape:
      found = [.key(.escape)]
      state = .ground
      escaped = now
    case .control, .single, .string:
      if let late { found = Key(terminalInput: UInt32(late)).map { [.key($0)] } ?? [] }
      state = .ground
    case .paste:
      let partial = Self.pasteEnd.indices.reversed().first { collected.suffix($0).elementsEqual(Self.pasteEnd.prefix($0)) } ?? 0
      found = [.paste(text(collected.dropLast(partial)))]
      collected = collected.suffix(partial)
      state = .overduePaste
    case .afterPaste: found = endTail(at: now)
    default: break
    }
    late = nil
    schedule(at: now)
    return found
  }

  private mutating func schedule(at now: ContinuousClock.Instant) {
    switch state {
    case .escape: deadline = now + Self.escapePatience
    case .control, .single, .string: deadline = late == nil || !collected.isEmpty ? nil : now + Self.latePatience
    case .paste: deadline = now + Self.pastePatience
    case .afterPaste: deadline = min(now + Self.pasteTail, (pasteEnded ?? now) + Self.longestTail)
    default: deadline = nil
    }
  }

  private mutating func take(_ byte: UInt8, at now: ContinuousClock.Instant, _ found: inout [Input]) {
    switch state {
    case .ground: takeKey(byte, at: now, &found)
    case .escape:
      if begins(byte) { return }
      found.append(.key(.escape))
      state = .ground
      take(byte, at: now, &found)
    case .control: takeControl(byte, at: now, &found)
    case .oldMouse:
      collected.append(byte)
      guard collected.count == 3 else { return }
      state = .ground
      mouse(Int(collected[0]) - 32, column: Int(collected[1]) - 32, row: Int(collected[2]) - 32, &found)
    case .consoleKey: state = .ground
    case .single:
      if byte < 0x20 { return abort(byte, at: now, &found) }
      if 0x30..<0x40 ~= byte, collected.count < Self.longest { return collected.append(byte) }
      state = .ground
      if collected.isEmpty, let key = Self.letters[byte] { found.append(.key(key)) }
    case .string:
      let isInScalar = collected.last ?? 0 >= 0x80
      collected = [byte]
      switch byte {
      case 0x07: endString(&found)
      case 0x9C where !isInScalar: endString(&found)
      case 0x1B: state = .stringEscape
      case 0x03, 0x18, 0x1A: abort(byte, at: now, &found)
      default: if told?.count ?? Self.longest < Self.longest { told!.append(byte) }
      }
    case .stringEscape:
      switch byte {
      case 0x1B: break
      case 0x03, 0x18, 0x1A: abort(byte, at: now, &found)
      case UInt8(ascii: "\\"): endString(&found)
      default: if !begins(byte) { state = .string }
      }
    case .paste:
      collected.append(byte)
      if collected.count > 2 * Self.largestPaste { collected.removeSubrange(Self.largestPaste..<collected.count - Self.pasteEnd.count) }
      guard byte == UInt8(ascii: "~"), collected.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) else { return }
      let text = text(collected.dropLast(Self.pasteEnd.count))
      if !text.isEmpty { found.append(.paste(text)) }
      endPaste(at: now)
    case .overduePaste:
      collected.append(byte)
      if collected.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) { endPaste(at: now) }
    case .afterPaste: collected.append(byte)
    }
  }

  // MARK: Keys

  private mutating func takeKey(_ byte: UInt8, at now: ContinuousClock.Instant, _ found: inout [Input]) {
    let after = escaped
    escaped = nil
    if byte == 0x1B {
      scalars = UTF8Scalars()
      state = .escape
    } else if let after, now - after < Self.latest, begins(byte) {
      late = byte
    } else if let scalar = widen == nil ? scalars.take(byte) : byte < 0x80 ? UInt32(byte) : widen!(byte) {
      // The same in one byte, as terminals of eight bits send it.
      if 0x80..<0xA0 ~= scalar, begins(UInt8(scalar - 0x40)) { return }
      if let key = Key(terminalInput: scalar) { found.append(.key(key)) }
    }
  }

  /// Whether a byte after ESC begins a sequence, which it then does.
  private mutating func begins(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "[": state = .control
    case "O": state = .single
    case "]", "P", "X", "^", "_": state = .string
    default: return false
    }
    told = byte == UInt8(ascii: "]") ? [] : nil
    collected = []
    late = nil
    return true
  }

  /// `11;rgb:` and three numbers of one to four hexadecimal digits tell the ground.
  private mutating func endString(_ found: inout [Input]) {
    state = .ground
    guard told?.count ?? 0 < Self.longest, let text = told.map({ String(decoding: $0, as: UTF8.self) }), text.hasPrefix("11;rgb") else { return }
    let parts = text.drop { $0 != ":" }.dropFirst().split(separator: "/", omittingEmptySubsequences: false).prefix(3).compactMap { digits -> Double? in
      guard 1...4 ~= digits.count, let value = UInt16(digits, radix: 16) else { return nil }
      return Double(value) / Double(1 << (4 * digits.count) - 1)
    }
    // ITU-R BT.709's luma.
    if parts.count == 3 { found.append(.ground(isLight: 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] > 0.5)) }
  }

  /// A control ends what it stands in.
  private mutating func abort(_ byte: UInt8, at now: ContinuousClock.Instant, _ found: inout [Input]) {
    state = .ground
    takeKey(byte, at: now, &found)
  }

  private static let letters: [UInt8: Key] = Dictionary(
    uniqueKeysWithValues: ([("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end), ("M", .enter), ("Z", .backTab)]
      as [(Unicode.Scalar, Key)]).map { (UInt8(ascii: $0), $1) })

  private static let numbers: [Int: Key] = [1: .home, 7: .home, 4: .end, 8: .end, 3: .delete, 5: .pageUp, 6: .pageDown]

  // MARK: Control sequences

  private mutating func takeControl(_ byte: UInt8, at now: ContinuousClock.Instant, _ found: inout [Input]) {
    switch byte {
    case 0x00..<0x20: return abort(byte, at: now, &found)
    // rxvt ends a shifted key with what elsewhere goes before the end.
    case UInt8(ascii: "$") where !collected.isEmpty && collected.allSatisfy { 0x30..<0x3A ~= $0 }: break
    case 0x20..<0x40:
      // Of what is too long the end alone counts.
      if collected.count < Self.longest { collected.append(byte) }
      return
    case 0x40..<0x7F: break
    default: return abort(byte, at: now, &found)
    }
    state = .ground
    let (parameters, isMouse) = (collected, collected.first == UInt8(ascii: "<"))
    collected = []
    let numbers = parameters.drop { $0 == UInt8(ascii: "<") }.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(Self.number)
    switch (Unicode.Scalar(byte), numbers.count) {
    case ("M", 3):
      guard let kind = numbers[0], let column = numbers[1], let row = numbers[2] else { return }
      // rxvt's own encoding has the old one's kind.
      mouse(isMouse ? kind : kind - 32, column: column, row: row, &found)
    case ("M", _) where parameters.isEmpty: state = .oldMouse
    case ("[", _) where parameters.isEmpty: state = .consoleKey
    case ("n", 1) where numbers[0] == 0: found.append(.answer)
    case ("~", 1) where numbers[0] == 200 && !isMouse: state = .paste
    case ("~", 1...2) where !isMouse && (numbers.count == 1 || numbers[1] == 1):
      if let key = numbers[0].flatMap({ Self.numbers[$0] }) { found.append(.key(key)) }
    case (_, _) where parameters.isEmpty || parameters == Array("1;1".utf8):
      if let key = Self.letters[byte] { found.append(.key(key)) }
    default: break
    }
  }

  /// Nil for what is no number of a size that occurs.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard 1...5 ~= digits.count, digits.allSatisfy({ 0x30..<0x3A ~= $0 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// - Parameter kind: the button, with bits for Shift (4), Meta (8), Control (16), motion (32), the wheel (64) and buttons beyond.
  private func mouse(_ kind: Int, column: Int, row: Int, _ found: inout [Input]) {
    let kinds: [Int: Mouse.Kind] = [0: .click, 64: .wheelUp, 65: .wheelDown]
    guard column > 0, row > 0, kind >= 0, let kind = kinds[kind & ~0b11100] else { return }
    found.append(.mouse(Mouse(kind, row: row - 1, column: column - 1)))
  }

  // MARK: Pastes

  private mutating func endPaste(at now: ContinuousClock.Instant) {
    collected = []
    state = .afterPaste
    pasteEnded = now
  }

  /// What followed a paste: its rest, as far as a mark of an end without a beginning, and then keys.
  private mutating func endTail(at now: ContinuousClock.Instant) -> [Input] {
    let tail = collected
    (collected, state) = ([], .ground)
    var (isInPaste, end) = (false, 0)
    for place in tail.indices where tail[place] == 0x1B {
      let rest = tail[place...]
      if rest.starts(with: Self.pasteStart) { isInPaste = true }
      guard rest.starts(with: Self.pasteEnd) else { continue }
      if !isInPaste { end = place + Self.pasteEnd.count }
      isInPaste = false
    }
    var found: [Input] = end > Self.pasteEnd.count ? [.paste(text(tail.prefix(end - Self.pasteEnd.count)))] : []
    for byte in tail.dropFirst(end) { take(byte, at: now, &found) }
    return found
  }

  /// A paste that was not ended goes on with a piece of text; a single key is its end, as somebody waits.
  private mutating func resumePaste(_ bytes: some Collection<UInt8>) {
    let isEnd = (collected + bytes).starts(with: Self.pasteEnd)
    if isEnd { return }
    var first = UTF8Scalars()
    let isKey = collected.isEmpty && (bytes.first == 0x1B || bytes.dropLast().allSatisfy { first.take($0) == nil })
    state = isKey ? .ground : .paste
    if isKey { collected = [] }
  }

  private func text(_ bytes: some Sequence<UInt8>) -> String {
    guard let widen else { return String(decoding: Array(bytes), as: UTF8.self) }
    var text = String.UnicodeScalarView()
    for byte in bytes { if let scalar = (byte < 0x80 ? UInt32(byte) : widen(byte)).flatMap(Unicode.Scalar.init) { text.append(scalar) } }
    return String(text)
  }
}

/// UTF-8, a byte at a time.
private struct UTF8Scalars {
  private var value: UInt32 = 0
  private var missing = 0
  private var least: UInt32 = 0

  /// The scalar that a byte completes. What is not UTF-8 is left out, but a control of eight bits stands for itself.
  mutating func take(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x80..<0xC0 where missing > 0:
      value = value << 6 | UInt32(byte & 0x3F)
      missing -= 1
      guard missing == 0, value >= least, Unicode.Scalar(value) != nil else { return nil }
      return value
    case 0xC2..<0xE0: (value, missing, least) = (UInt32(byte & 0x1F), 1, 0x80)
    case 0xE0..<0xF0: (value, missing, least) = (UInt32(byte & 0x0F), 2, 0x800)
    case 0xF0..<0xF5: (value, missing, least) = (UInt32(byte & 0x07), 3, 0x10000)
    default:
      missing = 0
      return byte < 0xA0 ? UInt32(byte) : nil
    }
    return nil
  }
}

extension Key {
  /// A character in raw mode; nil for those that stand for nothing.
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
