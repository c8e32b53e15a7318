import Basics
import Files
import Kernels
import Networks
import TestSupport
import Testing
import Weights

@Suite struct WeightExchangeTests {
  let folder = TemporaryFolder()
  var path: String { folder.path + "/weights.safetensors" }

  /// A checkpoint of random weights; averages are random too.
  private func snapshot(_ name: String, classes: Int = 3) throws -> Snapshot {
    let architecture = try Architecture.named(name)
    let network = try architecture.network(
      classes: classes, batch: 1, purpose: .inference(keeping: []), backend: CPUBackend(workers: 1))
    network.initialize(seed: 4)
    let random = CounterRandom(9)
    for (index, tensor) in network.stateValues.enumerated() {
      for place in 0..<tensor.count { tensor.elements[place] = 0.5 + random.uniform(1000 * index + place) }
    }
    let channels = architecture.input.channels
    let mean = Tensor((0..<channels).map { 100 + 10 * Float($0) }, shape: [channels])
    let named = zip((network.parameters + network.state).map(\.name), network.values + network.stateValues)
    return Snapshot(
      tensors: named.map { (name: $0, tensor: $1) } + [("input.mean", mean)],
      metadata: ["network": name, "classes": "\(classes)", "seed": "1", "step": "7", "epoch": "1", "validated": "7"])
  }

  private func export(_ snapshot: Snapshot, _ format: WeightFormat, to path: String? = nil) throws -> WeightReport {
    let recipe = try Architecture.named(snapshot.metadata["network"]!).recipe
    return try WeightExport.write(snapshot, configuration: recipe, format: format, to: path ?? self.path)
  }

  private func read(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let file = try SafetensorsFile(path)
    let shape = try #require(file.shape(of: name))
    let tensor = Tensor(shape)
    try file.read(name, into: tensor)
    return (shape, tensor.array)
  }

  @Test("weights that go out and come back are the same bits", arguments: [
    ("alexnet-28", WeightFormat.torchvision), ("alexnet-28", .caffe), ("alexnet-64", .torchvision), ("alexnet-64", .caffe),
    ("resnet8-28", .torchvision), ("resnet8-28", .caffe),
  ])
  func roundTrip(name: String, format: WeightFormat) throws {
    let before = try snapshot(name)
    _ = try export(before, format)
    let after = try WeightImport(path, architecture: .named(name))
    #expect(after.report.format == format && after.report.classes == 3 && after.report.left == 0)
    for (name, tensor) in before.tensors {
      #expect(try after.snapshot.tensor(name, shape: tensor.shape).array == tensor.array, "\(name)")
    }
  }

  @Test("kernels go to outputs, inputs, height, width; Caffe's first ones from red-green-blue to blue-green-red")
  func kernels() throws {
    let before = try snapshot("alexnet-64")
    let ours = try before.tensor("conv1.weight")
    #expect(ours.shape == [48, 5, 5, 3])
    for format in [WeightFormat.torchvision, .caffe] {
      _ = try export(before, format)
      let theirs = try read("conv1.weight")
      #expect(theirs.shape == [48, 3, 5, 5])
      for (output, y, x, colour) in [(0, 0, 0, 0), (7, 1, 4, 2), (47, 4, 3, 0), (20, 2, 2, 1)] {
        let channel = format == .caffe ? 2 - colour : colour
        let there: Int = ((output * 3 + channel) * 5 + y) * 5 + x
        let here: Int = ((output * 5 + y) * 5 + x) * 3 + colour
        #expect(theirs.values[there] == ours.array[here])
      }
      // Groups have their own inputs, and no layer but the first reads colours.
      let second = try read("conv2.weight")
      let grouped = try before.tensor("conv2.weight").array
      #expect(second.shape == [64, 24, 5, 5])
      let (there, here): (Int, Int) = (((3 * 24 + 23) * 5 + 1) * 5 + 2, ((3 * 5 + 1) * 5 + 2) * 24 + 23)
      #expect(second.values[there] == grouped[here])
    }
  }

