import Basics

/// The nouns of WordNet 3.0, read where they lie: a wnid is a byte offset in data.noun, so that opening costs nothing
/// and a synset is parsed when it is asked for.
///
/// Formats: wndb(5). Any bytes may be given; what is no synset is not found.
public struct WordNet: Sendable {
  let data: Bytes
  let index: Bytes
  /// What the synsets are called, where their wnids are not WordNet's: names in ASCII order, with their offsets.
  let ownNames: OwnNames?

  /// - Parameters: the contents of `data.noun` and of `index.noun`.
  /// - Throws: a ``Problem`` unless both carry WordNet 3.0's licence text.
  public init(data: Bytes, index: Bytes) throws(Problem) {
    for (name, bytes) in [("data.noun", data), ("index.noun", index)] {
      let version = Self.version(bytes)
      // Offsets count the bytes of lines that end with LF.
      let isShifted = bytes[bytes.next(.newline, from: 0) - 1] == .carriageReturn
      guard version != "3.0" || isShifted else { continue }
      throw Problem(
        "cannot use this WordNet", at: name, expected: "WordNet 3.0",
        found: version.map { "WordNet \($0)" + (isShifted ? " with Windows' line ends" : "") } ?? "a file without its licence text",
        advice: "wnids are offsets in 3.0's files, those of other versions mean other synsets; install Debian's wordnet-base", kind: .data)
    }
    self.data = data
    self.index = index
    ownNames = nil
  }

  /// As the licence in front of a file says: "WordNet 3.0 Copyright 2006".
  private static func version(_ bytes: Bytes) -> String? {
    let words = bytes.text(0..<4096).split { $0 == " " || $0 == "\n" || $0 == "\r\n" }
    let places = words.indices.dropFirst().dropLast()
    return places.first { words[$0 - 1] == "WordNet" && words[$0 + 1] == "Copyright" }.map { String(words[$0].prefix(20)) }
  }

  /// A hierarchy of the user's own, in the format of WordNet (``UserHierarchy/wordNet``).
  init(data: Bytes, index: Bytes, ownNames: OwnNames) {
    self.data = data
    self.index = index
    self.ownNames = ownNames
  }

  /// Whether the synsets are the user's own instead of WordNet's.
  public var isOwn: Bool { ownNames != nil }

  /// For messages: what a wnid has to be.
  package var wnidsInWords: String { isOwn ? "names of the dataset's hierarchy" : "wnids of WordNet 3.0 nouns" }

  /// The synset with this wnid, nil where there is none.
  public func id(ofWnid wnid: some StringProtocol) -> SynsetID? {
    idWritten(wnid).flatMap { contains($0) ? $0 : nil }
  }

  /// What a wnid says, whether there is such a synset or not.
  func idWritten(_ wnid: some StringProtocol) -> SynsetID? {
    if let ownNames { ownNames.id(of: String(wnid)) } else { SynsetID(wnid) }
  }

  /// What identifies a synset to people and files.
  public func wnid(of id: SynsetID) -> String { ownNames?.name(of: id) ?? id.description }

  /// The synset with this wnid, nil where there is none.
  public func synset(_ id: SynsetID) -> Synset? {
    guard let record = record(id) else { return nil }
    let links = links(of: record)
    return Synset(
      id: id, wnid: wnid(of: id), lemmas: lemmas(of: record), gloss: gloss(of: record, after: links.end),
      hypernyms: links.hypernyms, hyponyms: links.hyponyms)
  }

  public func contains(_ id: SynsetID) -> Bool { record(id) != nil }

  /// The first lemma, with spaces; the wnid where there is no such synset.
  public func name(of id: SynsetID) -> String {
    guard let record = record(id) else { return wnid(of: id) }
    return text(ofWord: record.firstWord)
  }

  /// `<first lemma, lower case>.n.<NN>`, NN = the rank of the synset among the lemma's: "gym_shoe.n.01".
  public func canonicalName(of id: SynsetID) -> String? {
    guard let record = record(id) else { return nil }
    if let own = ownNames?.name(of: id) { return own }
    let lemma = data.text(record.firstWord).lowercased()
    let rank = (synsets(of: lemma).firstIndex(of: id) ?? -1) + 1
    return "\(lemma).n.\(rank < 10 ? "0" : "")\(rank)"
  }

