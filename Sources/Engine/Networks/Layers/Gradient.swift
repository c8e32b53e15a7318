import Kernels

/// The gradient of a parameter, for whoever moves the parameter by it.
public enum Gradient: Sendable {
  case values(Tensor)
  /// outputGradientᵀ · input, the gradient of fully connected weights. It is as large as they are, and each of its numbers is
  /// wanted once: it is computed while it is used, and never whole.
  case product(outputGradient: Tensor, input: Tensor)

  /// Nil where nobody keeps them.
  public var values: Tensor? {
    if case .values(let tensor) = self { tensor } else { nil }
  }
}

extension Backend {
  /// ``sgdUpdate(weights:gradient:velocity:learningRate:momentum:weightDecay:nesterov:)`` by a gradient in either form, in the same bits.
  public func sgdUpdate(
    weights: Tensor, gradient: Gradient, velocity: Tensor, learningRate: Float, momentum: Float, weightDecay: Float,
    nesterov: Bool = false
  ) {
    switch gradient {
    case .values(let gradient):
      sgdUpdate(
        weights: weights, gradient: gradient, velocity: velocity, learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
        nesterov: nesterov)
    case .product(let outputGradient, let input):
      fullyConnectedUpdate(
        input: input, outputGradient: outputGradient, weights: weights, velocity: velocity, learningRate: learningRate,
        momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    }
  }

  /// The sum of the squares of a gradient's elements.
  package func squaredNorm(_ gradient: Gradient) -> Double {
    switch gradient {
    case .values(let gradient): squaredNorm(gradient)
    case .product(let outputGradient, let input):
      fullyConnectedSquaredNorm(input: input, outputGradient: outputGradient)
    }
  }
}
