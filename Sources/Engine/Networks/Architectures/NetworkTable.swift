import Basics
import Kernels

/// What a network is made of and what it takes, layer by layer, without its memory.
public struct NetworkTable: Codable, Equatable, Sendable {
  public struct Row: Codable, Equatable, Sendable {
    public var layer: String
    /// The layer's type.
    public var kind: String
    /// What it reads where that is not the layer in front, and what it adds.
    public var source, shortcut: String?
    /// The shape of its output for one image.
    public var output: [Int]
    /// Learned values.
    public var parameters: Int
    /// Multiply-adds of one image's forward pass: half its floating-point operations. Elementwise work is not counted.
    public var multiplyAdds: Int
    /// What it makes and what it keeps for its backward pass, for the whole batch.
    public var activationBytes: Int
  }

  public var network: String
  /// Height, width and channels of one image.
  public var input: [Int]
  /// The layer that images are compared by.
  public var features: String
  public var classes, batch: Int
  public var rows: [Row]
  /// Sums over the layers.
  public var parameters, multiplyAdds: Int
  /// The memory of activations, gradients and scratch for the batch, in training and in inference: less than their sum, as what is
  /// not needed at the same time shares memory.
  public var trainingWorkspaceBytes, inferenceWorkspaceBytes: Int
  /// The memory in which convolutions and updates are computed, with so many workers.
  public var scratchBytes, workers: Int
  /// The workspace, the scratch memory, and parameters with momentum.
  public var trainingBytes: Int

  /// - Throws: a ``Problem`` where the numbers are no network's.
  public init(_ architecture: Architecture, classes: Int, batch: Int, workers: Int = 1) throws(Problem) {
    for (name, value, most) in [("classes", classes, 1_000_000), ("batch", batch, 65_536), ("workers", workers, 1024)]
    where !(1...most).contains(value) {
      throw Problem("the network cannot be set up", at: name, expected: "1 to \(most)", found: "\(value)", kind: .usage)
    }
    let split = try NetworkSplit(architecture, classes: classes, tuning: nil)
    let need = try split.need(batch: batch, backend: CPUBackend(workers: workers))
    let wiring = split.wiring
    let float = MemoryLayout<Float>.stride
    network = architecture.name
    input = architecture.inputShape
    features = architecture.features
    self.classes = classes
    self.batch = batch
    self.workers = workers
    rows = wiring.layers.indices.map { index in
      let layer = wiring.layers[index]
      let output = wiring.outputShape(of: index)
      let made = layer.isInPlace ? 0 : batch * output.reduce(1, *)
      return Row(
        layer: layer.name, kind: String(describing: type(of: layer)), source: layer.source, shortcut: layer.shortcut,
        output: output, parameters: wiring.parameters[index].reduce(0) { $0 + $1.count },
        multiplyAdds: layer.multiplyAdds(for: wiring.inputShape(of: index)),
        activationBytes: float * (made + (wiring.scratch(of: index)?.count(batch: batch) ?? 0)))
    }
    parameters = need.parameters
    multiplyAdds = rows.reduce(0) { $0 + $1.multiplyAdds }
    trainingWorkspaceBytes = need.memory.workspace
    scratchBytes = need.memory.scratch
    trainingBytes = need.memory.all
    let kept = try wiring.index(of: architecture.features)
    inferenceWorkspaceBytes = float * ActivationLayout(wiring, batch: batch, purpose: .inference(keeping: []), keeping: [kept]).count
  }
}
