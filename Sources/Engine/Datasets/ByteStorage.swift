/// A block of bytes with a fixed address, freed with its last owner. Written by its maker only, then shared.
final class ByteStorage: @unchecked Sendable {
  let bytes: UnsafeMutableBufferPointer<UInt8>

  /// The content is undefined until it is written.
  init(count: Int) {
    bytes = .allocate(capacity: count)
  }

  deinit { bytes.deallocate() }
}
