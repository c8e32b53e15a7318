/// Changes bytes as damage, other programs and malice do. What comes out depends on the number alone, so that a failure is told by it.
public struct Mutator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03 }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// Below `count`, which may be 0.
  mutating func below(_ count: Int) -> Int { count > 0 ? Int(next() % UInt64(count)) : 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// One of the seeds, changed in one to six places; now and then as it is.
  public mutating func input(from seeds: [[UInt8]], isText: Bool) -> [UInt8] {
    var bytes = pick(seeds)
    for _ in 0..<below(7) {
      if isText && below(3) > 0 { changeText(&bytes, seeds) } else { changeBytes(&bytes, seeds) }
      if bytes.count > 1 << 22 { bytes.removeLast(bytes.count - 1 << 22) }
    }
    return bytes
  }

  // MARK: Bytes

  private mutating func changeBytes(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
    // Heads say more than what follows them.
    let place = below(3) == 0 ? below(bytes.count) : min(below(bytes.count), below(256))
    let length = min(bytes.count - place, 1 + below(below(4) == 0 ? 300 : 8))
    switch below(11) {
    case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(below(8))
    case 1 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: next())
    case 2 where !bytes.isEmpty: bytes[place] = pick([0, 1, 0x7F, 0x80, 0xFF])
    case 3 where !bytes.isEmpty: bytes[place] &+= pick([1, 255, 16, 240])
    case 4: put(number(), at: place, in: &bytes)
    case 5: bytes.removeSubrange(place..<place + length)
    case 6: bytes.insert(contentsOf: bytes[place..<place + length], at: below(bytes.count + 1))
    case 7: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: next()) }, at: place)
    case 8: bytes.removeLast(bytes.count - place)
    case 9: bytes.replaceSubrange(place..<place + length, with: [UInt8](repeating: pick([0, 0xFF, 0x20]), count: length))
    default:
      let other = pick(seeds)
      let from = below(other.count)
      bytes.replaceSubrange(place..<place + length, with: other[from..<min(other.count, from + length * 4)])
    }
  }

  /// A number at the limits of its kind, low byte or high byte first.
  private mutating func number() -> [UInt8] {
    let value = pick([0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40, .max >> 1, 1 << 63, .max])
      &+ UInt64(below(3)) &- 1
    let width = pick([2, 4, 8])
    let low = (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    return below(4) == 0 ? low.reversed() : low
  }

  private func put(_ part: [UInt8], at place: Int, in bytes: inout [UInt8]) {
    for (index, byte) in part.enumerated() where place + index < bytes.count { bytes[place + index] = byte }
  }

  // MARK: Text

  private static let limits = ["9223372036854775807", "-9223372036854775808", "-1", "0", "4611686018427387904", "1e19", "1e300", "2147483648"]
  private static let numbers = [
    "0", "-1", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "4294967296", "2147483648",
    "1e19", "-1e19", "1e308", "1e999", "1e-320", "0.5", "-0.0", "NaN", "null", "\"x\"", "[]", "{}", "true", "00000000000000000001",
  ]
  private static let words = [
    "\0", "\u{1B}[2J", "\u{202E}", "\u{FEFF}", "\r\n", "\n\n", "\t", " ", ",", "\"", "'", "\\", "\\u0000", "\\ud800", "/", "../", "//", "#", "-",
    "n01440764", "n99999999", "\u{1F1E9}\u{1F1EA}", "e\u{301}", "{", "}", "[", "]", ":", "=", "<", ">", "~", "*", "NaN",
  ]

  private mutating func changeText(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
    switch below(10) {
    case 0, 1, 2, 3:
      // Other numbers in place of one to four, mostly at the limits of their kind.
      for _ in 0...below(4) {
        let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1]) && bytes[$0 - 1] != UInt8(ascii: ".")) }
        guard !starts.isEmpty else { return }
        let start = pick(starts)
        let end = bytes[start...].firstIndex { !isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "e") } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: pick(below(3) > 0 ? Self.limits : Self.numbers).utf8)
      }
    case 4: bytes.insert(contentsOf: pick(Self.words).utf8, at: below(bytes.count + 1))
    case 5, 6:
      // Lines, or what stands between commas, are left out, doubled, exchanged.
      let mark: UInt8 = below(2) == 0 ? 10 : UInt8(ascii: ",")
      var parts = bytes.split(separator: mark, omittingEmptySubsequences: false).map(Array.init)
      let (one, other) = (below(parts.count), below(parts.count))
      switch below(3) {
      case 0: parts.remove(at: one)
      case 1: parts.insert(parts[one], at: other)
      default: parts.swapAt(one, other)
      }
      bytes = Array(parts.joined(separator: [mark]))
    case 7:
      let deep = pick([10, 600, 20_000])
      bytes.insert(contentsOf: [UInt8](repeating: pick([UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "a")]), count: deep), at: below(bytes.count + 1))
    default:
      let other = pick(seeds)
      bytes.insert(contentsOf: other.prefix(below(other.count + 1)), at: below(bytes.count + 1))
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
