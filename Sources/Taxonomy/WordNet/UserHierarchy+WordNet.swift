import Basics

extension UserHierarchy {
  /// The hierarchy in the format of WordNet's files, so that everything that reads WordNet reads this. The order of
  /// the offsets is that of the names.
  /// - Throws: a ``Problem`` where a node has more parents, or the hierarchy more bytes, than the format can hold.
  public func wordNet() throws(Problem) -> WordNet {
    if let node = parents.firstIndex(where: { $0.count > 999 }) {
      throw Problem("too many parents", at: names[node], expected: "999 at most", found: "\(parents[node].count)", kind: .data)
    }
    // Written twice: where lines begin is known when all are written.
    let starts = data(offsets: [Int32](repeating: 0, count: names.count)).starts
    guard let last = starts.last, last < 100_000_000 else {
      throw Problem("the hierarchy is too large", expected: "less than 100 MB", found: counted(names.count, "node"), kind: .data)
    }
    let offsets = starts.map(Int32.init)
    return WordNet(
      data: Bytes(data(offsets: offsets).bytes), index: Bytes(index(offsets)), ownNames: OwnNames(names, offsets: offsets))
  }

  /// The lines of data.noun, and where each begins.
  private func data(offsets: [Int32]) -> (bytes: [UInt8], starts: [Int]) {
    // A line of its own in front, so that no synset has offset 0.
    var data: [UInt8] = [.newline]
    var starts: [Int] = []
    starts.reserveCapacity(names.count)
    for node in names.indices {
      starts.append(data.count)
      data.append(digits: offsets[node])
      data += " 03 n ".utf8
      let own = words[node].contains(names[node]) ? 0 : 1
      let count = words[node].count + own
      data += (count < 16 ? "0" : "").utf8
      data += String(count, radix: 16).utf8
      data.append(.space)
      eachLemma(of: node) { lemma in
        for byte in lemma.utf8 { data.append(byte == .space ? UInt8(ascii: "_") : byte) }
        data += " 0 ".utf8
      }
      let pointers = String(parents[node].count)
      data += String(repeating: "0", count: 3 - pointers.count).utf8
      data += pointers.utf8
      data.append(.space)
      for parent in parents[node] {
        data += "@ ".utf8
        data.append(digits: offsets[parent])
        data += " n 0000 ".utf8
      }
      data += "|  \n".utf8
    }
    return (data, starts)
  }

  /// The lines of index.noun: of each word the synsets that have it, in the order of their names.
  private func index(_ offsets: [Int32]) -> [UInt8] {
    var senses: [(word: String, offset: Int32)] = []
    senses.reserveCapacity(2 * names.count)
    for node in names.indices {
      eachLemma(of: node) { senses.append((Self.field($0), offsets[node])) }
    }
    senses.sort { $0.word == $1.word ? $0.offset < $1.offset : isBefore($0.word, $1.word) }
    var index: [UInt8] = []
    var start = 0
    while start < senses.count {
      var end = start + 1
      while end < senses.count, senses[end].word == senses[start].word { end += 1 }
      index += senses[start].word.utf8
      index += " n \(end - start) 0 \(end - start) 0".utf8
      for sense in senses[start..<end] {
        index.append(.space)
        index.append(digits: sense.offset)
      }
      index += "  \n".utf8
      start = end
    }
    return index
  }

  /// The words that are shown before the name; the name is the last one.
  private func eachLemma(of node: Int, _ body: (String) -> Void) {
    for word in words[node] where word != names[node] { body(word) }
    body(names[node])
  }

  /// A word as index.noun has it.
  private static func field(_ word: String) -> String {
    word.utf8.contains(.space) ? String(word.map { $0 == " " ? "_" : $0 }).lowercased() : word.lowercased()
  }
}

extension [UInt8] {
  /// Eight digits.
  fileprivate mutating func append(digits number: Int32) {
    var (unit, rest): (Int32, Int32) = (10_000_000, number)
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(rest / unit))
      rest %= unit
      unit /= 10
    }
  }
}

/// Whether one text comes before another by its bytes.
func isBefore(_ one: String, _ other: String) -> Bool {
  var (one, other) = (one, other)
  return one.withUTF8 { one in
    other.withUTF8 { other in
      var place = 0
      while place < one.count, place < other.count {
        if one[place] != other[place] { return one[place] < other[place] }
        place += 1
      }
      return one.count < other.count
    }
  }
}
