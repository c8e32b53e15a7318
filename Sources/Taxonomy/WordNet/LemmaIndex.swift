extension WordNet {
  /// The synsets of a word in WordNet's order (the most frequent sense first); upper case and spaces are forgiven.
  public func synsets(of lemma: some StringProtocol) -> [SynsetID] {
    let key = lemma.utf8.map { $0 == .space ? UInt8(ascii: "_") : $0.lowercased }
    guard !key.isEmpty, let line = indexLine(key) else { return [] }
    return synsets(onLine: line + key.count)
  }

  /// Where the line of a word begins in index.noun, which is in ASCII order.
  private func indexLine(_ key: [UInt8]) -> Int? {
    // Line starts below `low` are less than the key, those at or above `high` are not.
    var low = 0
    var high = index.count
    while low < high {
      var start = low + (high - low) / 2
      while start > low, index[start - 1] != .newline { start -= 1 }
      if compare(key, toLineAt: start) > 0 {
        low = index.next(.newline, from: start) + 1
      } else {
        high = start
      }
    }
    return compare(key, toLineAt: low) == 0 ? low : nil
  }

  /// Negative, 0 or positive as `key` comes before, is, or comes after the line's first field.
  private func compare(_ key: [UInt8], toLineAt start: Int) -> Int {
    for (place, byte) in key.enumerated() {
      let other = index[start + place]
      if other != byte { return Int(byte) - Int(other) }
    }
    let after = index[start + key.count]
    return after == .space ? 0 : -1
  }

  /// The offsets at the end of ` n synset_cnt p_cnt [symbol…] sense_cnt tagsense_cnt offset…`.
  private func synsets(onLine start: Int) -> [SynsetID] {
    var fields = index.text(start..<index.next(.newline, from: start)).split(separator: " ")[...]
    guard fields.popFirst() == "n", let synsets = fields.popFirst().flatMap({ Int($0) }),
      let symbols = fields.popFirst().flatMap({ Int($0) }), symbols >= 0, symbols <= fields.count
    else { return [] }
    return fields.dropFirst(symbols).dropFirst(2).prefix(max(0, synsets)).compactMap { SynsetID("n" + $0) }
  }
}
