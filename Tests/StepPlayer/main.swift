// Takes training steps of alexnet-28, two images each, on one thread: for counting their instructions.
//
//     step-player STEPS
import Kernels
import Networks
import Training

guard CommandLine.arguments.count == 2, let steps = Int(CommandLine.arguments[1]) else {
  fatalError("usage: step-player STEPS")
}
let batch = 2
let backend = CPUBackend(workers: 1, convolution: .winograd)
let network = try Architecture.named("alexnet-28").network(
  classes: 10, batch: batch, purpose: .descent, backend: backend)
network.initialize(seed: 1)
let crossEntropy = CrossEntropy(network)
let velocities = network.values.map { backend.makeTensor($0.shape) }
let random = CounterRandom(1)
let input = network.input.elements
for i in input.indices { input[i] = random.uniform(i) - 0.5 }
let labels = (0..<batch).map { Int32($0) }
for step in 0..<steps {
  let phase = Phase.training(key: UInt64(step))
  network.forward(count: batch, phase: phase)
  _ = crossEntropy(labels: labels, in: Pass(images: batch))
  network.backward(count: batch, phase: phase) {
    backend.sgdUpdate(
      weights: network.values[$0], gradient: $1, velocity: velocities[$0], learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4)
  }
}
