import Basics
import Kernels

/// In training sets each unit to 0 with this probability and divides the others by what is left, in place
/// (Srivastava et al. 2014, in the "inverted" form: inference is the identity).
public struct Dropout: Layer {
  public let name: String
  let probability: Float

  public init(_ name: String, probability: Float) {
    precondition((0..<1).contains(probability), "a dropout probability of \(probability)")
    self.name = name
    self.probability = probability
  }

  public var isInPlace: Bool { true }
  public var isElementwise: Bool { true }
  public var isIdentityInInference: Bool { true }
  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { input }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    if case .training(let key) = phase { backend.dropout(tensors.output, probability: probability, key: key) }
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let gradient = tensors.inputGradient else { return }
    if case .training(let key) = phase { backend.dropout(gradient, probability: probability, key: key) }
  }
}
