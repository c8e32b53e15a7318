import Basics
import Files
import Kernels
import TestSupport
import Testing

@Suite struct FeatureFileTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/kept/train.rows" }

  private func row(_ file: FeatureFile, _ chunk: Int, _ row: Int) throws -> [Float]? {
    let tensor = Tensor([file.width])
    return try file.read(chunk, row, into: tensor.elements) ? tensor.array : nil
  }

  @Test("chunks come back as they were written, in any order and by another reader, without the rows that are missing")
  func roundTrip() throws {
    let file = try FeatureFile(path, width: 3, chunk: 4)
    try file.write(5, rows: Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), present: [true, false, true, false])
    try file.write(2, rows: Tensor([7, 8, 9], shape: [1, 3]), present: [true])
    for reader in [file, try FeatureFile(path, width: 3, chunk: 4)] {
      #expect(try reader.holds(5) && reader.holds(2))
      #expect(try !reader.holds(0) && !reader.holds(4) && !reader.holds(6))
      #expect(try row(reader, 5, 0) == [1, 2, 3] && row(reader, 5, 2) == [4, 5, 6])
      #expect(try row(reader, 5, 1) == nil && row(reader, 2, 1) == nil && row(reader, 2, 0) == [7, 8, 9])
    }
  }

  @Test("a chunk that was cut, or in which a bit fell over, is not held")
  func damage() throws {
    let file = try FeatureFile(path, width: 3, chunk: 2)
    try file.write(0, rows: Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), present: [true, true])
    let whole = folder.bytes(of: "kept/train.rows")
    #expect(whole.count == FeatureFile.bytes(rows: 1, width: 3, chunk: 2))
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 0x20
      folder.write(damaged, to: "kept/train.rows")
      #expect(try !FeatureFile(path, width: 3, chunk: 2).holds(0), "byte \(place)")
      folder.write(Array(whole[..<place]), to: "kept/train.rows")
      #expect(try !FeatureFile(path, width: 3, chunk: 2).holds(0), "cut at \(place)")
    }
  }

  @Test("a place that cannot be written is a problem")
  func unwritable() {
    #expect(throws: Problem.self) { try FeatureFile("/proc/none/train.rows", width: 3, chunk: 2) }
  }
}
