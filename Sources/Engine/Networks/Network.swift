import Basics
import Kernels
import Settings

/// Layers wired up, their parameters by name, and all the memory that a batch of up to `batch` images needs, planned once:
/// no pass allocates.
///
/// Like Caffe's blobs, an activation bears the name of the layer that made it and holds what the in-place layers behind
/// it (ReLU, dropout) have left of it: the activation `fc7` is fc7 after its ReLU.
public final class Network {
  public enum Purpose: Equatable, Sendable {
    /// An activation lives until the last backward pass that needs it; only the last layer's outlives all of them.
    case training
    /// As in training, but the gradient of a parameter lives only until ``Network/backward(count:phase:update:)`` has told of its layer,
    /// and that of fully connected weights is computed while it is used: gradients take next to no memory.
    case descent
    /// Activations make room for later ones, but for these, which can be read afterwards. There is no backward pass.
    case inference(keeping: [String])

    /// Whether there is a backward pass.
    var isTraining: Bool { self == .training || self == .descent }
  }

  public let wiring: Wiring
  public let batch: Int
  public let purpose: Purpose
  public let backend: any Backend
  public let parameters: [Parameter]
  /// The values of `parameters`, in the same order; windows of one block.
  public let values: [Tensor]
  /// Their gradients; empty but in a plan for training.
  public let gradients: [Tensor]
  /// What layers keep from step to step without learning it: the running averages of batch normalisation.
  public let state: [Parameter]
  /// The values of `state`, in the same order.
  public let stateValues: [Tensor]

  private let plan: ActivationPlan
  private let fused: [Bool]
  /// The windows of passes: short batches are seen through shorter windows.
  private var views: [Pass: [View]] = [:]
  /// Passes over regions and images of many sizes are all different; so many are remembered.
  private static let rememberedPasses = 64
  private let rowTensors: [Tensor]

  /// What a layer works on.
  private struct View {
    var tensors: LayerTensors
    /// Where its input gradient is to be added to that of another reader.
    var gradientSum: Tensor?
  }

  /// - Parameters:
  ///   - input: height, width and channels of one image.
  ///   - names: what layers may call the input besides.
  ///   - batch: the most images of one pass.
  /// - Throws: a ``Problem`` where a layer does not fit the one before it, or a kept activation has no layer.
  public convenience init(
    _ layers: [any Layer], input: [Int], called names: [String] = [], batch: Int, purpose: Purpose,
    backend: any Backend
  ) throws(Problem) {
    try self.init(NetworkDesign(layers, input: input), called: names, batch: batch, purpose: purpose, backend: backend)
  }

  /// - Parameters:
  ///   - names: what layers may call the input besides.
  ///   - batch: the most images of one pass.
  /// - Throws: a ``Problem`` where a layer does not fit the one before it, or a kept activation has no layer.
  public init(
    _ design: NetworkDesign, called names: [String] = [], batch: Int, purpose: Purpose, backend: any Backend
  ) throws(Problem) {
    precondition(batch > 0, "a network for batches of \(batch)")
    let layers = design.layers
    let wiring = try Wiring(layers, input: design.input, called: names, rowSets: design.rowSets, outputs: design.outputs)
    self.wiring = wiring
    self.batch = batch
    self.purpose = purpose
    self.backend = backend
    parameters = Array(wiring.parameters.joined())
    state = Array(wiring.state.joined())
    fused = layers.indices.map { index in
      layers[index].isReLU
        ? index > 0 && layers[index - 1].canFuseReLU
        : layers[index].canFuseReLU && index + 1 < layers.count && layers[index + 1].isReLU
    }
    values = Self.block(of: parameters, backend)
    stateValues = Self.block(of: state, backend)
    var kept: [Int] = []
    if case .inference(let names) = purpose {
      for name in names { kept.append(try wiring.index(of: name)) }
    }
    plan = ActivationPlan(
      ActivationLayout(wiring, batch: batch, purpose: purpose, keeping: kept), backend: backend)
    gradients = purpose == .training ? Self.block(of: parameters, backend) : []
    rowTensors = wiring.rowSets.map { backend.makeTensor([batch * $0.perImage, $0.width]) }
    self.input = plan.input
    logits = try plan.activation(named: layers.last!.name)
    backend.reserve(wiring.backendScratch(batch: batch, backend: backend))
    initializeState()
  }

