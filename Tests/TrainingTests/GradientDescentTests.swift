import Kernels
import Networks
import TestSupport
import Testing
import Training

@Suite struct GradientDescentTests {
  @Test("two steps move weights and biases as Caffe's formula does by hand, at a rate that changes between them")
  func handComputed() throws {
    let network = try Network(
      [FullyConnected("fc", outputs: 1, weight: .constant(0))], input: [1], batch: 1, purpose: .training,
      backend: CPUBackend(workers: 1))
    network.values[0].elements[0] = 2
    network.values[1].elements[0] = 1
    let descent = GradientDescent(network)

    network.gradients[0].elements[0] = 0.5
    network.gradients[1].elements[0] = -0.25
    descent.step(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
    // V = .1 (.5 + .01 · 2) = .052, W = 1.948; the bias at twice the rate, without decay: V = .2 · −.25 = −.05.
    #expect(abs(network.values[0].array[0] - 1.948) < 1e-6)
    #expect(abs(network.values[1].array[0] - 1.05) < 1e-6)

    network.gradients[0].elements[0] = -1
    network.gradients[1].elements[0] = 1
    descent.step(learningRate: 0.01, momentum: 0.9, weightDecay: 0.01)
    // V = .9 · .052 + .01 (−1 + .01 · 1.948) = .0369948; the bias: V = .9 · −.05 + .02 · 1 = −.025.
    #expect(abs(network.values[0].array[0] - 1.9110052) < 1e-6)
    #expect(abs(network.values[1].array[0] - 1.075) < 1e-6)
    #expect(abs(descent.velocities[0].array[0] - 0.0369948) < 1e-7)
  }
}
