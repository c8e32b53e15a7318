import Basics

/// Text that comes at once.
extension AppState {
  /// Whether keys are text just now: where it is typed, the view shows the terminal's cursor.
  package var isTyping: Bool { takesEveryKey && view(self).cursor != nil }

  fileprivate var takesEveryKey: Bool { finder != nil || capture != nil }

  /// The lines of a paste would act as keys, which nobody means.
  static func refusal(ofPaste text: String) -> String {
    let count = TextField.line(text).count
    return "Ignored \(counted(count, "pasted character")): paste into a text field, as after / or :"
  }
}

/// Finds text among keys: as many characters as nobody types between two frames were pasted in a terminal that does not mark it, and where text
/// is typed they are taken as one.
package struct PastedKeys {
  private static let least = 64

  private let keys: [Key?]
  /// Where the characters end that the last key asked about was among.
  private var end = 0
  /// What the state was when it was asked last, which takes as long as a frame.
  private var asked: Bool?

  /// - Parameter keys: with nil for what is no key.
  package init(_ keys: [Key?]) { self.keys = keys }

  /// The characters from `place` on, where `state` takes them as text; nil where the next key is one by itself.
  package mutating func text(from place: Int, _ state: AppState) -> (text: String, end: Int)? {
    if place >= end {
      end = keys[place...].firstIndex { if case .character? = $0 { false } else { true } } ?? keys.count
      asked = nil
    }
    guard end - place >= Self.least, asked != state.takesEveryKey else { return nil }
    asked = state.takesEveryKey
    guard state.isTyping else { return nil }
    let characters = keys[place..<end].compactMap { if case .character(let character)? = $0 { character } else { nil } }
    return (String(characters), end)
  }
}
