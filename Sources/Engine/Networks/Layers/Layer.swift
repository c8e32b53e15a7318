import Basics
import Kernels

/// One step of a network, a value without state: it says what is computed, a ``Backend`` says how.
///
/// Shapes are those of one image (`[height, width, channels]`, or `[features]`); tensors have the batch in front, or as many rows as there are of
/// another kind.
/// Every layer has the same verbs: the shape it makes, the parameters it needs, forward, and backward beside it.
public protocol Layer: Sendable {
  var name: String { get }

  /// The layer whose output it reads; nil: the one in front of it.
  var source: String? { get }
  /// A second layer whose output it reads, of the same shape as the first; nil: none.
  var shortcut: String? { get }

  /// The network's row set whose rows its output has (``RowSet``); nil: those of what it reads.
  var rowSet: String? { get }

  /// The shape of the output for an input of this shape.
  /// - Throws: a ``Problem`` where the layer cannot stand on such an input.
  func outputShape(for input: [Int]) throws(Problem) -> [Int]

  /// How many rows or columns of its input one of its output moves on.
  var stride: Int { get }

  /// What the layer learns, in the order in which `LayerTensors.parameters` holds it.
  func parameters(for input: [Int]) -> [Parameter]

  /// Whether its parameters change in a training; those of layers that are frozen stay as they are.
  var learns: Bool { get }

  /// What the layer keeps from step to step without learning it, in the order of `LayerTensors.state`.
  func state(for input: [Int]) -> [Parameter]

  /// Multiply-adds of one image's forward pass; elementwise work is not counted.
  func multiplyAdds(for input: [Int]) -> Int

  /// Output and input are one window of memory; forward changes the data, backward the gradient, in place.
  var isInPlace: Bool { get }
  /// Its input gradient may be written over its output gradient: the two are one window where nothing else reads the input.
  var turnsGradientInPlace: Bool { get }
  /// It is a ReLU, which the layer in front may apply by itself.
  var isReLU: Bool { get }
  /// Each output depends on one input at its place alone: an image stays one, and a flat row one.
  var isElementwise: Bool { get }
  /// It makes one row of an image.
  var flattensImages: Bool { get }
  /// It changes something in training alone.
  var isIdentityInInference: Bool { get }
  /// Whether it may be the first of a network of its own, which reads what another one has made and leaves that as it is.
  var canBeginNetwork: Bool { get }
  /// Applies a ReLU that follows directly by itself, when `LayerTensors.fusedReLU` says so.
  var canFuseReLU: Bool { get }
  /// What of its forward pass it reads again in its backward pass, besides its scratch: all else makes room for other activations.
  var backwardReads: BackwardReads { get }
  /// The memory that it needs from forward to backward; nil: none.
  func scratch(for input: [Int]) -> Scratch?

  /// The gradient of its first parameter is outputGradientᵀ · input, which need not be kept (``Gradient/product(outputGradient:input:)``).
  var weightGradientIsProduct: Bool { get }

  /// The floats of the backend's scratch memory that batches of up to `batch` images take.
  func backendScratch(input: [Int], batch: Int, backend: any Backend) -> Int

  /// Computes `output` from `input` and `parameters`.
  func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend)

  /// Computes `inputGradient` (where there is one) and the values of `gradients` (those that are kept) from `outputGradient` and
  /// what forward left.
  func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend)
}

/// The activations that a backward pass needs.
public struct BackwardReads: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let input = BackwardReads(rawValue: 1)
  public static let output = BackwardReads(rawValue: 2)
}

/// Memory of a layer that lives from its forward to its backward pass.
public enum Scratch: Equatable, Sendable {
  /// So much for each image, or other row of the output: the tensor is [rows, …].
  case image([Int])
  /// So much for all images together.
  case batch([Int])

  /// The floats for a batch of so many images.
  func count(batch: Int) -> Int {
    switch self {
    case .image(let shape): batch * shape.reduce(1, *)
    case .batch(let shape): shape.reduce(1, *)
    }
  }
}

extension Layer {
  public var source: String? { nil }
  public var shortcut: String? { nil }
  public var rowSet: String? { nil }
  public var learns: Bool { true }
  public var stride: Int { 1 }
  public func state(for input: [Int]) -> [Parameter] { [] }
  public func multiplyAdds(for input: [Int]) -> Int { 0 }
  public func parameters(for input: [Int]) -> [Parameter] { [] }
  public var isInPlace: Bool { false }
  public var turnsGradientInPlace: Bool { false }
  public var isReLU: Bool { false }
  public var isElementwise: Bool { false }
  public var flattensImages: Bool { false }
  public var isIdentityInInference: Bool { false }
  public var canBeginNetwork: Bool { true }
  public var canFuseReLU: Bool { false }
  public var backwardReads: BackwardReads { [] }
  public func scratch(for input: [Int]) -> Scratch? { nil }
  public var weightGradientIsProduct: Bool { false }
  public func backendScratch(input: [Int], batch: Int, backend: any Backend) -> Int { 0 }

  /// - Throws: a ``Problem`` where `shape` is not height × width × channels.
  func image(_ shape: [Int]) throws(Problem) -> (height: Int, width: Int, channels: Int) {
    guard shape.count == 3 else {
      throw Problem(
        "the layer does not fit the one before it", at: name, expected: "height × width × channels",
        found: describe(shape))
    }
    return (shape[0], shape[1], shape[2])
  }

  func tooSmall(_ shape: [Int], kernel: Int) -> Problem {
    Problem(
      "the image is too small for the layer", at: name, expected: "at least \(kernel)×\(kernel)",
      found: describe(shape), advice: "use larger images or another network")
  }
}

/// A shape for people: `27×27×96`.
package func describe(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

/// What a layer works on in one pass. The windows are planned by the ``Network``; nothing is allocated here.
public struct LayerTensors: Sendable {
  public var input: Tensor
  public var output: Tensor
  /// Nil where nothing in front of the layer learns.
  public var inputGradient: Tensor?
  /// Nil in a plan that is only for inference.
  public var outputGradient: Tensor?
  public var parameters: [Tensor] = []
  public var gradients: [Gradient] = []
  /// What the layer keeps without learning it.
  public var state: [Tensor] = []
  /// Lives from forward to backward, for layers that ask for it.
  public var scratch: Tensor?
  /// The output of the layer's second source.
  public var shortcut: Tensor?
  /// Its gradient; nil where nothing in front of it learns.
  public var shortcutGradient: Tensor?
  /// Another layer has put its share of `shortcutGradient` there already: add to it.
  public var addsToShortcutGradient = false
  /// What each row of the output is, [rows, width], where the layer makes rows of a row set of its own.
  public var rows: Tensor?
  /// The layer also applies the ReLU behind it.
  public var fusedReLU = false

  public init(input: Tensor, output: Tensor) {
    self.input = input
    self.output = output
  }
}

/// Whether chance takes part in a pass.
public enum Phase: Equatable, Sendable {
  /// Dropout is off.
  case inference
  /// `key` draws this step's random numbers: equal keys drop equal units.
  case training(key: UInt64)
}
