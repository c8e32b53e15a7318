import Basics
import Files
import Kernels
import TestSupport
import Testing

@Suite struct NumPyFileTests {
  private let folder = TemporaryFolder()

  private func header(_ text: String) -> [UInt8] {
    let padded = text + String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(padded.utf8.count), 0] + Array(padded.utf8)
  }

  @Test("a tensor comes back in the same bits", arguments: [[3, 5], [1, 1], [7], [0, 4], [2, 3, 4]])
  func roundTrip(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let tensor = Tensor((0..<count).map { Float($0) / 3 - 1 }, shape: shape)
    try NumPyFile.write(tensor, to: folder.path + "/a.npy")
    let read = try NumPyFile.read(folder.path + "/a.npy")
    #expect(read.shape == shape && read.array == tensor.array)
    #expect(folder.names == ["a.npy"])
  }

  @Test("a matrix written block by block is the one written at once, and whole or not there")
  func blocks() throws {
    let tensor = Tensor((0..<30).map { Float($0) }, shape: [10, 3])
    try NumPyFile.write(width: 3, to: folder.path + "/a.npy") { (writer) throws(Problem) in
      for (start, count) in [(0, 4), (4, 0), (4, 6)] {
        try writer.append(Tensor(storage: tensor.storage, offset: start * 3, shape: [count, 3]))
      }
    }
    let read = try NumPyFile.read(folder.path + "/a.npy")
    #expect(read.shape == [10, 3] && read.array == tensor.array)
    #expect(throws: Problem("enough")) {
      try NumPyFile.write(width: 3, to: folder.path + "/b.npy") { (writer) throws(Problem) in
        try writer.append(tensor)
        throw Problem("enough")
      }
    }
    #expect(folder.names == ["a.npy"])
  }

  @Test("what is read stays what it was when the file is replaced or deleted")
  func replaced() throws {
    let path = folder.path + "/a.npy"
    try NumPyFile.write(Tensor([1, 2], shape: [1, 2]), to: path)
    let before = try NumPyFile.read(path)
    try NumPyFile.write(Tensor([3, 4], shape: [1, 2]), to: path)
    #expect(before.array == [1, 2])
    #expect(try NumPyFile.read(path).array == [3, 4])
  }

  @Test("the bytes are those that numpy.save writes")
  func bytes() throws {
    try NumPyFile.write(Tensor([1, -2], shape: [1, 2]), to: folder.path + "/a.npy")
    let expected = header("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }") + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
    #expect(folder.bytes(of: "a.npy") == expected)
    #expect((expected.count - 8) % 64 == 0)
  }

  @Test("a file that is anything else is refused", arguments: [
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", 16),
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", 7),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", 12),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, x), }", 8),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 8),
    ("{'descr': '<f4', 'fortran_order': False, }", 8),
    ("", 0),
  ])
  func hostile(text: String, data: Int) {
    folder.write(header(text) + [UInt8](repeating: 0, count: data), to: "a.npy")
    #expect(throws: Problem.self) { try NumPyFile.read(folder.path + "/a.npy") }
  }

  @Test("every beginning of a file is refused, and so is a folder and nothing at all")
  func cutShort() throws {
    try NumPyFile.write(Tensor([2, 2]), to: folder.path + "/a.npy")
    let whole = folder.bytes(of: "a.npy")
    for count in whole.indices {
      folder.write(Array(whole[..<count]), to: "b.npy")
      #expect(throws: Problem.self) { try NumPyFile.read(folder.path + "/b.npy") }
    }
    #expect(throws: Problem.self) { try NumPyFile.read(folder.path) }
    #expect(throws: Problem.self) { try NumPyFile.read(folder.path + "/none.npy") }
  }
}
