/// What identifies a synset: its byte offset in WordNet 3.0's data.noun, written `n` and eight digits (the wnid).
public struct SynsetID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 0…99,999,999.
  public let offset: Int32

  init(offset: Int32) { self.offset = offset }

  /// - Returns: nil unless `wnid` is `n` and eight digits.
  public init?(_ wnid: some StringProtocol) {
    let bytes = wnid.utf8
    guard bytes.count == 9, bytes.first == UInt8(ascii: "n") else { return nil }
    var offset: Int32 = 0
    for byte in bytes.dropFirst() {
      guard let digit = byte.digit else { return nil }
      offset = offset * 10 + Int32(digit)
    }
    self.offset = offset
  }

  /// The wnid.
  public var description: String {
    String(unsafeUninitializedCapacity: 9) { buffer in
      buffer[0] = UInt8(ascii: "n")
      var rest = offset
      for place in (1...8).reversed() {
        buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      return 9
    }
  }

  public static func < (a: Self, b: Self) -> Bool { a.offset < b.offset }
}

/// A concept of WordNet.
public struct Synset: Equatable, Sendable {
  public let id: SynsetID
  /// What identifies it to people and files.
  public let wnid: String
  /// Its words in WordNet's order, with spaces ("gym shoe", "sneaker", …); never empty.
  public let lemmas: [String]
  /// The definition and examples.
  public let gloss: String
  /// What it is a kind of, in data.noun's order. Of what it is an instance of is not among them.
  public let hypernyms: [SynsetID]
  /// Its kinds, in data.noun's order, without instances.
  public let hyponyms: [SynsetID]

  public var name: String { lemmas[0] }
}
