import Analysis
import Files
import Kernels
import Networks
import Runs
import Weights

/// Files of tensors.
extension FuzzPlace {
  func weightEntries() throws -> [FuzzEntry] {
    let tensor = Tensor([3, 4])
    for index in 0..<12 { tensor.elements[index] = Float(index) / 3 }
    let rows = Tensor([2, 3])
    for index in 0..<6 { rows.elements[index] = 1 }
    try SafetensorsFile.write([("a.weight", tensor), ("a.bias", rows)], metadata: ["step": "1"], to: path + "/w.safetensors")
    try NumPyFile.write(tensor, to: path + "/w.npy")
    let architecture = try Architecture.named("alexnet-28")
    func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
      [UInt8(truncatingIfNeeded: number << 3 | 2 & 0x7F)] + [UInt8(bytes.count)] + bytes
    }
    // A layer "c" (field 100, whose key takes two bytes) with a blob of shape [2] and two floats.
    let blob = field(7, field(1, [2])) + field(5, [0, 0, 128, 63, 0, 0, 0, 64])
    let layer = field(1, Array("c".utf8)) + field(7, blob)
    let caffe = [0x0A, 1, UInt8(ascii: "n"), 0xA2, 0x06, UInt8(layer.count)] + layer
    // The files of before 2014: four sides, floats one by one.
    let old = field(4, Array("c".utf8)) + field(6, [8, 1, 16, 1, 24, 1, 32, 2] + field(5, [0, 0, 128, 63, 0, 0, 0, 64]))
    let checkpoint: [String: String] = [
      "network": "alexnet-28", "classes": "2", "seed": "3", "step": "4", "epoch": "2.0", "validated": "2", "losses": "4 0 3f800000 3f800000 3f000000",
      "best": #"{"step": 4, "epoch": 2, "loss": 1, "top1": 0.5, "top5": 1, "meanClass": 0.5, "images": 4, "skipped": 0}"#,
    ]
    try SafetensorsFile.write(
      [("conv1.weight", tensor), ("conv1.bias", rows), ("momentum.conv1.weight", tensor), ("input.mean", rows)], metadata: checkpoint, to: path + "/checkpoints/4.safetensors")
    return [
      FuzzEntry("checkpoint", weight: 6, isText: true, seeds: [get("checkpoints/4.safetensors")], seal: Self.sealHeader) { [self] in
        put($0, "checkpoints/4.safetensors")
        let checkpoints = Checkpoints(folder: path + "/checkpoints")
        _ = (checkpoints.best(), checkpoints.bestValidated())
        let snapshot = try checkpoints.load(4)
        _ = try? StartingWeights(checkpoints.path(4), home: home)
        _ = try FeatureExtractor(snapshot: snapshot, configuration: architecture.recipe, backend: CPUBackend(workers: 1), workers: 1, batch: 1)
      },
      FuzzEntry("safetensors", weight: 6, isText: true, seeds: [get("w.safetensors")], seal: Self.sealHeader) { [self] in
        put($0, "x.safetensors")
        _ = try? WeightImport(path + "/x.safetensors", architecture: architecture)
        let file = try SafetensorsFile(path + "/x.safetensors")
        for name in file.names {
          guard let shape = file.shape(of: name), Self.isSmall(shape) else { continue }
          try? file.read(name, into: Tensor(shape))
        }
        try file.verify()
      },
      FuzzEntry("caffemodel", weight: 6, seeds: [caffe, field(2, old)]) { [self] in
        put($0, "x.caffemodel")
        _ = try? WeightImport(path + "/x.caffemodel", architecture: architecture)
        let file = try CaffeModelFile(path + "/x.caffemodel")
        for name in file.names {
          guard let shape = file.shape(of: name), Self.isSmall(shape) else { continue }
          try? file.read(name, into: Tensor(shape))
        }
      },
      FuzzEntry("npy", weight: 6, isText: true, seeds: [get("w.npy")]) { [self] in
        put($0, "x.npy")
        let tensor = try NumPyFile.read(path + "/x.npy")
        _ = tensor.elements.reduce(0, +)
      },
    ]
  }

  /// What is larger than the file that it came in has been refused before anybody makes room for it.
  private static func isSmall(_ shape: [Int]) -> Bool {
    var count = 1
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow, side >= 0, product <= 1 << 24 else { fatalError("a tensor of \(shape) in a small file") }
      count = product
    }
    return count > 0
  }

  /// The length in front is that of the JSON behind it.
  static func sealHeader(_ bytes: inout [UInt8]) {
    guard bytes.count > 8, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= 8 else { return }
    bytes.replaceSubrange(0..<8, with: little(UInt64(end - 7)))
  }
}
