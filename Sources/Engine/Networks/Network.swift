import Kernels
import Taxonomy

/// Layers in order, their parameters by name, and all the memory that a batch of up to `batch` images needs, planned once:
/// no pass allocates.
///
/// Like Caffe's blobs, an activation bears the name of the layer that made it and holds what the in-place layers behind
/// it (ReLU, dropout) have left of it: the activation `fc7` is fc7 after its ReLU.
public final class Network {
  public enum Purpose: Equatable, Sendable {
    /// Every activation lives until its backward pass.
    case training
    /// Activations take turns in two windows, but for these, which can be read afterwards. There is no backward pass.
    case inference(keeping: [String])
  }

  public let layers: [any Layer]
  public let batch: Int
  public let purpose: Purpose
  public let backend: any Backend
  /// The shape of one image, then that of each layer's output for one.
  public let shapes: [[Int]]
  public let parameters: [Parameter]
  /// The values of `parameters`, in the same order; windows of one block.
  public let values: [Tensor]
  /// Their gradients; empty in a plan for inference.
  public let gradients: [Tensor]

  private let plan: ActivationPlan
  private let losses: Tensor
  private let fused: [Bool]
  /// Where each layer's parameters lie in `parameters`.
  private let ranges: [Range<Int>]
  /// The windows of a pass, by its number of images: short batches are seen through shorter windows.
  private var views: [Int: [LayerTensors]] = [:]

  /// - Parameters:
  ///   - input: height, width and channels of one image.
  ///   - batch: the most images of one pass.
  /// - Throws: a ``Problem`` where a layer does not fit the one before it, or a kept activation has no layer.
  public init(
    _ layers: [any Layer], input: [Int], batch: Int, purpose: Purpose, backend: any Backend
  ) throws(Problem) {
    precondition(batch > 0 && !layers.isEmpty, "a network of \(layers.count) layers for batches of \(batch)")
    var shapes = [input]
    var parameters: [Parameter] = []
    var ranges: [Range<Int>] = []
    for layer in layers {
      let shape = shapes.last!
      shapes.append(try layer.outputShape(for: shape))
      let first = parameters.count
      parameters += layer.parameters(for: shape)
      ranges.append(first..<parameters.count)
    }
    self.layers = layers
    self.batch = batch
    self.purpose = purpose
    self.backend = backend
    self.shapes = shapes
    self.parameters = parameters
    self.ranges = ranges
    fused = layers.indices.map { index in
      let isReLU = layers[index] is ReLU
      return isReLU
        ? index > 0 && layers[index - 1].canFuseReLU
        : layers[index].canFuseReLU && index + 1 < layers.count && layers[index + 1] is ReLU
    }
    values = Self.block(of: parameters, backend)
    gradients = purpose == .training ? Self.block(of: parameters, backend) : []
    plan = try ActivationPlan(layers: layers, shapes: shapes, batch: batch, purpose: purpose, backend: backend)
    losses = backend.makeTensor([batch])
    logits = try plan.activation(named: layers.last!.name)
    for (layer, shape) in zip(layers, shapes) { layer.reserve(input: shape, batch: batch, backend: backend) }
  }

  /// One block of memory for all of `parameters`, each starting on a cache line of its own.
  package static func block(of parameters: [Parameter], _ backend: any Backend) -> [Tensor] {
    let line = 16
    var offsets: [Int] = []
    var end = 0
    for parameter in parameters {
      offsets.append(end)
      end += (parameter.count + line - 1) / line * line
    }
    let block = backend.makeTensor([end])
    return zip(parameters, offsets).map {
      Tensor(storage: block.storage, offset: block.offset + $1, shape: $0.shape)
    }
  }

  /// Where the images of the next pass go, [batch, height, width, channels]. A plan for inference overwrites it.
  public var input: Tensor { plan.blobs[0].data }
  /// The last layer's output, [batch, classes].
  public let logits: Tensor

  /// The number of learned values.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

  /// The memory of the plan: parameters, gradients and activations, without the optimiser's and the backend's.
  public var bytes: Int {
    (parameterCount * (purpose == .training ? 2 : 1) + plan.count) * MemoryLayout<Float>.stride
  }

  /// Gives every parameter its initial value; parameter i draws from (seed, i).
  public func initialize(seed: UInt64) {
    for (index, parameter) in parameters.enumerated() {
      let key = CounterRandom(seed: seed, RandomUse.initialization.rawValue, index).key
      parameter.initialization.fill(values[index], fanIn: parameter.fanIn, key: key)
    }
  }

  /// Runs the first `count` images of `input` through all layers.
  public func forward(count: Int, phase: Phase) {
    let views = windows(count)
    for index in layers.indices {
      layers[index].forward(views[index], keyed(phase, index), backend)
    }
  }

  /// The mean cross-entropy of `logits` over the first `count` images, in nats. Leaves its gradient for `backward`.
  public func loss(labels: [Int32], count: Int) -> Float {
    let views = windows(count)
    let last = views[views.count - 1]
    let losses = count == batch ? losses : losses.prefix(count)
    backend.softmaxCrossEntropy(
      logits: last.output, labels: labels.count == count ? labels : Array(labels.prefix(count)),
      gradientScale: 1 / Float(count), losses: losses, gradient: last.outputGradient!)
    // In double precision: the sum must not depend on how large the batch is.
    return Float(losses.elements.reduce(0.0) { $0 + Double($1) } / Double(count))
  }

  /// Computes `gradients` from what `forward` (with the same phase) and `loss` left.
  public func backward(count: Int, phase: Phase) {
    precondition(purpose == .training, "a plan for inference has no backward pass")
    let views = windows(count)
    for index in layers.indices.reversed() {
      layers[index].backward(views[index], keyed(phase, index), backend)
    }
  }

  /// The activation that the layer `name` made in the last pass, [batch, …].
  /// - Throws: a ``Problem`` that lists the layers, where there is none of that name or the plan does not keep it.
  public func activation(named name: String) throws(Problem) -> Tensor {
    try plan.activation(named: name)
  }

  private func keyed(_ phase: Phase, _ index: Int) -> Phase {
    if case .training(let key) = phase { .training(key: CounterRandom(key).bits(index)) } else { .inference }
  }

  private func windows(_ count: Int) -> [LayerTensors] {
    if let made = views[count] { return made }
    precondition((1...batch).contains(count), "\(count) images in a plan for \(batch)")
    let made = layers.indices.map { index in
      var tensors = plan.tensors(of: index, count: count)
      tensors.parameters = Array(values[ranges[index]])
      if purpose == .training { tensors.gradients = Array(gradients[ranges[index]]) }
      tensors.fusedReLU = fused[index]
      return tensors
    }
    views[count] = made
    return made
  }
}
