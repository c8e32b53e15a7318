import Basics
import Files
import Kernels
import TestSupport
import Testing

@Suite struct NumPyArrayTests {
  private let folder = TemporaryFolder()

  private func open(_ bytes: [UInt8]) throws -> NumPyArray {
    folder.write(bytes, to: "a.npy")
    return try NumPyArray(folder.path + "/a.npy")
  }

  private func values(_ array: NumPyArray, _ rows: [Int]) throws -> [Float] {
    let tensor = Tensor([rows.count, array.width])
    try array.copy(rows, into: tensor)
    return tensor.array
  }

  /// 0.5, 1, 1.5, … in each type.
  private static let numbers = (1...6).map { Double($0) / 2 }
  private static let types: [(String, [UInt8])] = [
    ("<f2", littleEndian(numbers.map { Float16($0).bitPattern })), ("<f4", littleEndian(numbers.map { Float($0).bitPattern })),
    ("<f8", littleEndian(numbers.map(\.bitPattern))), (">f4", littleEndian(numbers.map { Float($0).bitPattern.byteSwapped })),
    (">f8", littleEndian(numbers.map { $0.bitPattern.byteSwapped })),
  ]

  @Test("Floats of every width come in single precision, in both orders, of all versions", arguments: types.indices, [UInt8(1), 2, 3])
  func floats(type: Int, version: UInt8) throws {
    let (name, data) = Self.types[type]
    let c = try open(numPyFile(name, "(2, 3)", version: version, data))
    #expect(c.shape == [2, 3] && c.width == 3 && c.isFloat)
    #expect(try values(c, [1, 0]) == [2, 2.5, 3, 0.5, 1, 1.5])
    let fortran = try open(numPyFile(name, "(2, 3)", isFortran: true, version: version, data))
    #expect(try values(fortran, [0, 1]) == [0.5, 1.5, 2.5, 1, 2, 3])
  }

  @Test("Sides behind the first are one row; Python 2's shapes are read")
  func sides() throws {
    let array = try open(numPyFile("<f4", "(2L, 3L, 1L)", Self.types[1].1))
    #expect(array.rows == 2 && array.width == 3)
    #expect(try values(array, [1]) == [2, 2.5, 3])
  }

  @Test("Whole numbers of every width, with a sign and without")
  func integers() throws {
    #expect(try open(numPyFile("|i1", "(2,)", [0xFF, 3])).integer(0) == -1)
    #expect(try open(numPyFile("|u1", "(2,)", [0xFF, 3])).integer(0) == 255)
    #expect(try open(numPyFile("<i8", "(2, 1)", littleEndian([Int64(-5), 7]))).integer(1) == 7)
    #expect(try open(numPyFile(">u2", "(1,)", [1, 2])).integer(0) == 258)
    #expect(try open(numPyFile("<u8", "(1,)", littleEndian([UInt64.max]))).integer(0) == nil)
  }

  @Test("NaN, infinity and what 32 bits have no room for are refused with their place", arguments: [Double.nan, .infinity, -1e300])
  func finite(value: Double) throws {
    let array = try open(numPyFile("<f8", "(2, 2)", littleEndian([1, 2, 3, value].map(\.bitPattern))))
    #expect(try values(array, [0]) == [1, 2])
    let refusal = try #require(problem { _ = try values(array, [0, 1]) })
    #expect(refusal.kind == .data && refusal.place?.hasSuffix("row 1, column 1") == true, "\(refusal)")
  }

  @Test("Anything else is refused", arguments: [
    numPyFile("|O", "(1,)", [0]), numPyFile("<c8", "(1, 1)", [0, 0, 0, 0, 0, 0, 0, 0]), numPyFile("|b1", "(1,)", [1]), numPyFile("<f4", "()", [0, 0, 0, 0]),
    numPyFile("<f4", "(2, 3)", [0]), numPyFile("<f4", "(-1, 3)", [0]), numPyFile("<f4", "(4611686018427387904, 4)", [0]),
    numPyFile("<f4", "(0, 4611686018427387904, 4)", []), numPyFile("<f2", "(1, 1, 1)", isFortran: true, [0, 0]), [0x50, 0x4B, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0],
    [0x93] + Array("NUMPY".utf8) + [4, 0, 0, 0, 0, 0], Array("no file of NumPy's".utf8), [],
  ])
  func refused(bytes: [UInt8]) {
    #expect(problem { _ = try open(bytes) }?.kind == .data)
  }

  @Test("Every beginning of a file is refused")
  func cutShort() throws {
    let whole = numPyFile("<f4", "(2, 3)", Self.types[1].1)
    for count in whole.indices { #expect(throws: Problem.self) { try open(Array(whole[..<count])) } }
  }
}
