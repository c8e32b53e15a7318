import Basics

/// What the synsets of a ``UserHierarchy`` are called.
struct OwnNames: Sendable {
  /// The names one behind the other, in ASCII order, and with that in the order of the offsets.
  let text: Bytes
  /// Where each name ends, and the offset of its synset.
  let ends, offsets: [Int32]

  init(_ names: [String], offsets: [Int32]) {
    var (text, ends): ([UInt8], [Int32]) = ([], [])
    for name in names {
      text += name.utf8
      ends.append(Int32(text.count))
    }
    (self.text, self.ends, self.offsets) = (Bytes(text), ends, offsets)
  }

  /// Nil where they do not belong together.
  init?(text: Bytes, ends: [Int32], offsets: [Int32]) {
    guard ends.count == offsets.count, Int(ends.last ?? 0) == text.count, (ends.first ?? 0) >= 0,
      zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    (self.text, self.ends, self.offsets) = (text, ends, offsets)
  }

  func id(of name: String) -> SynsetID? { place(of: name).map { SynsetID(offset: offsets[$0]) } }

  private func place(of name: String) -> Int? {
    var bytes = name
    let place = bytes.withUTF8 { name in
      let place = firstPlace(of: ends.count) { compare(name, $0) > 0 }
      return place < ends.count && compare(name, place) == 0 ? place : nil
    }
    if place != nil || name.utf8.allSatisfy({ $0 < 0x80 }) { return place }
    // An accent may be a character of its own (macOS) or part of its letter: the same to people, and to Swift.
    return ends.indices.first { text.text(range($0)) == name }
  }

  func name(of id: SynsetID) -> String? {
    let place = firstPlace(of: offsets.count) { offsets[$0] < id.offset }
    return place < offsets.count && offsets[place] == id.offset ? text.text(range(place)) : nil
  }

  private func range(_ place: Int) -> Range<Int> { (place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place]) }

  /// Negative, 0 or positive as `name` comes before, is, or comes after the one at `place`.
  private func compare(_ name: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    let range = range(place)
    for (index, byte) in name.enumerated() {
      guard index < range.count else { return 1 }
      let other = text[range.lowerBound + index]
      if byte != other { return Int(byte) - Int(other) }
    }
    return name.count - range.count
  }
}

/// A hierarchy of the user's own as plain parts, to be kept and had again without a look at its file.
extension WordNet {
  package struct OwnParts {
    /// In the formats of data.noun and index.noun.
    package var data, index: Bytes
    /// The names one behind the other, where each ends, and the offset of its synset.
    package var names: Bytes
    package var ends, offsets: [Int32]

    package init(data: Bytes, index: Bytes, names: Bytes, ends: [Int32], offsets: [Int32]) {
      (self.data, self.index, self.names, self.ends, self.offsets) = (data, index, names, ends, offsets)
    }
  }

  /// How many synsets a hierarchy of the user's own has; 0 for WordNet itself.
  package var ownCount: Int { ownNames?.ends.count ?? 0 }

  /// Nil for WordNet itself.
  package var ownParts: OwnParts? {
    ownNames.map { OwnParts(data: data, index: index, names: $0.text, ends: $0.ends, offsets: $0.offsets) }
  }

  /// Nil where the parts do not belong together.
  package init?(own parts: OwnParts) {
    guard let names = OwnNames(text: parts.names, ends: parts.ends, offsets: parts.offsets) else { return nil }
    self.init(data: parts.data, index: parts.index, ownNames: names)
  }
}
