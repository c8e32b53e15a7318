import Kernels

/// Caffe's stochastic gradient descent with momentum: V ← μV + rate·(gradient + λW), W ← W − V, with the factors that each
/// parameter puts on rate and decay. (PyTorch's SGD has the rate outside V; the two differ when the rate changes.)
final class GradientDescent {
  let network: Network
  /// V of each of the network's parameters, in their order; windows of one block.
  let velocities: [Tensor]

  init(_ network: Network) {
    self.network = network
    velocities = Network.block(of: network.parameters, network.backend)
  }

  /// Moves every parameter by what the network's gradients say.
  func step(rate: Float, momentum: Float, decay: Float) {
    for (index, parameter) in network.parameters.enumerated() {
      network.backend.sgdUpdate(
        weights: network.values[index], gradient: network.gradients[index], velocity: velocities[index],
        rate: rate * parameter.rateFactor, momentum: momentum, decay: decay * parameter.decayFactor)
    }
  }
}
