import Basics
import Files
import Kernels
import Networks
import TestSupport
import Testing
import Weights

/// What other programs write: precisions, names, numbers that are none.
@Suite struct WeightImportTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/weights.safetensors" }

  private typealias Raw = (name: String, dtype: String, shape: [Int], bytes: [UInt8])

  private func write(_ tensors: [Raw]) {
    var (entries, data): ([String], [UInt8]) = ([], [])
    for tensor in tensors {
      let range = [data.count, data.count + tensor.bytes.count]
      entries.append("\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),\"data_offsets\":\(range)}")
      data += tensor.bytes
    }
    let header = "{" + entries.joined(separator: ",") + "}"
    folder.write(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8) + data, to: "weights.safetensors")
  }

  /// The names and shapes of a net in PyTorch's layout, each with numbers that half precision holds.
  private func net(_ name: String, classes: Int = 3) throws -> [(name: String, shape: [Int], values: [Float])] {
    let architecture = try Architecture.named(name)
    let network = try architecture.network(
      classes: classes, batch: 1, purpose: .inference(keeping: []), backend: CPUBackend(workers: 1))
    let parameters = zip(network.parameters + network.state, network.values + network.stateValues)
    let snapshot = Snapshot(
      tensors: parameters.map { parameter, tensor in
        for place in tensor.elements.indices { tensor.elements[place] = Float(place % 61 - 30) / 64 }
        if parameter.name.hasSuffix("running_var") { for place in tensor.elements.indices { tensor.elements[place] = 1.5 } }
        return (parameter.name, tensor)
      } + [("input.mean", Tensor([70], shape: [1]))],
      metadata: ["network": name, "classes": "\(classes)", "seed": "1", "step": "7", "epoch": "1", "validated": "7"])
    _ = try WeightExport.write(snapshot, configuration: architecture.recipe, format: .torchvision, to: path)
    let file = try SafetensorsFile(path)
    return try file.names.map { name in
      let tensor = Tensor(try #require(file.shape(of: name)))
      try file.read(name, into: tensor)
      return (name, tensor.shape, tensor.array)
    }
  }

  private func bytes(_ values: [Float], _ dtype: String) -> [UInt8] {
    values.flatMap { value -> [UInt8] in
      switch dtype {
      case "F16": withUnsafeBytes(of: Float16(value).bitPattern.littleEndian, Array.init)
      case "BF16": withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian, Array.init)
      case "F64": withUnsafeBytes(of: Double(value).bitPattern.littleEndian, Array.init)
      default: withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
      }
    }
  }

  private func imported(_ net: String = "resnet8-28") throws -> WeightImport {
    try WeightImport(path, architecture: .named(net), mean: [70])
  }

  private func refusal(_ net: String = "resnet8-28") throws -> Problem {
    try #require(throws: Problem.self) { try imported(net) }
  }

  @Test("Floats of 16 and 64 bits become single ones, and how many were which is said; counts of batches are left",
    arguments: ["F16", "BF16", "F64"])
  func precisions(dtype: String) throws {
    let tensors = try net("resnet8-28")
    let expected = try imported()
    write(tensors.map { ($0.name, $0.name.hasSuffix("fc.bias") ? "F32" : dtype, $0.shape, bytes($0.values, $0.name.hasSuffix("fc.bias") ? "F32" : dtype)) }
      + [("bn1.num_batches_tracked", "I64", [], [9, 0, 0, 0, 0, 0, 0, 0])])
    let found = try imported()
    for (name, tensor) in expected.snapshot.tensors {
      #expect(try found.snapshot.tensor(name).array == tensor.array, "\(name)")
    }
    #expect(found.report.remarks.contains("\(tensors.count - 1) tensors converted from \(dtype) to F32"))
    #expect(found.report.lines.first?.remark == "\(dtype) → F32; channels (1) first → last")
    #expect(found.report.left == 1)
  }

  @Test("Subnormal halves are what they are, and doubles are rounded to the nearest single")
  func rounding() throws {
    let halves: [UInt16] = [0x0001, 0x8001, 0x03FF, 0x0400, 0x7BFF, 0x8000]
    write([("a", "F16", [6], halves.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) })])
    let read = Tensor([6])
    try SafetensorsFile(path, isConverting: true).read("a", into: read)
    #expect(read.array == [0x1p-24, -0x1p-24, 0x1.FF8p-15, 0x1p-14, 65504, -0.0])
    let doubles = [0.1, 1e-300, 3.4028235e38, -1.4e-45]
    write([("a", "F64", [4], doubles.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })])
    let four = Tensor([4])
    try SafetensorsFile(path, isConverting: true).read("a", into: four)
    #expect(four.array == [0.1, 0, .greatestFiniteMagnitude, -.leastNonzeroMagnitude])
    // A training goes on with its own bits only.
    #expect(throws: Problem.self) { try SafetensorsFile(path).read("a", into: four) }
  }

  @Test("A number that is none is refused with its tensor, how many there are and where the first is", arguments: [
    ("F32", Float.nan), ("F32", -.infinity), ("F16", .nan), ("F16", .infinity), ("BF16", .infinity), ("F64", .nan),
  ])
  func notFinite(dtype: String, value: Float) throws {
    var tensors = try net("resnet8-28")
    let place = try #require(tensors.firstIndex { $0.name == "fc.weight" })
    tensors[place].values[5] = value
    tensors[place].values[17] = value
    write(tensors.map { ($0.name, dtype, $0.shape, bytes($0.values, dtype)) })
    let problem = try refusal()
    #expect(problem.what == "the weights are not finite" && problem.place == "\(path): fc.weight")
    #expect(problem.found?.hasPrefix("2 of \(tensors[place].values.count) NaN or infinite, the first at index 5") == true)
  }

  @Test("Doubles beyond single precision and numbers that are no floats are refused in their own words")
  func tooLarge() throws {
    let tensors = try net("resnet8-28")
    write(tensors.map { tensor in
      guard tensor.name == "fc.bias" else { return (tensor.name, "F32", tensor.shape, bytes(tensor.values, "F32")) }
      return (tensor.name, "F64", tensor.shape, [0, -1e39, 2].flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    })
    #expect(try refusal().found == "-1e+39 at index 1")
    write(tensors.map { tensor in
      tensor.name == "fc.bias" ? (tensor.name, "I8", tensor.shape, [1, 2, 3]) : (tensor.name, "F32", tensor.shape, bytes(tensor.values, "F32"))
    })
    #expect(try refusal().found == "I8")
  }

  struct Wrapping: CustomTestStringConvertible {
    var prefix: String, said: String
    var testDescription: String { prefix }
  }

  @Test("What wrappers put in front of all names is stripped, and said", arguments: [
    Wrapping(prefix: "module.", said: "`module.` stripped"), Wrapping(prefix: "model.", said: "`model.` stripped"),
    Wrapping(prefix: "module.model.", said: "`module.` and `model.` stripped"), Wrapping(prefix: "state_dict.", said: "`state_dict.` stripped"),
    Wrapping(prefix: "_orig_mod.module.", said: "`_orig_mod.` and `module.` stripped"), Wrapping(prefix: "backbone.net.", said: "`backbone.net.` stripped"),
  ])
  func prefixes(wrapping: Wrapping) throws {
    let tensors = try net("resnet8-28")
    let expected = try imported()
    write(tensors.map { (wrapping.prefix + $0.name, "F32", $0.shape, bytes($0.values, "F32")) }
      + [("loss.weight", "F32", [1], [0, 0, 0, 0]), (wrapping.prefix + "bn1.num_batches_tracked", "I64", [], [UInt8](repeating: 0, count: 8))])
    let found = try imported()
    #expect(found.report.format == .torchvision && found.report.left == 2)
    #expect(found.report.remarks.first == wrapping.said + " from the names of \(tensors.count) tensors")
    #expect(found.report.lines.first?.file.hasPrefix(wrapping.prefix) == true)
    for (name, tensor) in expected.snapshot.tensors { #expect(try found.snapshot.tensor(name).array == tensor.array) }
  }

  @Test("A part of a network that was wrapped alone is unwrapped too")
  func wrappedPart() throws {
    let tensors = try net("resnet8-28")
    write(tensors.map { tensor in
      let parts = tensor.name.split(separator: ".")
      let name = parts[0].hasPrefix("conv") ? "\(parts[0]).module.\(parts.dropFirst().joined(separator: "."))" : tensor.name
      return (name, "F32", tensor.shape, bytes(tensor.values, "F32"))
    })
    let found = try imported()
    #expect(found.report.left == 0 && found.report.remarks.first?.hasPrefix("`module.` stripped") == true)
  }

  @Test("Of a network and its moving average the network is taken; of two alike none is")
  func copies() throws {
    let tensors = try net("resnet8-28")
    func both(_ first: String, _ second: String) {
      write([first, second].flatMap { prefix in
        tensors.map { (prefix + $0.name, "F32", $0.shape, bytes(prefix == first ? $0.values : $0.values.map { -$0 }, "F32")) }
      })
    }
    both("model.", "model_ema.module.")
    let found = try imported()
    #expect(try found.snapshot.tensor("fc.bias").array == tensors.first { $0.name == "fc.bias" }?.values)
    #expect(found.report.left == tensors.count && found.report.lines.last?.remark?.hasPrefix("left: another copy of ") == true)
    both("", "ema.")
    let plain = try imported()
    #expect(plain.report.remarks.allSatisfy { !$0.contains("stripped") } && plain.report.left == tensors.count)
    #expect(plain.report.lines.last?.remark?.contains("behind `ema.`") == true)
    both("a.", "b.")
    #expect(try refusal().found == "`a.` and `b.`")
  }

  @Test("Where a tensor is missing behind a prefix, it is that tensor which is named")
  func missing() throws {
    let tensors = try net("resnet8-28")
    write(tensors.filter { $0.name != "bn1.running_var" }.map { ("module." + $0.name, "F32", $0.shape, bytes($0.values, "F32")) })
    #expect(try refusal().expected == "a tensor bn1.running_var")
  }

  @Test("A mean of the file that has another shape is refused")
  func mean() throws {
    let tensors = try net("resnet8-28")
    write(tensors.map { ($0.name, "F32", $0.shape, bytes($0.values, "F32")) } + [("input.mean", "F32", [2], bytes([1, 2], "F32"))])
    let problem = try #require(throws: Problem.self) { try WeightImport(path, architecture: .named("resnet8-28")) }
    #expect(problem.what == "the mean does not fit the network" && problem.found == "2")
  }

  // MARK: Caffe

  private func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes }
  private func varint(_ value: UInt64) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }

  @Test("Blobs of doubles and NVCaffe's of raw bytes are read; of other types they are named")
  func caffeBlobs() throws {
    let values: [Float] = [0.5, -2, 3]
    let shape = field(7, field(1, [3]))
    func layer(_ blob: [UInt8]) -> [UInt8] { field(100, field(1, Array("fc".utf8)) + field(7, shape + blob)) }
    func raw(_ type: UInt8, _ dtype: String) -> [UInt8] { [10 << 3, type] + field(12, bytes(values, dtype)) }
    let path = folder.path + "/net.caffemodel"
    for (blob, format) in [
      (field(5, bytes(values, "F32")), "F32"), (field(8, bytes(values, "F64")), "F64"), (raw(2, "F16"), "F16"), (raw(1, "F32"), "F32"),
      (raw(0, "F64"), "F64"),
    ] {
      folder.write(layer(blob), to: "net.caffemodel")
      let file = try CaffeModelFile(path)
      let read = Tensor([3])
      try file.read("fc.weight", into: read)
      #expect(read.array == values && file.format(of: "fc.weight")?.rawValue == format)
    }
    folder.write(layer(raw(3, "F32")), to: "net.caffemodel")
    #expect(try #require(throws: Problem.self) { try CaffeModelFile(path) }.found?.contains("NVCaffe's raw_data of type 3") == true)
    folder.write(layer(field(5, bytes([1, 2], "F32"))), to: "net.caffemodel")
    #expect(try #require(throws: Problem.self) { try CaffeModelFile(path) }.found == "2 numbers that do not fill 3")
  }

  @Test("Layers of V0 are named, with the tool that upgrades them")
  func oldestCaffe() throws {
    let v0 = field(1, field(1, Array("conv1".utf8)) + field(2, Array("conv".utf8)) + field(50, [0x08, 1] + field(5, bytes([1], "F32"))))
    folder.write(field(1, Array("CaffeNet".utf8)) + field(2, v0), to: "old.caffemodel")
    let problem = try #require(throws: Problem.self) { try WeightImport(folder.path + "/old.caffemodel", architecture: .named("alexnet-28")) }
    #expect(problem.found == "layers of V0, the first conv1" && problem.advice?.contains("upgrade_net_proto_binary") == true)
  }
}
