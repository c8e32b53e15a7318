import Kernels
import Taxonomy

/// In training sets each unit to 0 with this probability and divides the others by what is left, in place as a rule
/// (Srivastava et al. 2014, in the "inverted" form: inference is the identity).
///
/// Behind a layer whose backward pass reads its own output (max pooling, response normalisation) it makes a copy instead.
public struct Dropout: Layer {
  public let name: String
  public let isInPlace: Bool
  let probability: Float

  public init(_ name: String, probability: Float, isInPlace: Bool = true) {
    precondition((0..<1).contains(probability), "a dropout probability of \(probability)")
    self.name = name
    self.probability = probability
    self.isInPlace = isInPlace
  }

  public func outputShape(for input: [Int]) throws(Problem) -> [Int] { input }

  public func forward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    if !isInPlace { backend.copy(tensors.input, to: tensors.output) }
    if case .training(let key) = phase { backend.dropout(tensors.output, probability: probability, key: key) }
  }

  public func backward(_ tensors: LayerTensors, _ phase: Phase, _ backend: any Backend) {
    guard let gradient = tensors.inputGradient else { return }
    if !isInPlace { backend.copy(tensors.outputGradient!, to: gradient) }
    if case .training(let key) = phase { backend.dropout(gradient, probability: probability, key: key) }
  }
}
