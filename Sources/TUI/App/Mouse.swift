/// What the mouse did, and where.
package struct Mouse: Equatable, Sendable {
  package enum Kind: Sendable {
    case click, wheelUp, wheelDown
  }
  package var kind: Kind
  package var row, column: Int

  package init(_ kind: Kind, row: Int, column: Int) {
    self.kind = kind
    self.row = row
    self.column = column
  }
}

/// What a click on a part of the screen does: what a key does, or an entry of the key table.
package enum ClickTarget: Equatable, Sendable {
  case key(Key)
  case action(Action)
}

/// The parts of a canvas that can be clicked: each view says so where it draws, and what is drawn over it takes it back.
package struct ClickMap: Sendable {
  private var parts: [(area: Rect, target: ClickTarget?)] = []

  /// The target of what was drawn last there.
  package func target(row: Int, column: Int) -> ClickTarget? {
    parts.last { part in
      let area = part.area
      return row >= area.row && row < area.endRow && column >= area.column && column < area.endColumn
    }?.target
  }

  mutating func add(_ area: Rect, _ target: ClickTarget?) {
    if !area.isEmpty { parts.append((area, target)) }
  }

  mutating func removeAll() { parts = [] }
}

extension Canvas {
  /// A click on `area` does this; nil: nothing, whatever lies below.
  package mutating func onClick(_ area: Rect, _ target: ClickTarget?) { clicks.add(area, target) }

  /// What was drawn so far cannot be clicked any more: something over it takes every key.
  package mutating func coverClicks() { clicks.removeAll() }
}

extension KeyHint {
  /// The key that it names; nil for several.
  var press: Key? {
    switch key {
    case "Enter": .enter
    case "Esc": .escape
    case "Space": " "
    case "Backspace": .backspace
    default: key.count == 1 ? key.first.map { .character($0) } : nil
    }
  }
}
