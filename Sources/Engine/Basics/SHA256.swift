/// The SHA-256 digest (FIPS 180-4) of `message`, in hexadecimal.
public func sha256(_ message: some Collection<UInt8>) -> String {
  var digest = SHA256()
  Array(message).withUnsafeBytes { digest.update($0) }
  return digest.finish()
}

/// The same of a message that comes in pieces.
package struct SHA256 {
  private var hash: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
  /// What does not fill a block yet.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0
  private var words = [UInt32](repeating: 0, count: 64)

  package init() {}

  package mutating func update(_ piece: UnsafeRawBufferPointer) {
    count &+= UInt64(piece.count)
    var piece = piece[...]
    if !rest.isEmpty {
      let missing = min(64 - rest.count, piece.count)
      rest += piece.prefix(missing)
      piece = piece.dropFirst(missing)
      guard rest.count == 64 else { return }
      let block = rest
      rest = []
      block.withUnsafeBytes { take($0) }
    }
    while piece.count >= 64 {
      take(UnsafeRawBufferPointer(rebasing: piece.prefix(64)))
      piece = piece.dropFirst(64)
    }
    rest += piece
  }

  /// The digest of everything, in hexadecimal.
  package mutating func finish() -> String {
    // A one bit, zeros, and the length in bits, to a multiple of 64 bytes.
    let bits = count &* 8
    var end: [UInt8] = [0x80] + [UInt8](repeating: 0, count: (119 - rest.count) % 64)
    end += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    end.withUnsafeBytes { update($0) }
    return hash.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// A block of 64 bytes.
  private mutating func take(_ block: UnsafeRawBufferPointer) {
    for i in 0..<16 { words[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)) }
    for i in 16..<64 {
      let (a, b) = (words[i - 15], words[i - 2])
      words[i] =
        words[i - 16] &+ (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) &+ words[i - 7]
        &+ (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10)
    }
    var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
    var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
    for i in 0..<64 {
      let sigma1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      let first = h &+ sigma1 &+ (e & f ^ ~e & g) &+ roundConstants[i] &+ words[i]
      let sigma0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
      let second = sigma0 &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { hash[i] &+= value }
  }
}

private func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 { word >> places | word << (32 - places) }

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]
