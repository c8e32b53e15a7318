import Basics
import Kernels

/// A NumPy file of another program's, versions 1.0 to 3.0: whole numbers or floats of any width, in C or Fortran order. The numbers stay in the
/// file and are read when they are asked for.
package struct NumPyArray {
  package enum Element: Equatable, Sendable {
    /// Bytes of a number.
    case float(Int), signed(Int), unsigned(Int)

    var bytes: Int {
      switch self {
      case .float(let bytes), .signed(let bytes), .unsigned(let bytes): bytes
      }
    }
  }

  package let path: String
  /// One side or more.
  package let shape: [Int]
  package let element: Element
  /// Of all sides behind the first: the numbers of a row.
  package let width: Int
  package let isFortran: Bool
  private let isBigEndian: Bool
  private let file: MappedFile
  private let start: Int

  package var rows: Int { shape[0] }
  package var isFloat: Bool { if case .float = element { true } else { false } }

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// - Throws: a ``Problem`` where the file cannot be read, is no NumPy file of numbers, or is longer or shorter than it says.
  package init(_ path: String) throws(Problem) {
    let file = try MappedFile(path: path)
    let bytes = file.bytes
    if bytes.prefix(4).elementsEqual([0x50, 0x4B, 3, 4]) {
      throw Problem(
        "the file is an archive", at: path, expected: "one array, as numpy.save writes it", found: "a zip file (.npz, .pt)",
        advice: "write the array alone with numpy.save", kind: .data)
    }
    guard bytes.count >= 12, bytes.prefix(6).elementsEqual(Self.magic) else {
      throw Problem("not a NumPy file", at: path, expected: "\\x93NUMPY at its beginning, as numpy.save writes it", kind: .data)
    }
    let version = Int(bytes[6])
    guard (1...3).contains(version) else {
      throw Problem("the NumPy file is of another version", at: path, expected: "1, 2 or 3", found: "\(version)", kind: .data)
    }
    let lengthBytes = version == 1 ? 2 : 4
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = 8 + lengthBytes + length
    guard length <= 1 << 20, bytes.count >= start else {
      throw Problem("the NumPy file is cut short", at: path, expected: "a header of \(length) bytes", kind: .data)
    }
    let header = try Header(String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self), at: path)
    var width: Int? = 1
    for side in header.shape.dropFirst() { width = width.flatMap { Self.product($0, side) } }
    let wanted = width.flatMap { Self.product($0, header.shape[0]) }.flatMap { Self.product($0, header.element.bytes) }
    guard let width, let wanted, wanted == bytes.count - start else {
      throw Problem(
        "the NumPy file's size does not fit its shape", at: path, expected: "\(wanted.map { "\($0)" } ?? "too many") bytes",
        found: "\(bytes.count - start)", advice: "copy it again, it may be cut short", kind: .data)
    }
    guard !header.isFortran || header.shape.count <= 2 else {
      throw Problem(
        "the NumPy file's rows are in pieces", at: path, expected: "C order, or two sides", found: "Fortran order with \(header.shape.count) sides",
        advice: "write it with numpy.ascontiguousarray", kind: .data)
    }
    (self.path, self.file, self.start, self.width) = (path, file, start, width)
    (shape, element, isFortran, isBigEndian) = (header.shape, header.element, header.isFortran, header.isBigEndian)
  }

  private static func product(_ a: Int, _ b: Int) -> Int? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }

  /// The shape as Python writes it.
  package var shapeText: String { "(" + shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")") }

  package var elementText: String {
    switch element {
    case .float(let bytes): "float\(8 * bytes)"
    case .signed(let bytes): "int\(8 * bytes)"
    case .unsigned(let bytes): "uint\(8 * bytes)"
    }
  }

  // MARK: Numbers

  private func bits<Bits: FixedWidthInteger>(_ place: Int, _ type: Bits.Type) -> Bits {
    let bits = file.bytes.loadUnaligned(fromByteOffset: start + place * MemoryLayout<Bits>.size, as: Bits.self)
    return isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)
  }

  private func place(_ row: Int, _ column: Int) -> Int { isFortran ? column * rows + row : row * width + column }

  /// A whole number; nil where it is none, or has no room.
  package func integer(_ row: Int, _ column: Int = 0) -> Int? {
    let place = place(row, column)
    return switch element {
    case .signed(1): Int(bits(place, Int8.self))
    case .signed(2): Int(bits(place, Int16.self))
    case .signed(4): Int(bits(place, Int32.self))
    case .signed: Int(bits(place, Int64.self))
    case .unsigned(1): Int(bits(place, UInt8.self))
    case .unsigned(2): Int(bits(place, UInt16.self))
    case .unsigned(4): Int(bits(place, UInt32.self))
    case .unsigned: Int(exactly: bits(place, UInt64.self))
    case .float: Int(exactly: number(place))
    }
  }

  private func number(_ place: Int) -> Double {
    switch element {
    case .float(2): Double(Float16(bitPattern: bits(place, UInt16.self)))
    case .float(4): Double(Float(bitPattern: bits(place, UInt32.self)))
    case .float: Double(bitPattern: bits(place, UInt64.self))
    case .signed, .unsigned: .nan
    }
  }

  /// Copies rows in single precision, rounded to the nearest.
  /// - Parameter target: [rows.count, width].
  /// - Throws: a ``Problem`` where a number is not finite, or too large.
  package func copy(_ chosen: some RandomAccessCollection<Int>, into target: Tensor) throws(Problem) {
    precondition(isFloat && target.shape == [chosen.count, width], "rows of \(elementText) for a tensor of \(target.shape)")
    let values = target.elements
    if isFortran {
      // Column by column, as they lie.
      for column in 0..<width {
        for (line, row) in chosen.enumerated() { values[line * width + column] = Float(number(column * rows + row)) }
      }
    } else if element == .float(4), !isBigEndian {
      let bytes = width * MemoryLayout<Float>.stride
      guard bytes > 0 else { return }
      for (line, row) in chosen.enumerated() {
        (UnsafeMutableRawPointer(values.baseAddress! + line * width)).copyMemory(from: file.bytes.baseAddress! + start + row * bytes, byteCount: bytes)
      }
    } else {
      for (line, row) in chosen.enumerated() {
        for column in 0..<width { values[line * width + column] = Float(number(row * width + column)) }
      }
    }
    guard let bad = values.firstIndex(where: { !$0.isFinite }) else { return }
    let row = chosen[chosen.index(chosen.startIndex, offsetBy: bad / width)]
    let value = number(place(row, bad % width))
    throw Problem(
      "the features hold what is no number", at: "\(path): row \(row), column \(bad % width)", expected: "finite numbers that 32 bits have room for",
      found: "\(value)", advice: "leave the row out or repair it", kind: .data)
  }

  /// The file's bytes, for a checksum.
  package func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
    for first in stride(from: 0, to: file.bytes.count, by: 1 << 24) {
      body(UnsafeRawBufferPointer(rebasing: file.bytes[first..<min(file.bytes.count, first + 1 << 24)]))
    }
    file.forget()
  }
}