  /// One block of memory for all of `parameters`, each starting on a cache line of its own.
  package static func block(of parameters: [Parameter], _ backend: any Backend) -> [Tensor] {
    windows(of: parameters, in: backend.makeTensor([blockSize(of: parameters)]), from: 0)
  }

  /// The floats of such a block.
  static func blockSize(of parameters: [Parameter]) -> Int { parameters.reduce(0) { $0 + lines($1.count) } }

  /// `parameters` one behind the other in `block`.
  static func windows(of parameters: [Parameter], in block: Tensor, from first: Int) -> [Tensor] {
    var end = first
    return parameters.map { parameter in
      defer { end += lines(parameter.count) }
      return Tensor(storage: block.storage, offset: block.offset + end, shape: parameter.shape)
    }
  }

  /// A number of floats, rounded up to whole cache lines.
  private static func lines(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Where the images of the next pass go, [batch, height, width, channels]. A plan for inference overwrites it.
  public let input: Tensor
  /// The last layer's output, [batch, …].
  public let logits: Tensor

  /// Where it is told what the rows of a row set are, [most rows, width].
  public func rows(_ name: String) -> Tensor {
    guard let set = wiring.rowSets.firstIndex(where: { $0.name == name }) else { preconditionFailure("the network has no rows of \(name)") }
    return rowTensors[set]
  }

  /// Where the images of a pass go, [images, height, width, channels].
  public func input(of pass: Pass) -> Tensor {
    Tensor(storage: input.storage, offset: input.offset, shape: [pass.images] + (pass.input ?? wiring.shapes[0]))
  }

  public var layers: [any Layer] { wiring.layers }
  /// The shape of one image, then that of each layer's output for one.
  public var shapes: [[Int]] { wiring.shapes }
  /// The number of learned values.
  public var parameterCount: Int { wiring.parameterCount }

  /// The memory of the plan: parameters, gradients and activations, without the optimiser's and the backend's.
  public var bytes: Int {
    (parameterCount * (purpose == .training ? 2 : 1) + plan.count) * MemoryLayout<Float>.stride
  }

  /// Gives every parameter its initial value; parameter i draws from (seed, i).
  /// - Parameter weights: how weights are drawn instead of as the network says.
  public func initialize(seed: UInt64, weights: WeightInitialization? = nil) {
    for (index, parameter) in parameters.enumerated() {
      let key = CounterRandom(seed: seed, RandomUse.initialization.rawValue, index).key
      parameter.initialization.replaced(by: weights).fill(values[index], fanIn: parameter.fanIn, key: key)
    }
    initializeState()
  }

  private func initializeState() {
    for (parameter, values) in zip(state, stateValues) {
      parameter.initialization.fill(values, fanIn: parameter.fanIn, key: 0)
    }
  }

  /// Runs the first `count` images of `input` through all layers.
  public func forward(count: Int, phase: Phase) { forward(Pass(images: count), phase) }

  /// - Parameter part: the layers that run, all by default. What is told of rows (``rows(_:)``) may depend on what the layers in front have made.
  public func forward(_ pass: Pass, _ phase: Phase, layers part: Range<Int>? = nil) {
    let views = windows(pass)
    for index in part ?? layers.indices {
      layers[index].forward(views[index].tensors, keyed(phase, index), backend)
    }
  }

  /// What the layer at a place made in the last forward pass, [rows, …], and where its gradient goes, of a layer that comes out.
  /// The gradient is nil in a plan for inference.
  public func output(of layer: Int, in pass: Pass) -> (values: Tensor, gradient: Tensor?) {
    let tensors = windows(pass)[layer].tensors
    return (tensors.output, tensors.outputGradient)
  }

  /// The most rows that the layer at a place makes.
  package func mostRows(of layer: Int) -> Int { wiring.capacity(wiring.blobRows[wiring.outputs[layer]], batch: batch) }

  /// What the layer at a place made in the last forward pass, [rows, …]; nil where the plan does not keep it.
  package func activation(of layer: Int, in pass: Pass) -> Tensor? {
    plan.keeps(layer) ? windows(pass)[layer].tensors.output : nil
  }

  /// Computes the gradients of all parameters from what `forward` (with the same phase) has left and the gradients of the outputs.
  /// - Parameter update: is told the gradient of each of the `parameters` that learns, from the last to the first, once it is known and the
  ///   parameter not read any more in this pass: it may change the parameter. In a plan for descent the gradient is lost afterwards.
  public func backward(
    count: Int, phase: Phase, update: (_ parameter: Int, _ gradient: Gradient) -> Void = { _, _ in }
  ) {
    backward(Pass(images: count), phase, update: update)
  }

  /// As ``backward(count:phase:update:)``.
  public func backward(_ pass: Pass, _ phase: Phase, update: (_ parameter: Int, _ gradient: Gradient) -> Void = { _, _ in }) {
    precondition(purpose.isTraining, "a plan for inference has no backward pass")
    var end = parameters.count
    let views = windows(pass)
    for index in layers.indices.reversed() {
      let view = views[index]
      end -= wiring.parameters[index].count
      // Nothing in front of it learns, nor does it.
      guard view.tensors.outputGradient != nil else { continue }
      layers[index].backward(view.tensors, keyed(phase, index), backend)
      if let sum = view.gradientSum { backend.add(view.tensors.inputGradient!, to: sum) }
      for (place, gradient) in view.tensors.gradients.enumerated().reversed() { update(end + place, gradient) }
    }
  }

  /// The activation that the layer `name` made in the last forward pass, [batch, …]; a backward pass overwrites it.
  /// - Throws: a ``Problem`` that lists the layers, where there is none of that name or the plan does not keep it.
  public func activation(named name: String) throws(Problem) -> Tensor {
    try plan.activation(named: name)
  }

  private func keyed(_ phase: Phase, _ index: Int) -> Phase {
    if case .training(let key) = phase { .training(key: CounterRandom(key).bits(index)) } else { .inference }
  }

  private func windows(_ pass: Pass) -> [View] {
    if let made = views[pass] { return made }
    precondition((1...batch).contains(pass.images), "\(pass.images) images in a plan for \(batch)")
    precondition(pass.rows.count == wiring.rowSets.count, "a pass over \(pass.rows.count) row sets of \(wiring.rowSets.count)")
    for (set, rows) in zip(wiring.rowSets, pass.rows) {
      precondition((0...pass.images * set.perImage).contains(rows), "\(rows) rows of \(set.name) for \(pass.images) images")
    }
    // A layer that stands on the images of the plan stands on smaller ones.
    let wiring = if let input = pass.input { try! self.wiring.onInput(input) } else { self.wiring }
    if pass.input != nil { backend.reserve(wiring.backendScratch(batch: batch, backend: backend)) }
    var (parameter, kept) = (0, 0)
    let made = layers.indices.map { index in
      var tensors = plan.tensors(of: index, in: pass, wiring)
      let learned = parameter..<parameter + wiring.parameters[index].count
      tensors.parameters = Array(values[learned])
      if purpose == .training, layers[index].learns { tensors.gradients = gradients[learned].map(Gradient.values) }
      tensors.state = Array(stateValues[kept..<kept + wiring.state[index].count])
      tensors.fusedReLU = fused[index]
      if let set = layers[index].rowSet.flatMap({ name in wiring.rowSets.firstIndex { $0.name == name } }) {
        tensors.rows = rowTensors[set].prefix(pass.rows[set])
      }
      parameter = learned.upperBound
      kept += tensors.state.count
      return View(tensors: tensors, gradientSum: purpose.isTraining ? plan.sum(of: index, in: pass, wiring) : nil)
    }
    if views.count >= Self.rememberedPasses { views = [:] }
    views[pass] = made
    return made
  }
}
