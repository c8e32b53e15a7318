import CVterm

/// A terminal without a window (libvterm): takes the bytes that a program sends, and holds the screen that they draw.
public final class VirtualTerminal {
  /// One character cell as the terminal shows it.
  public struct Cell: Equatable {
    /// The character with its combining marks; a blank is a space, the cell right of a wide character is empty.
    public var text: String
    /// A palette index, −1 the terminal's own.
    public var foreground, background: Int
    public var isBold, isUnderlined, isReverse, isStruck: Bool
  }

  private let terminal: OpaquePointer
  public private(set) var rows, columns: Int

  public init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    terminal = cv_new(Int32(rows), Int32(columns))
  }

  deinit { cv_free(terminal) }

  public func write(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    cv_write(terminal, bytes, bytes.count)
  }

  public func resize(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    cv_resize(terminal, Int32(rows), Int32(columns))
  }

  /// Whether the program is on its full screen, with the shell's lines kept aside.
  public var isFullScreen: Bool { cv_is_alternate(terminal) }

  public var cursor: (row: Int, column: Int, isVisible: Bool) {
    var (row, column, isVisible): (Int32, Int32, Bool) = (0, 0, false)
    cv_cursor(terminal, &row, &column, &isVisible)
    return (Int(row), Int(column), isVisible)
  }

  public subscript(row: Int, column: Int) -> Cell {
    var cell = cv_cell()
    precondition(cv_get(terminal, Int32(row), Int32(column), &cell), "no cell at \(row), \(column)")
    var scalars = withUnsafeBytes(of: cell.text) { Array($0.bindMemory(to: UInt32.self).prefix { $0 != 0 }) }
    if scalars.isEmpty { scalars = [32] }
    var text = String.UnicodeScalarView()
    // libvterm marks the cell right of a wide character with an impossible one.
    for scalar in scalars { if let scalar = Unicode.Scalar(scalar) { text.append(scalar) } }
    return Cell(
      text: String(text), foreground: Int(cell.foreground), background: Int(cell.background),
      isBold: cell.attributes & UInt32(CV_BOLD) != 0, isUnderlined: cell.attributes & UInt32(CV_UNDERLINE) != 0,
      isReverse: cell.attributes & UInt32(CV_REVERSE) != 0, isStruck: cell.attributes & UInt32(CV_STRIKE) != 0)
  }

  /// The rows as lines, trailing spaces removed.
  public var text: String {
    (0..<rows).map { row in
      var line = (0..<columns).map { self[row, $0].text }.joined()
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// What a click (4 and 5: the wheel) sends to the program: nothing where it has not asked for the mouse.
  func click(row: Int, column: Int, button: Int) -> [UInt8] {
    cv_click(terminal, Int32(row), Int32(column), Int32(button))
    return takeAnswer()
  }

  /// What goes before a paste, or behind it: nothing where the program has not asked for that.
  func pasteMark(isStart: Bool) -> [UInt8] {
    cv_mark_paste(terminal, isStart)
    return takeAnswer()
  }

  /// What the terminal answers to the program's queries since the last call.
  func takeAnswer() -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = cv_take_answer(terminal, &buffer, buffer.count)
    return buffer[0..<count].map { UInt8(bitPattern: $0) }
  }
}
