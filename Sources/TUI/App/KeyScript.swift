import Basics
import Files

/// Keys as a text that a person can read and write: `/dog<Enter>c`.
///
/// Characters stand for themselves; `<Enter>`, `<Esc>`, `<Space>`, `<Tab>`, `<Backspace>`, `<Up>`, `<Down>`, `<Left>`, `<Right>`,
/// `<Home>`, `<End>`, `<PgUp>`, `<PgDn>`, `<C-r>` (Control) for the others, `<lt>` for `<`. Ends of lines and lines that begin with
/// `#` are no keys.
package enum KeyScript {
  private static let named: [String: Key] = [
    "Enter": .enter, "Esc": .escape, "Space": " ", "Tab": .tab, "Backspace": .backspace, "Up": .up, "Down": .down,
    "Left": .left, "Right": .right, "Home": .home, "End": .end, "PgUp": .pageUp, "PgDn": .pageDown, "lt": "<",
  ]

  /// - Parameter place: the file, for messages.
  /// - Throws: a ``Problem`` at the first `<…>` that is no key.
  package static func keys(_ text: String, at place: String) throws(Problem) -> [Key] {
    var keys: [Key] = []
    for (number, bytes) in TextLines(Array(text.utf8)) where bytes.first != UInt8(ascii: "#") {
      var rest = String(decoding: bytes, as: UTF8.self)[...]
      while let character = rest.popFirst() {
        guard character == "<" else {
          keys.append(.character(character))
          continue
        }
        let name = String(rest.prefix { $0 != ">" })
        rest = rest.dropFirst(name.count)
        let key = name.count == 3 && name.hasPrefix("C-") ? Key.control(name.last!) : named[name]
        guard rest.popFirst() == ">", let key else {
          throw Problem(
            "cannot read the keys", at: "\(place), line \(number)",
            expected: "a key as <Enter>, <Esc>, <C-r> (and <lt> for <)", found: "`<\(name.prefix(20))`", kind: .data)
        }
        keys.append(key)
      }
    }
    return keys
  }
}