  @Test("fc6 reads channel, height, width there and height, width, channel here; fc7 stays")
  func fullyConnected() throws {
    let before = try snapshot("alexnet-64")
    _ = try export(before, .torchvision)
    let (ours, theirs) = (try before.tensor("fc6.weight").array, try read("fc6.weight"))
    #expect(theirs.shape == [1024, 4 * 4 * 96])
    for (row, y, x, channel) in [(0, 0, 0, 1), (5, 3, 2, 95), (1023, 1, 3, 40)] {
      let there: Int = row * 1536 + channel * 16 + y * 4 + x
      let here: Int = row * 1536 + (y * 4 + x) * 96 + channel
      #expect(theirs.values[there] == ours[here])
    }
    #expect(try read("fc7.weight").values == before.tensor("fc7.weight").array)
  }

  @Test("a file that another program wrote is known by its names, and what it has besides is reported as left")
  func foreignFile() throws {
    _ = try export(snapshot("resnet8-28"), .torchvision)
    let written = try SafetensorsFile(path)
    var tensors: [(name: String, tensor: Tensor)] = []
    for name in written.names {
      let tensor = Tensor(try #require(written.shape(of: name)))
      try written.read(name, into: tensor)
      tensors.append((name, tensor))
    }
    tensors.append(("bn1.num_batches_tracked", Tensor([1])))
    let foreign = folder.path + "/foreign.safetensors"
    try SafetensorsFile.write(tensors, metadata: [:], to: foreign)
    let read = try WeightImport(foreign, architecture: .named("resnet8-28"), mean: [72])
    #expect(read.report.format == .torchvision && read.report.left == 1)
    #expect(read.report.lines.last?.remark?.contains("count of batches") == true)
    #expect(read.report.lines.first?.remark == "channels (1) first → last")
    #expect(try read.snapshot.tensor("input.mean").array == [72])
    // Nobody knows the mean of grey images of elsewhere.
    #expect(throws: Problem.self) { try WeightImport(foreign, architecture: .named("resnet8-28")) }
  }

  @Test("a .caffemodel goes out and comes back in the same bits; where its mean is to be subtracted is said")
  func caffeModel() throws {
    let before = try snapshot("alexnet-64")
    let path = folder.path + "/net.caffemodel"
    #expect(try export(before, .caffe, to: path).remarks.last?.contains("subtract 120.0,110.0,100.0 (blue, green, red)") == true)
    let after = try WeightImport(path, architecture: .named("alexnet-64"), mean: [100, 110, 120])
    #expect(after.report.format == .caffe && after.report.left == 0 && after.report.classes == 3)
    for (name, tensor) in before.tensors {
      #expect(try after.snapshot.tensor(name, shape: tensor.shape).array == tensor.array, "\(name)")
    }
    #expect(throws: Problem.self) { try self.export(before, .torchvision, to: path) }
  }

  @Test("Caffe's batch normalisation is two layers, and its averages are sums, divided by a number of their own")
  func caffeBatchNormalization() throws {
    let before = try snapshot("resnet8-28")
    _ = try export(before, .caffe)
    #expect(try read("bn1.weight").values == before.tensor("bn1.running_mean").array)
    #expect(try read("bn1.bias").values == before.tensor("bn1.running_var").array)
    #expect(try read("bn1_scale.weight").values == before.tensor("bn1.weight").array)
    #expect(try read("bn1.2").values == [1])

    let written = try SafetensorsFile(path)
    let doubled: [(name: String, tensor: Tensor)] = try written.names.map { name in
      let tensor = Tensor(try #require(written.shape(of: name)))
      try written.read(name, into: tensor)
      if [".weight", ".bias", ".2"].contains(where: { name == "bn1" + $0 }) { for place in tensor.elements.indices { tensor.elements[place] *= 2 } }
      return (name, tensor)
    }
    try SafetensorsFile.write(doubled, metadata: written.metadata, to: path)
    let after = try WeightImport(path, architecture: .named("resnet8-28"))
    #expect(after.report.left == 0)
    #expect(try after.snapshot.tensor("bn1.running_mean").array == before.tensor("bn1.running_mean").array)
  }

  /// A message of caffe.proto as files of before 2014 have it: layers in field 2, blobs of four sides.
  private func oldLayer(_ name: String, _ blobs: [(sides: [Int], values: [Float])]) -> [UInt8] {
    func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
      precondition(bytes.count < 1 << 14)
      return [number << 3 | 2, UInt8(bytes.count & 0x7F) | 0x80, UInt8(bytes.count >> 7)] + bytes
    }
    var layer = field(4, Array(name.utf8))
    for (sides, values) in blobs {
      let head = sides.enumerated().flatMap { [UInt8($0 + 1) << 3, UInt8($1)] }
      layer += field(6, head + field(5, values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }))
    }
    return field(2, layer)
  }

