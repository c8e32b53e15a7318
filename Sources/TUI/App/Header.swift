/// The first line: the program, the screens, and at the right what the shown one is about, which is the last to be cut.
struct Header {
  /// In how many words the screens are named; the shown one always has its whole name where there is more than numbers.
  enum Wording: Int, CaseIterable {
    case withProgram, whole, short, numbers

    /// The columns that a terminal should have for it, so that all screens of one size say the same.
    var columns: Int { [116, 100, 80, 0][rawValue] }
  }

  private static let programName = "imagenet-tui"

  let screen: ScreenName
  let headline: [Span]
  /// Columns that the headline may come to need, so that an edit does not move the screens' names.
  let reserve: Int
  let columns: Int

  typealias Tabs = [(name: ScreenName, title: String, columns: Range<Int>)]

  /// The most words that leave room for the headline, what they are, and the columns that are left. Worked out with every frame.
  private var fitting: (wording: Wording, tabs: Tabs, room: Int) {
    let width = headline.reduce(reserve) { $0 + displayWidth($1.text) }
    var last = (wording: Wording.numbers, tabs: Tabs(), room: 0)
    for wording in Wording.allCases where columns >= wording.columns {
      let tabs = tabs(wording)
      last = (wording, tabs, columns - 1 - (tabs.last?.columns.upperBound ?? 0) - 2)
      if width <= last.room { break }
    }
    return last
  }

  /// The screens' names and where they stand.
  private func tabs(_ wording: Wording) -> Tabs {
    let gap = wording == .withProgram ? 2 : 1
    var column = wording == .withProgram ? Self.programName.count + 3 : 1
    return ScreenName.tabs.enumerated().map { index, name in
      let isShown = name == screen.tab
      let word = isShown || wording.rawValue < Wording.short.rawValue ? name.title : wording == .short ? name.shortTitle : ""
      let title = word.isEmpty ? "\(index + 1)" : "\(index + 1) \(word)"
      defer { column += displayWidth(title) + gap }
      return (name, title, column..<(column + displayWidth(title)))
    }
  }

  func draw(on canvas: inout Canvas) {
    let (wording, tabs, room) = fitting
    if wording == .withProgram { canvas.put(Self.programName, row: 0, column: 1, style: .bold) }
    for tab in tabs {
      let style = tab.name == screen.tab ? Style(.accent, [.bold, .underline]) : .muted
      canvas.put(tab.title, row: 0, column: tab.columns.lowerBound, style: style)
      canvas.onClick(Rect(row: 0, column: tab.columns.lowerBound, rows: 1, columns: tab.columns.count), .action(.show(tab.name)))
    }
    let width = headline.reduce(0) { $0 + displayWidth($1.text) }
    if width <= room {
      var at = columns - 1 - width
      for span in headline { at = canvas.put(span.text, row: 0, column: at, style: span.style) }
    } else if room > 8 {
      canvas.put(
        headline.map(\.text).joined(), in: Rect(row: 0, column: columns - 1 - room, rows: 1, columns: room), style: .muted,
        align: .right, cut: .start)
    }
  }
}
