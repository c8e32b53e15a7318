import Basics
import Files
import Kernels
import Networks

/// Reads a network's weights from a file of another program, or of this one.
public struct WeightImport {
  /// Parameters, state and the mean, as a checkpoint of step 0.
  public let snapshot: Snapshot
  public let report: WeightReport

  /// - Parameters:
  ///   - format: nil: the one that the file's names and metadata speak for.
  ///   - mean: what is subtracted from the images, red, green, blue in 0…255; nil: what the file says, else ILSVRC's.
  /// - Throws: a ``Problem`` where the file is neither a safetensors file nor a .caffemodel, lacks a tensor, or has one of another shape or
  ///   with a number that is not finite.
  public init(
    _ path: String, architecture: Architecture, format: WeightFormat? = nil, mean: [Float]? = nil
  ) throws(Problem) {
    let opened = try WeightFiles.open(path)
    let (file, wrapped) = try Self.unwrap(opened, architecture, format)
    let format = if let format { format } else { try opened is CaffeModelFile ? .caffe : Self.guess(file, architecture) }
    let classes = try Self.classes(file, architecture, format)
    let map = try WeightMap(architecture, classes: classes, format: format)
    try Self.checkShapes(file, map)

    var tensors: [(name: String, tensor: Tensor)] = []
    var lines: [WeightReport.Line] = []
    for entry in map.entries {
      let theirs = Tensor(entry.shape)
      try file.readFinite(entry.name, into: theirs)
      if let divisor = entry.divisor { try Self.divide(theirs, by: divisor, of: file) }
      let ours = Tensor(entry.parameter.shape)
      entry.order.toHere(theirs, ours)
      tensors.append((entry.parameter.name, ours))
      let remark = [Self.precision(file, entry.name), entry.order.words].compactMap { $0 }.joined(separator: "; ")
      lines.append(
        .init(
          name: entry.parameter.name, file: file.original(entry.name), shape: entry.shape, remark: remark.isEmpty ? nil : remark))
    }
    var remarks = (wrapped.map { [$0.remark] } ?? []) + Self.precisions(file, map)
    tensors.append((Snapshot.mean, try Self.mean(mean, file, architecture, format, &remarks)))
    let used = Set(map.entries.map(\.name) + map.entries.compactMap(\.divisor) + [Snapshot.mean])
    for name in file.names where !used.contains(name) {
      lines.append(
        .init(
          name: nil, file: file.original(name), shape: file.shape(of: name) ?? [], remark: Self.reason(name, used: used)))
    }
    snapshot = Snapshot(
      tensors: tensors,
      metadata: [
        "network": architecture.name, "classes": String(classes), "seed": "0", "step": "0", "epoch": "0.0",
        "validated": "0",
      ])
    report = WeightReport(
      network: architecture.name, format: format, classes: classes, lines: lines, remarks: remarks)
  }

  /// The file under the network's names, where it has them behind others.
  private static func unwrap(
    _ file: any WeightFile, _ architecture: Architecture, _ format: WeightFormat?
  ) throws(Problem) -> (file: any WeightFile, wrapped: UnwrappedWeights?) {
    for format in format.map({ [$0] }) ?? [.torchvision, .caffe] {
      let wanted = Set(try WeightMap(architecture, classes: 2, format: format).entries.map(\.name))
      if wanted.isSubset(of: file.names) { break }
      if let wrapped = try UnwrappedWeights(file, wanted: wanted) { return (wrapped, wrapped) }
    }
    return (file, nil)
  }

  private static func precision(_ file: any WeightFile, _ name: String) -> String? {
    file.format(of: name).flatMap { $0 == .single ? nil : "\($0.rawValue) → F32" }
  }

  /// A sentence for each precision that was converted.
  private static func precisions(_ file: any WeightFile, _ map: WeightMap) -> [String] {
    let formats = map.entries.compactMap { file.format(of: $0.name) }
    return FloatFormat.allCases.filter { $0 != .single }.compactMap { format in
      let count = formats.count { $0 == format }
      return count == 0 ? nil : "\(count) \(count == 1 ? "tensor" : "tensors") converted from \(format.rawValue) to F32"
    }
  }

  /// The metadata of a file written here says it; else the names do. Nets that Caffe's model zoo has are taken for Caffe's where
  /// the names do not tell.
  private static func guess(_ file: any WeightFile, _ architecture: Architecture) throws(Problem) -> WeightFormat {
    if let network = file.metadata["network"] {
      guard network == architecture.name else {
        throw Problem(
          "the file holds another network", at: file.path, expected: architecture.name, found: network,
          advice: "give --net \(printable(network))", kind: .data)
      }
      return file.metadata["layout"].flatMap(WeightFormat.init(rawValue:)) ?? .native
    }
    let names = Set(file.names)
    if architecture.torchvisionNames.values.contains(where: { names.contains($0 + ".weight") }) { return .torchvision }
    let wiring = try Wiring(architecture.layers(2), input: architecture.inputShape)
    return wiring.state.contains { !$0.isEmpty } ? .torchvision : .caffe
  }

