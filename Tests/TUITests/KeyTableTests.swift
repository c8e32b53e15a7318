import TUI
import Testing

@Suite struct KeyTableTests {
  @Test("No key means two things on one screen", arguments: ScreenName.allCases)
  func unique(screen: ScreenName) {
    var seen: Set<Key> = []
    for key in KeyTable.all(on: screen).flatMap(\.keys) {
      #expect(seen.insert(key).inserted, "\(key.title) is bound twice")
    }
  }

  @Test("Every entry says what it does in a word and in a sentence")
  func worded() {
    for binding in ScreenName.allCases.flatMap(KeyTable.all(on:)) {
      #expect(!binding.title.isEmpty && !binding.keys.isEmpty)
      #expect(binding.help.first?.isUppercase == true && binding.help.last != ".", "\(binding.help)")
    }
  }
}
