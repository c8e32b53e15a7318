/// CRC-32C (Castagnoli; RFC 3720 appendix B.4), the checksum of TensorBoard's records and of checkpoints.
package struct CRC32C {
  private var state: UInt32 = ~0

  package var value: UInt32 { ~state }

  /// TensorFlow's masked form, for checksums that are stored beside the data that they cover.
  package var masked: UInt32 { ((value >> 15) | (value << 17)) &+ 0xA282_EAD8 }

  package init() {}

  package init(_ bytes: UnsafeRawBufferPointer) { update(bytes) }

  /// Eight bytes at a time, by eight tables ("slicing by 8", Kounavis & Berry 2005).
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var crc = state
    Self.tables.withUnsafeBufferPointer { table in
      var position = 0
      while bytes.count - position >= 8 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(crc)
        crc = 0
        for byte in 0..<8 { crc ^= table[(7 - byte) << 8 + Int((word >> UInt64(8 * byte)) & 0xFF)] }
        position += 8
      }
      while position < bytes.count {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
        position += 1
      }
    }
    state = crc
  }

  /// `tables[256 · k + byte]`: the remainder of `byte` followed by k zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}
