import Kernels
import Networks

/// Caffe's stochastic gradient descent with momentum: V ← μV + rate·(gradient + λW), W ← W − V, with the factors that each
/// parameter puts on rate and decay. (PyTorch's SGD has the rate outside V; the two differ when the rate changes.)
package final class GradientDescent {
  package let network: Network
  /// V of each of the network's parameters, in their order; windows of one block.
  package let velocities: [Tensor]
  /// Of each parameter, its own factor of the rate and its layer's.
  private let rateFactors: [Float]

  /// - Parameter factors: of the rate, by layer; 1 where there is none.
  package init(_ network: Network, rateFactors factors: [String: Float] = [:]) {
    self.network = network
    rateFactors = network.parameters.map { $0.rateFactor * (factors[$0.layer] ?? 1) }
    velocities = Network.block(of: network.parameters, network.backend)
  }

  /// Moves all parameters by the gradients of a network that keeps them.
  package func step(learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool = false) {
    for (index, gradient) in network.gradients.enumerated() {
      step(index, by: .values(gradient), learningRate: learningRate, momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    }
  }

  /// Moves one parameter.
  package func step(
    _ index: Int, by gradient: Gradient, learningRate: Float, momentum: Float, weightDecay: Float, nesterov: Bool = false
  ) {
    network.backend.sgdUpdate(
      weights: network.values[index], gradient: gradient, velocity: velocities[index], learningRate: learningRate * rateFactors[index],
      momentum: momentum, weightDecay: weightDecay * network.parameters[index].decayFactor, nesterov: nesterov)
  }
}
