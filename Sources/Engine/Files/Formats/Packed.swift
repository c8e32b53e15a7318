/// Writes values one behind the other, as they lie in memory: for caches that are read by the program that wrote them.
package struct PackedWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {
  }

  package mutating func number(_ value: some BitwiseCopyable) { withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) } }

  package mutating func int(_ value: Int) { number(value) }

  package mutating func text(_ text: String) {
    int(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  package mutating func block(_ bytes: UnsafeRawBufferPointer) {
    int(bytes.count)
    self.bytes.append(contentsOf: bytes)
  }

  package mutating func numbers(_ numbers: [Int32]) { numbers.withUnsafeBytes { block($0) } }

  package mutating func optional<Value>(_ value: Value?, _ write: (inout PackedWriter, Value) -> Void) {
    bytes.append(value == nil ? 0 : 1)
    if let value { write(&self, value) }
  }
}

/// Reads what ``PackedWriter`` wrote. Behind the end there are zeros and empty texts, never anything outside.
package struct PackedReader {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isAtEnd: Bool { place >= bytes.count }

  package mutating func number<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
    let size = MemoryLayout<Value>.size
    guard size <= bytes.count - place else {
      place = bytes.count
      return withUnsafeTemporaryAllocation(byteCount: size, alignment: MemoryLayout<Value>.alignment) { zeros in
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        return zeros.load(as: Value.self)
      }
    }
    defer { place += size }
    return bytes.loadUnaligned(fromByteOffset: place, as: type)
  }

  package mutating func int() -> Int { number(Int.self) }

  /// A number of things that follow, each of a byte or more.
  package mutating func count() -> Int { min(max(0, int()), bytes.count - place) }

  package mutating func text() -> String {
    let count = count()
    defer { place += count }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[place..<place + count]), as: UTF8.self)
  }

  /// What lies there, not a copy of it.
  package mutating func block() -> UnsafeRawBufferPointer {
    let count = count()
    defer { place += count }
    return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
  }

  package mutating func numbers() -> [Int32] {
    let bytes = block()
    return [Int32](unsafeUninitializedCapacity: bytes.count / 4) { numbers, count in
      count = bytes.count / 4
      UnsafeMutableRawBufferPointer(numbers).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(4 * count)]))
    }
  }

  package mutating func optional<Value>(_ read: (inout PackedReader) -> Value) -> Value? {
    number(UInt8.self) == 1 ? read(&self) : nil
  }
}