  @Test("an old .caffemodel is read, ones in front of a shape and layers of other kinds included; one cut anywhere is refused")
  func oldCaffeModel() throws {
    let path = folder.path + "/old.caffemodel"
    let weight = (0..<24).map { Float($0) }
    let message = oldLayer("data", []) + oldLayer("fc", [([1, 1, 4, 6], weight), ([1, 1, 1, 4], [1, 2, 3, 4])])
      + oldLayer("conv", [([2, 1, 3, 2], (0..<12).map { Float($0) })])
    folder.write(message, to: "old.caffemodel")
    let file = try CaffeModelFile(path)
    #expect(file.names == ["conv.weight", "fc.bias", "fc.weight"])
    #expect(file.shape(of: "fc.weight") == [4, 6] && file.shape(of: "fc.bias") == [4] && file.shape(of: "conv.weight") == [2, 1, 3, 2])
    let read = Tensor([4, 6])
    try file.read("fc.weight", into: read)
    #expect(read.array == weight)
    // Between two layers a message ends like a whole one, and lacks what follows.
    let whole: Set = [oldLayer("data", []).count, message.count - oldLayer("conv", [([2, 1, 3, 2], (0..<12).map { Float($0) })]).count]
    for length in 0..<message.count where !whole.contains(length) {
      folder.write(Array(message[..<length]), to: "old.caffemodel")
      #expect(throws: Problem.self, "cut at \(length)") { try CaffeModelFile(path) }
    }
    folder.write(oldLayer("fc", [([1, 1, 4, 7], weight)]), to: "old.caffemodel")
    #expect(throws: Problem.self) { try CaffeModelFile(path) }
  }

  @Test("torchvision's names for AlexNet and VGG stand for our layers", arguments: [
    ("alexnet-torchvision", ["features.10.weight", "classifier.1.weight", "classifier.6.bias"]),
    ("vgg16", ["features.28.bias", "classifier.0.weight", "classifier.3.bias", "features.0.weight"]),
  ])
  func torchvisionNames(name: String, some: [String]) throws {
    let architecture = try Architecture.named(name)
    let names = Set(architecture.torchvisionNames.values.flatMap { [$0 + ".weight", $0 + ".bias"] })
    let wiring = try Wiring(architecture.layers(1000), input: architecture.inputShape)
    #expect(names.count == wiring.parameters.joined().count)
    #expect(some.allSatisfy(names.contains))
  }

  @Test("what does not fit is refused in words")
  func refusals() throws {
    func problem(_ path: String, _ net: String, format: WeightFormat? = nil, mean: [Float]? = nil) -> Problem? {
      #expect(throws: Problem.self) {
        try WeightImport(path, architecture: .named(net), format: format, mean: mean)
      }
    }
    _ = try export(snapshot("alexnet-28"), .torchvision)
    #expect(problem(path, "alexnet-64")?.found == "alexnet-28")
    #expect(problem(path, "alexnet-28", format: .native)?.found == "32×1×5×5")
    #expect(problem(path, "alexnet-28", mean: [1, 2, 3])?.advice == "give it with --mean")
    #expect(problem(path, "alexnet-28", mean: [.nan])?.advice == "give it with --mean")
    #expect(problem(path, "resnet8-28", format: .torchvision)?.expected == "a tensor fc.weight for resnet8-28")
    var damaged = folder.bytes(of: "weights.safetensors")
    damaged[damaged.count - 5] ^= 4
    folder.write(damaged, to: "weights.safetensors")
    #expect(problem(path, "alexnet-28")?.what == "the weights are damaged")
  }
}
