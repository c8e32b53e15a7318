import Basics
import Files
import Kernels
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/weights.safetensors" }

  func tensor(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor((0..<count).map { Float($0) * 0.37 - 1 }, shape: shape)
  }

  /// A file with this header and `data` zero bytes behind it.
  func write(header: String, data: Int) {
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
    folder.write(length + Array(header.utf8) + [UInt8](repeating: 0, count: data), to: "weights.safetensors")
  }

  @Test("Tensors of any shape come back in the same bits, with their metadata")
  func roundTrip() throws {
    let tensors = [("b", tensor([3, 2, 2])), ("a", tensor([])), ("none", tensor([0, 4])), ("c", tensor([7]))]
    try SafetensorsFile.write(tensors, metadata: ["step": "12", "word": "\"é\n/"], to: path)
    let file = try SafetensorsFile(path)
    #expect(file.names == ["a", "b", "c", "none"])
    #expect(file.metadata["step"] == "12" && file.metadata["word"] == "\"é\n/")
    try file.verify()
    for (name, expected) in tensors {
      let read = Tensor(expected.shape)
      try file.read(name, into: read)
      #expect(read.array.map(\.bitPattern) == expected.array.map(\.bitPattern))
    }
    #expect(folder.names == ["weights.safetensors"])
  }

  @Test("A window of a larger block is written alone")
  func windows() throws {
    let block = tensor([10])
    let window = Tensor(storage: block.storage, offset: 4, shape: [3])
    try SafetensorsFile.write([("window", window)], metadata: [:], to: path)
    let read = Tensor([3])
    try SafetensorsFile(path).read("window", into: read)
    #expect(read.array == Array(block.array[4..<7]))
  }

  @Test(
    "A header that lies about its data is refused with a problem that names the file",
    arguments: [
      ("", 0), ("{", 8), ("[]", 0), ("null", 0), (" {}", 0),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4),  // beyond the end
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12),  // data that no tensor names
      (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),  // shape × type ≠ bytes
      (#"{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),  // 2⁶⁶ bytes wrap to 0
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#, 12),
      (#"{"__metadata__":{"n":1}}"#, 0), (#"{"a":"F32"}"#, 0),
      (String(repeating: #"{"a":"#, count: 100_000), 0),
    ])
  func lyingHeaders(header: String, data: Int) {
    write(header: header, data: data)
    let problem = #expect(throws: Problem.self) { try SafetensorsFile(path) }
    #expect(problem?.place?.contains("weights.safetensors") == true)
  }

  @Test("A file cut at any byte is refused")
  func cut() throws {
    try SafetensorsFile.write([("a", tensor([5])), ("b", tensor([2, 2]))], metadata: ["k": "v"], to: path)
    let whole = folder.bytes(of: "weights.safetensors")
    for count in whole.indices {
      folder.write(Array(whole[..<count]), to: "weights.safetensors")
      #expect(throws: Problem.self, "cut to \(count) bytes") { try SafetensorsFile(path) }
    }
  }

  @Test("A header length beyond the file or beyond 100 MB is refused without allocating it", arguments: [100, 1 << 40, UInt64.max])
  func lengths(length: UInt64) {
    folder.write(withUnsafeBytes(of: length.littleEndian, Array.init) + Array("{}".utf8), to: "weights.safetensors")
    #expect(throws: Problem.self) { try SafetensorsFile(path) }
  }

  @Test("A flipped bit in the data is found")
  func flippedBit() throws {
    try SafetensorsFile.write([("a", tensor([1000]))], metadata: [:], to: path)
    var bytes = folder.bytes(of: "weights.safetensors")
    bytes[bytes.count - 77] ^= 0x10
    folder.write(bytes, to: "weights.safetensors")
    let file = try SafetensorsFile(path)
    #expect(throws: Problem.self) { try file.verify() }
  }

  @Test("Reading a tensor that is missing or of another shape names it")
  func wrongTensors() throws {
    try SafetensorsFile.write([("fc8.weight", tensor([2, 3]))], metadata: [:], to: path)
    let file = try SafetensorsFile(path)
    let missing = #expect(throws: Problem.self) { try file.read("fc9.weight", into: Tensor([2, 3])) }
    #expect(missing?.expected == "a tensor fc9.weight")
    let other = #expect(throws: Problem.self) { try file.read("fc8.weight", into: Tensor([3, 2])) }
    #expect(other?.found == "F32 [2, 3]")
  }

  @Test("A folder, a missing file and a folder that cannot be written are problems")
  func noFile() {
    #expect(throws: Problem.self) { try SafetensorsFile(folder.path) }
    #expect(throws: Problem.self) { try SafetensorsFile(folder.path + "/none") }
    #expect(throws: Problem.self) {
      try SafetensorsFile.write([("a", tensor([1]))], metadata: [:], to: "/proc/none/a.safetensors")
    }
  }

  @Test("A write that fails halfway leaves the old file as it was and nothing beside it")
  func failedWrite() throws {
    folder.write([1, 2], to: "a")
    #expect(throws: Problem.self) {
      try AtomicFile.write(to: folder.path + "/a") { (file) throws(Problem) in
        throw Problem("cannot write", at: "a", found: "No space left on device")
      }
    }
    #expect(folder.names == ["a"] && folder.bytes(of: "a") == [1, 2])
  }
}