  /// The hypernyms in data.noun's order; none for an unknown synset.
  public func hypernyms(of id: SynsetID) -> [SynsetID] {
    record(id).map { links(of: $0).hypernyms } ?? []
  }

  /// The one hypernym that is the parent in the tree; nil at a root.
  public func primaryHypernym(of id: SynsetID, policy: HypernymPolicy) -> SynsetID? {
    let hypernyms = hypernyms(of: id)
    guard policy == .name, hypernyms.count > 1 else { return hypernyms.first }
    return hypernyms.min(by: isNamedBefore)
  }

  /// Whether the canonical name of one comes before that of the other. Which sense of a word each is, is looked up only where the word is
  /// the same.
  private func isNamedBefore(_ one: SynsetID, _ other: SynsetID) -> Bool {
    func word(_ id: SynsetID) -> [UInt8] {
      if let own = ownNames?.name(of: id) { return Array(own.utf8) }
      return record(id).map { record in record.firstWord.map { data[$0].lowercased } + Array(".n.".utf8) } ?? []
    }
    let (first, second) = (word(one), word(other))
    guard first == second else { return first.lexicographicallyPrecedes(second) }
    return (canonicalName(of: one) ?? "").utf8.lexicographicallyPrecedes((canonicalName(of: other) ?? "").utf8)
  }

  /// What a synset is placed under in a tree: its primary hypernym, or else what it is an instance of, so that Einstein is
  /// found below physicist and not among thousands of roots.
  public func treeParent(of id: SynsetID, policy: HypernymPolicy) -> SynsetID? {
    record(id).flatMap { treeParent(of: id, $0, policy: policy) }
  }

  func treeParent(of id: SynsetID, _ record: Record, policy: HypernymPolicy) -> SynsetID? {
    var first: SynsetID?
    var instance: SynsetID?
    var hasSeveral = false
    _ = eachPointer(of: record) { symbol, isInstance, other in
      guard symbol == UInt8(ascii: "@") else { return }
      if isInstance {
        instance = instance ?? other
      } else if first == nil {
        first = other
      } else {
        hasSeveral = true
      }
    }
    return hasSeveral ? primaryHypernym(of: id, policy: policy) : first ?? instance
  }

  /// From a synset up to its root by its places in the tree; empty for an unknown one, cut off where a chain bites its tail.
  public func chain(from id: SynsetID, policy: HypernymPolicy) -> [SynsetID] {
    var chain: [SynsetID] = []
    var next: SynsetID? = contains(id) ? id : nil
    while let current = next, !chain.contains(current) {
      chain.append(current)
      next = treeParent(of: current, policy: policy)
    }
    return chain
  }

  /// The synset that a person means by its wnid, its canonical name, or a word with one meaning.
  /// - Throws: a ``Problem`` where there is none, or naming the meanings to choose from.
  public func find(_ text: String) throws(Problem) -> Synset {
    if let id = id(ofWnid: text), let synset = synset(id) { return synset }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count >= 3, parts[parts.count - 2] == "n" {
      let lemma = parts.dropLast(2).joined(separator: ".")
      if let id = synsets(of: lemma).first(where: { canonicalName(of: $0) == text.lowercased() }) { return synset(id)! }
    }
    let senses = synsets(of: text).compactMap { synset($0) }
    if senses.count == 1 { return senses[0] }
    throw senses.isEmpty
      ? Problem("there is no such synset", at: text, expected: "a wnid", advice: "see `imagenet-tui tree search`", kind: .notFound)
      : Problem(
        "the word has several meanings", at: text, expected: "one of " + firstFew(senses.map(\.wnid), 8),
        advice: "see `imagenet-tui tree search`", kind: .usage)
  }

  /// Every synset, in data.noun's order, which is that of the wnids.
  public func all() -> some Sequence<SynsetID> {
    sequence(state: 0) { position -> SynsetID? in
      while position < data.count {
        let start = position
        position = data.next(.newline, from: start) + 1
        if let id = id(at: start), id.offset == start { return id }
      }
      return nil
    }
  }

  // MARK: Parsing data.noun

  /// Where the parts of one line of data.noun begin.
  struct Record {
    var firstWord: Range<Int>
    var words: Int
    /// The first byte after the words: the count of pointers.
    var pointers: Int
  }

