/// A NumPy file as numpy.save writes it, of any type and order.
/// - Parameters:
///   - type: as `<f4`.
///   - sides: as Python writes the shape, `(2, 3)`.
///   - version: 1 has a header whose length has two bytes, others four.
package func numPyFile(_ type: String, _ sides: String, isFortran: Bool = false, version: UInt8 = 1, _ data: [UInt8]) -> [UInt8] {
  let text = "{'descr': '\(type)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(sides), }"
  let start = version == 1 ? 10 : 12
  let padded = text + String(repeating: " ", count: 63 - (start + text.utf8.count) % 64) + "\n"
  let length = UInt32(padded.utf8.count)
  let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(padded.utf8) + data
}

/// The bytes of numbers, low byte first.
package func littleEndian<Number: FixedWidthInteger>(_ numbers: [Number]) -> [UInt8] {
  numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
}

/// A matrix of 32-bit floats.
package func numPyFile(_ rows: [[Float]]) -> [UInt8] {
  numPyFile("<f4", "(\(rows.count), \(rows.first?.count ?? 0))", littleEndian(rows.joined().map(\.bitPattern)))
}
