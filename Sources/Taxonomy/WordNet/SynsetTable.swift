/// A number for each synset that was met: a hash table of two plain arrays, for trees as large as WordNet are opened by it.
struct SynsetTable {
  /// Offsets, −1 where nothing lies; the first free place behind its own is where another one with the same hash lies.
  private var offsets: [Int32]
  private var numbers: [Int32]
  private var count = 0

  init(expecting count: Int) {
    var capacity = 64
    while capacity < 2 * count { capacity *= 2 }
    offsets = Array(repeating: -1, count: capacity)
    numbers = offsets
  }

  /// The number of a synset, nil where it has none.
  subscript(id: SynsetID) -> Int32? {
    let place = place(of: id.offset)
    return offsets[place] < 0 ? nil : numbers[place]
  }

  /// Gives a number to a synset that has none.
  mutating func insert(_ id: SynsetID, _ number: Int32) {
    if 2 * count >= offsets.count { grow() }
    let place = place(of: id.offset)
    offsets[place] = id.offset
    numbers[place] = number
    count += 1
  }

  /// Where an offset lies, or would.
  @inline(__always)
  private func place(of offset: Int32) -> Int {
    let mask = offsets.count - 1
    // No line is shorter than sixteen bytes. What is read one after another lies side by side, which is what memory likes.
    var place = Int(offset) >> 4 & mask
    while offsets[place] >= 0, offsets[place] != offset { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    var larger = SynsetTable(expecting: offsets.count)
    for place in offsets.indices where offsets[place] >= 0 {
      larger.insert(SynsetID(offset: offsets[place]), numbers[place])
    }
    self = larger
  }
}