/// What the header of a NumPy file says: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
private struct Header {
  var element: NumPyArray.Element
  var isBigEndian: Bool
  var isFortran: Bool
  var shape: [Int]

  init(_ text: String, at path: String) throws(Problem) {
    let packed = String(text.filter { !$0.isWhitespace }.map { $0 == "\"" ? "'" : $0 })
    let shown = String(text.prefix(80))
    func after(_ key: String) -> Substring? {
      guard let range = packed.firstRange(of: "'\(key)':") else { return nil }
      return packed[range.upperBound...]
    }
    guard let descr = after("descr"), descr.first == "'" else {
      throw Problem("the NumPy file holds something else", at: path, expected: "numbers of one kind", found: shown, kind: .data)
    }
    let type = descr.dropFirst().prefix { $0 != "'" }
    let (order, kind, size) = (type.first, type.dropFirst().first, Int(type.dropFirst(2)))
    switch (kind, size) {
    case ("f", let bytes?) where [2, 4, 8].contains(bytes): element = .float(bytes)
    case ("i", let bytes?) where [1, 2, 4, 8].contains(bytes): element = .signed(bytes)
    case ("u", let bytes?) where [1, 2, 4, 8].contains(bytes): element = .unsigned(bytes)
    default:
      throw Problem(
        "the NumPy file holds something else", at: path, expected: "floats of 16, 32 or 64 bits, or whole numbers", found: "'\(type)'",
        advice: "convert it: a.astype(numpy.float32)", kind: .data)
    }
    isBigEndian = order == ">"
    guard let fortran = after("fortran_order"), fortran.hasPrefix("True") || fortran.hasPrefix("False") else {
      throw Problem("the NumPy file does not say its order", at: path, expected: "'fortran_order': False or True", found: shown, kind: .data)
    }
    isFortran = fortran.hasPrefix("True")
    // Python 2 wrote whole numbers as 10L.
    let sides = after("shape").flatMap { $0.first == "(" ? $0.dropFirst().prefix { $0 != ")" } : nil }?
      .split(separator: ",").map { Int($0.last == "L" ? $0.dropLast() : $0) }
    guard let sides, !sides.isEmpty, sides.count <= 32, sides.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else {
      throw Problem("the NumPy file has no shape", at: path, expected: "'shape': (rows, columns)", found: shown, kind: .data)
    }
    shape = sides.map { $0! }
  }
}
