import Basics

/// How well a synset matches a search, the best first.
public enum SearchRank: Int, Comparable, Sendable {
  /// The wnid or one of the lemmas is the text.
  case exact
  /// A lemma (or the wnid) begins with the text.
  case prefix
  /// A word inside a lemma begins with the text.
  case word
  /// A lemma holds the text.
  case inside
  /// The gloss holds the text.
  case gloss
  /// The letters of the text stand in this order in a lemma, not far apart: "gldretr" finds golden retriever. Looked for only
  /// where nothing holds the text.
  case fuzzy

  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What to look for: upper and lower case are one, and so are spaces and underscores.
public struct SearchQuery: Sendable {
  let pattern: [UInt8]
  let isWnidPrefix: Bool

  public init(_ text: some StringProtocol) {
    var pattern = text.utf8.map(folded)[...]
    while pattern.first == .space { pattern.removeFirst() }
    while pattern.last == .space { pattern.removeLast() }
    self.pattern = Array(pattern)
    isWnidPrefix =
      pattern.count > 1 && pattern.count <= 9 && pattern.first == UInt8(ascii: "n")
      && pattern.dropFirst().allSatisfy { $0.digit != nil }
  }

  public var isEmpty: Bool { pattern.isEmpty }
}

extension WordNet {
  /// Every synset that matches, best first, then in the order of the wnids.
  public func search(_ query: SearchQuery) -> [(id: SynsetID, rank: SearchRank)] {
    guard !query.isEmpty else { return [] }
    var hits: [(id: SynsetID, rank: SearchRank)] = []
    if query.isWnidPrefix {
      for id in all() {
        if let rank = rank(id, query) { hits.append((id, rank)) }
      }
    } else {
      // Look for the text anywhere, and parse only the lines that hold it.
      var position = 0
      while position < data.count, let hit = data.first(query.pattern, in: position..<data.count) {
        var start = hit
        while start > position, data[start - 1] != .newline { start -= 1 }
        if let id = id(at: start), let rank = rank(id, query) { hits.append((id, rank)) }
        position = data.next(.newline, from: hit) + 1
      }
    }
    return hits.sorted { $0.rank != $1.rank ? $0.rank < $1.rank : $0.id < $1.id }
  }

  /// How a synset matches, nil where it does not.
  public func rank(_ id: SynsetID, _ query: SearchQuery) -> SearchRank? {
    guard !query.isEmpty, let record = record(id) else { return nil }
    var best: SearchRank?
    func found(_ rank: SearchRank) { best = min(best ?? rank, rank) }
    if query.isWnidPrefix {
      let wnid = Array(wnid(of: id).utf8)
      if wnid == query.pattern { return .exact }
      if wnid.starts(with: query.pattern) { found(.prefix) }
    }
    eachLemma(of: record) { word in
      guard let place = data.first(query.pattern, in: word) else { return }
      if place == word.lowerBound {
        found(query.pattern.count == word.count ? .exact : .prefix)
      } else if startsWord(query.pattern, in: word) {
        found(.word)
      } else {
        found(.inside)
      }
    }
    if let best { return best }
    let end = data.next(.newline, from: record.pointers)
    let gloss = data.next(UInt8(ascii: "|"), from: record.pointers)
    return gloss < end && data.first(query.pattern, in: gloss..<end) != nil ? .gloss : nil
  }

  private func startsWord(_ pattern: [UInt8], in word: Range<Int>) -> Bool {
    var position = word.lowerBound
    while let place = data.first(pattern, in: position..<word.upperBound) {
      if folded(data[place - 1]) == .space || data[place - 1] == UInt8(ascii: "-") { return true }
      position = place + 1
    }
    return false
  }
}

extension WordNet {
  /// In how few bytes of one of its lemmas a synset has the letters of the text in their order; nil where it has not, or
  /// scattered over so many that nobody would see them.
  func fuzzySpan(_ id: SynsetID, _ letters: [UInt8]) -> Int? {
    guard letters.count > 2, let record = record(id) else { return nil }
    var least: Int?
    eachLemma(of: record) { word in
      guard word.count >= letters.count else { return }
      var matched = 0
      var position = word.lowerBound
      while position < word.upperBound, matched < letters.count {
        if folded(data[position]) == letters[matched] { matched += 1 }
        position += 1
      }
      guard matched == letters.count else { return }
      // Back from the end, so that the span is the closest that ends there.
      let end = position
      while matched > 0 {
        position -= 1
        if folded(data[position]) == letters[matched - 1] { matched -= 1 }
      }
      if end - position <= 3 * letters.count { least = min(least ?? .max, end - position) }
    }
    return least
  }
}

extension Hierarchy {
  /// Every node that matches, best first, then in the order of the nodes.
  public func search(_ query: SearchQuery) -> [(node: Int, rank: SearchRank)] {
    let found = nodes.compactMap { node in wordNet.rank(ids[node], query).map { (node: node, rank: $0) } }
      .sorted { $0.rank != $1.rank ? $0.rank < $1.rank : $0.node < $1.node }
    guard found.isEmpty else { return found }
    let letters = query.pattern.filter { $0 != .space }
    return nodes.compactMap { node in wordNet.fuzzySpan(ids[node], letters).map { (node: node, span: $0) } }
      .sorted { $0.span != $1.span ? $0.span < $1.span : $0.node < $1.node }
      .map { ($0.node, .fuzzy) }
  }
}