  /// The rows of the classifier's weights.
  private static func classes(
    _ file: any WeightFile, _ architecture: Architecture, _ format: WeightFormat
  ) throws(Problem) -> Int {
    let classifier = try WeightMap(architecture, classes: 2, format: format).entries.last { $0.parameter.shape.count == 2 }!
    guard let shape = file.shape(of: classifier.name) else {
      throw Problem(
        "the file does not fit the network", at: file.path, expected: "a tensor \(classifier.name) for \(architecture.name)",
        found: "tensors such as \(file.names.prefix(3).joined(separator: ", "))", advice: "choose the network with --net", kind: .data)
    }
    guard shape.count == 2, (2...1_000_000).contains(shape[0]) else {
      throw Problem(
        "the file does not fit the network", at: classifier.name, expected: "classes × \(classifier.shape[1])",
        found: describe(shape), kind: .data)
    }
    return shape[0]
  }

  private static func checkShapes(_ file: any WeightFile, _ map: WeightMap) throws(Problem) {
    for entry in map.entries {
      guard let shape = file.shape(of: entry.name) else {
        throw Problem(
          "the file does not fit the network", at: file.path, expected: "a tensor \(entry.name)", found: "none of that name",
          advice: "choose the network with --net, or the format with --format", kind: .data)
      }
      guard shape == entry.shape else {
        let words = entry.shape.count == 4 ? " (outputs × channels × height × width)" : ""
        throw Problem(
          "the file does not fit the network", at: entry.name, expected: describe(entry.shape) + words,
          found: describe(shape), advice: "choose the network with --net, or the format with --format", kind: .data)
      }
    }
  }

  /// As Caffe's layer does: by nothing where the file has no such number, and to 0 where that is 0.
  private static func divide(_ tensor: Tensor, by name: String, of file: any WeightFile) throws(Problem) {
    guard file.shape(of: name) != nil else { return }
    let divisor = Tensor([1])
    try file.readFinite(name, into: divisor)
    let factor = divisor.elements[0] == 0 ? 0 : 1 / divisor.elements[0]
    for place in tensor.elements.indices { tensor.elements[place] *= factor }
  }

  private static func mean(
    _ given: [Float]?, _ file: any WeightFile, _ architecture: Architecture, _ format: WeightFormat,
    _ remarks: inout [String]
  ) throws(Problem) -> Tensor {
    let channels = architecture.input.channels
    if given == nil, let shape = file.shape(of: Snapshot.mean) {
      let side = architecture.recipe.augmentation.resizeTo
      guard [[channels], [side, side, channels]].contains(shape) else {
        throw Problem(
          "the mean does not fit the network", at: "\(file.path): \(Snapshot.mean)",
          expected: "\(channels) or \(describe([side, side, channels]))", found: describe(shape), advice: "give it with --mean", kind: .data)
      }
      let tensor = Tensor(shape)
      try file.readFinite(Snapshot.mean, into: tensor)
      remarks.append("the mean is the file's")
      return tensor
    }
    let written = file.metadata["mean"]?.split(separator: ",").compactMap { Float($0) }
    let values = given ?? written ?? (channels == 3 ? format.mean : [])
    guard values.count == channels, values.allSatisfy({ (0...255).contains($0) }) else {
      throw Problem(
        "the mean does not fit the network", expected: "\(channels) \(channels == 1 ? "number" : "numbers") of 0 to 255",
        found: values.isEmpty ? "none, in the file neither" : values.map { "\($0)" }.joined(separator: ", "),
        advice: "give it with --mean", kind: .data)
    }
    let text = values.map { "\($0)" }.joined(separator: ", ")
    let source = given != nil ? "as given" : written != nil ? "the file's" : "ILSVRC-2012's, as \(format.rawValue) has it"
    remarks.append("the mean that is subtracted: \(text) (\(channels == 3 ? "red, green, blue; " : "")\(source))")
    return Tensor(values, shape: [channels])
  }

  private static func reason(_ name: String, used: Set<String>) -> String {
    if name.hasSuffix(".num_batches_tracked") { return "left: PyTorch's count of batches, which decides nothing" }
    if name.hasPrefix(Snapshot.momentum) { return "left: velocities belong to a training" }
    // As a moving average of the weights is.
    for place in name.indices where name[place] == "." && used.contains(String(name[place...].dropFirst())) {
      return "left: another copy of \(name[place...].dropFirst()), behind `\(name[...place])`"
    }
    return "left: the network has nothing of that name"
  }
}
