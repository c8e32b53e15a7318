import Basics
import Files
import Kernels
import Networks
import Settings

/// Writes a network's weights for another program.
public enum WeightExport {
  /// Writes `snapshot` to `path` as safetensors, tensors named and laid out as `format` has them, and nothing else among them, so
  /// that PyTorch's `load_state_dict` takes the file strictly. What the images are to look like stands in the metadata:
  /// (pixel − mean) · scale / std. In Caffe's format a path that ends in `.caffemodel` gets Caffe's own file instead, which
  /// has no place for the mean: a remark says it.
  ///
  /// - Parameter configuration: of the training that the snapshot is from.
  /// - Throws: a ``Problem`` where the snapshot is not of that network, or the file cannot be written.
  public static func write(
    _ snapshot: Snapshot, configuration: TrainingConfiguration, format: WeightFormat, to path: String
  ) throws(Problem) -> WeightReport {
    let architecture = try Architecture.named(configuration.network)
    let classes = try snapshot.number("classes")
    guard (1...1_000_000).contains(classes) else {
      throw Problem(
        "the checkpoint does not fit the network", at: "classes", expected: "1 to 1,000,000", found: "\(classes)", kind: .data)
    }
    let map = try WeightMap(architecture, classes: classes, format: format)
    var tensors: [(name: String, tensor: Tensor)] = []
    var lines: [WeightReport.Line] = []
    for (place, entry) in map.entries.enumerated() {
      let ours = try snapshot.tensor(entry.parameter.name, shape: entry.parameter.shape)
      let theirs = Tensor(entry.shape)
      entry.order.toThere(ours, theirs)
      tensors.append((entry.name, theirs))
      // Once, behind the last that it divides.
      if let divisor = entry.divisor, map.entries.dropFirst(place + 1).first?.divisor != divisor {
        tensors.append((divisor, Tensor([1], shape: [1])))
      }
      lines.append(
        .init(
          name: entry.parameter.name, file: entry.name, shape: entry.shape,
          remark: entry.order == .same ? nil : "channels last → first\(Self.isReversed(entry) ? ", RGB order reversed" : "")"))
    }
    var remarks: [String] = []
    let mean = try snapshot.tensor(Snapshot.mean)
    let channels = architecture.input.channels
    guard mean.count > 0, mean.count % channels == 0 else {
      throw Problem(
        "the checkpoint does not fit the network", at: Snapshot.mean, expected: "\(channels) channels",
        found: describe(mean.shape), kind: .data)
    }
    let means = (0..<channels).map { channel in
      let values = stride(from: channel, to: mean.count, by: channels).map { Double(mean.elements[$0]) }
      return Float(values.reduce(0, +) / Double(values.count))
    }
    if mean.count > channels { remarks.append("the mean image is written as the mean of each channel") }
    let augmentation = configuration.augmentation
    func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
    var metadata = [
      "format": "pt", "layout": format.rawValue, "network": architecture.name, "classes": "\(classes)",
      "input": "\(describe(architecture.inputShape)), (pixel - mean) * scale / std, pixels 0 to 255",
      "mean": list(means), "scale": "\(augmentation.scale)",
    ]
    if let std = augmentation.std { metadata["deviations"] = list(std) }
    if format == .caffe, channels == 3 {
      metadata["channels"] = "blue, green, red; mean and std are red, green, blue"
    }
    if path.lowercased().hasSuffix(".caffemodel") {
      guard format == .caffe else {
        throw Problem(
          "this file has no such layout", at: path, expected: "a name that ends in .safetensors",
          found: "\(format.rawValue)'s layout in a .caffemodel", kind: .usage)
      }
      try CaffeModelFile.write(tensors, network: architecture.name, to: path)
      let colours = channels == 3 ? " (blue, green, red)" : ""
      remarks.append(
        "the file has no place for the mean: subtract \(list(means.reversed()))\(colours) from pixels of 0 to 255, then scale by "
          + "\(augmentation.scale)")
    } else {
      try SafetensorsFile.write(tensors, metadata: metadata, to: path)
    }
    return WeightReport(
      network: architecture.name, format: format, classes: classes, lines: lines, remarks: remarks)
  }

  private static func isReversed(_ entry: WeightMap.Entry) -> Bool {
    if case .channelsFirst(_, _, _, true) = entry.order { true } else { false }
  }
}
