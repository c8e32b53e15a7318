/// A key as the user means it.
package enum Key: Hashable, Sendable, ExpressibleByExtendedGraphemeClusterLiteral {
  case character(Character)
  /// Control held with a lower-case letter.
  case control(Character)
  case up, down, left, right, home, end, pageUp, pageDown
  case enter, escape, tab, backTab, backspace, delete
  /// The entry with this number, of the list that takes the keys, was clicked.
  case pick(Int)
  /// Text from a clipboard, as it came. Only what types text takes it (``TextField``).
  case paste(String)

  package init(extendedGraphemeClusterLiteral value: Character) { self = .character(value) }

  /// How footers and help name it.
  package var title: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .control(let letter): "^" + letter.uppercased()
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .enter: "Enter"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .backspace: "Backspace"
    case .delete: "Del"
    case .pick: "click"
    case .paste: "paste"
    }
  }
}
