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
  private let losses: Tensor
  private let fused: [Bool]
  /// The windows of a pass, by its number of images: short batches are seen through shorter windows.
  private var views: [Int: [View]] = [:]

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
  public init(
    _ layers: [any Layer], input: [Int], called names: [String] = [], batch: Int, purpose: Purpose,
    backend: any Backend
  ) throws(Problem) {
    precondition(batch > 0, "a network for batches of \(batch)")
    let wiring = try Wiring(layers, input: input, called: names)
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
    losses = backend.makeTensor([batch])
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
  /// The last layer's output, [batch, classes].
  public let logits: Tensor

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
  public func forward(count: Int, phase: Phase) {
    let views = windows(count)
    for index in layers.indices {
      layers[index].forward(views[index].tensors, keyed(phase, index), backend)
    }
  }

  /// The mean cross-entropy of `logits` over the first `count` images, in nats. Leaves its gradient for `backward`.
  /// - Parameter smoothing: of the labels, 0 to below 1; see ``Backend/softmaxCrossEntropy(logits:labels:smoothing:gradientScale:losses:gradient:)``.
  public func loss(labels: [Int32], count: Int, smoothing: Float = 0) -> Float {
    let views = windows(count)
    let last = views[views.count - 1].tensors
    let losses = count == batch ? losses : losses.prefix(count)
    backend.softmaxCrossEntropy(
      logits: last.output, labels: labels.count == count ? labels : Array(labels.prefix(count)),
      smoothing: smoothing, gradientScale: 1 / Float(count), losses: losses, gradient: last.outputGradient!)
    // In double precision: the sum must not depend on how large the batch is.
    return Float(losses.elements.reduce(0.0) { $0 + Double($1) } / Double(count))
  }

  /// Computes the gradients of all parameters from what `forward` (with the same phase) and `loss` left.
  /// - Parameter update: is told the gradient of each of the `parameters`, from the last to the first, once it is known and the
  ///   parameter not read any more in this pass: it may change the parameter. In a plan for descent the gradient is lost afterwards.
  public func backward(
    count: Int, phase: Phase, update: (_ parameter: Int, _ gradient: Gradient) -> Void = { _, _ in }
  ) {
    precondition(purpose.isTraining, "a plan for inference has no backward pass")
    var end = parameters.count
    let views = windows(count)
    for index in layers.indices.reversed() {
      let view = views[index]
      layers[index].backward(view.tensors, keyed(phase, index), backend)
      if let sum = view.gradientSum { backend.add(view.tensors.inputGradient!, to: sum) }
      for gradient in view.tensors.gradients.reversed() {
        end -= 1
        update(end, gradient)
      }
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

  private func windows(_ count: Int) -> [View] {
    if let made = views[count] { return made }
    precondition((1...batch).contains(count), "\(count) images in a plan for \(batch)")
    var (parameter, kept) = (0, 0)
    let made = layers.indices.map { index in
      var tensors = plan.tensors(of: index, count: count)
      let learned = parameter..<parameter + wiring.parameters[index].count
      tensors.parameters = Array(values[learned])
      if purpose == .training { tensors.gradients = gradients[learned].map(Gradient.values) }
      tensors.state = Array(stateValues[kept..<kept + wiring.state[index].count])
      tensors.fusedReLU = fused[index]
      parameter = learned.upperBound
      kept += tensors.state.count
      return View(tensors: tensors, gradientSum: purpose.isTraining ? plan.sum(of: index, count: count) : nil)
    }
    views[count] = made
    return made
  }
}