  /// The line of a synset: `offset lex_filenum n w_cnt word lex_id … p_cnt ptr… | gloss`.
  func record(_ id: SynsetID) -> Record? {
    let start = Int(id.offset)
    guard start == 0 || data[start - 1] == .newline, self.id(at: start) == id,
      data[start + 8] == .space, data[start + 11] == .space, data[start + 12] == UInt8(ascii: "n"),
      data[start + 13] == .space, let high = data[start + 14].hexDigit, let low = data[start + 15].hexDigit,
      data[start + 16] == .space, high * 16 + low > 0
    else { return nil }
    var position = start + 17
    var firstWord = position..<position
    for word in 0..<(high * 16 + low) {
      guard let end = endOfField(position), end > position, let next = endOfField(end + 1) else { return nil }
      if word == 0 { firstWord = position..<end }
      position = next + 1
    }
    return Record(firstWord: firstWord, words: high * 16 + low, pointers: position)
  }

  /// Hypernyms (`@`) and hyponyms (`~`) that are nouns, and the first byte after the pointers.
  func links(of record: Record) -> (hypernyms: [SynsetID], hyponyms: [SynsetID], end: Int) {
    var hypernyms: [SynsetID] = []
    var hyponyms: [SynsetID] = []
    let end = eachPointer(of: record) { symbol, isInstance, id in
      guard !isInstance else { return }
      switch symbol {
      case UInt8(ascii: "@"): hypernyms.append(id)
      case UInt8(ascii: "~"): hyponyms.append(id)
      default: break
      }
    }
    return (hypernyms, hyponyms, end)
  }

  /// Calls `body` with each pointer to a noun whose symbol is one byte, or one byte and `i` for an instance; returns where
  /// the pointers end.
  func eachPointer(of record: Record, _ body: (_ symbol: UInt8, _ isInstance: Bool, SynsetID) -> Void) -> Int {
    var position = record.pointers
    guard let a = data[position].digit, let b = data[position + 1].digit, let c = data[position + 2].digit else {
      return position
    }
    position += 4
    for _ in 0..<(a * 100 + b * 10 + c) {
      // symbol, offset, part of speech, source/target
      guard let symbol = endOfField(position), let id = id(at: symbol + 1), data[symbol + 9] == .space,
        data[symbol + 11] == .space, let next = endOfField(symbol + 12)
      else { break }
      let isInstance = symbol == position + 2 && data[position + 1] == UInt8(ascii: "i")
      if symbol == position + 1 || isInstance, data[symbol + 10] == UInt8(ascii: "n") {
        body(data[position], isInstance, id)
      }
      position = next + 1
    }
    return position
  }

  func lemmas(of record: Record) -> [String] {
    var lemmas: [String] = []
    eachLemma(of: record) { lemmas.append(text(ofWord: $0)) }
    return lemmas
  }

  func eachLemma(of record: Record, _ body: (Range<Int>) -> Void) {
    var position = record.firstWord.lowerBound
    for _ in 0..<record.words {
      guard let end = endOfField(position), let next = endOfField(end + 1) else { return }
      body(position..<end)
      position = next + 1
    }
  }

  private func gloss(of record: Record, after pointers: Int) -> String {
    let end = data.next(.newline, from: pointers)
    var start = data.next(UInt8(ascii: "|"), from: pointers) + 1
    guard start < end else { return "" }
    while start < end, data[start] == .space { start += 1 }
    var last = end
    while last > start, data[last - 1] == .space { last -= 1 }
    return data.text(start..<last)
  }

  private func text(ofWord range: Range<Int>) -> String { data.text(range, underscoresAsSpaces: true) }

  /// Eight digits.
  @inline(__always)
  func id(at position: Int) -> SynsetID? {
    var offset: Int32 = 0
    for place in 0..<8 {
      guard let digit = data[position + place].digit else { return nil }
      offset = offset * 10 + Int32(digit)
    }
    return SynsetID(offset: offset)
  }

  /// The space that ends the field at `position`, nil where the line ends first.
  @inline(__always)
  private func endOfField(_ position: Int) -> Int? {
    var end = position
    while true {
      switch data[end] {
      case .space: return end
      case 0, .newline: return nil
      default: end += 1
      }
    }
  }
}
