import Kernels

/// Caffe's stochastic gradient descent with momentum: V ← μV + rate·(gradient + λW), W ← W − V, with the factors that each
/// parameter puts on rate and decay. (PyTorch's SGD has the rate outside V; the two differ when the rate changes.)
package final class GradientDescent {
  package let network: Network
  /// V of each of the network's parameters, in their order; windows of one block.
  package let velocities: [Tensor]

  package init(_ network: Network) {
    self.network = network
    velocities = Network.block(of: network.parameters, network.backend)
  }

  /// Moves every parameter by what the network's gradients say.
  package func step(rate: Float, momentum: Float, decay: Float, nesterov: Bool = false) {
    for (index, parameter) in network.parameters.enumerated() {
      network.backend.sgdUpdate(
        weights: network.values[index], gradient: network.gradients[index], velocity: velocities[index],
        rate: rate * parameter.rateFactor, momentum: momentum, decay: decay * parameter.decayFactor,
        nesterov: nesterov)
    }
  }
}
