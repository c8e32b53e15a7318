import ArgumentParser
import Files
import Kernels
import Networks
import Runs
import Training

/// Some steps of a network on given images, written down so that another program can be held against them.
///
/// Dropout is left out: no two programs drop the same units.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Write a network's activations, gradients, and parameters after some steps.")

  @Option(help: "The network.") var net: String
  @Option(name: .customLong("run"), help: "The directory of the run whose last checkpoint holds the weights.") var directory: String
  @Option(help: "A safetensors file with images [n, height, width, channels] and labels [n].") var input: String
  @Option(help: "The file to write.") var output: String
  @Option(help: "Steps of gradient descent after the first gradients.") var steps = 10
  @Option(help: "The learning rate; biases of convolutions and fully connected layers learn twice as fast.") var learningRate: Float = 0.001
  @Option(help: "The weight decay.") var weightDecay: Float = 5e-4
  @Option(help: "winograd or columns.") var convolution = ConvolutionMethod.winograd

  func run() throws {
    let checkpoints = RunDirectory(directory).checkpoints
    let snapshot = try checkpoints.load(checkpoints.steps().last ?? 0)
    let architecture = try Architecture.named(net)
    let backend = CPUBackend(workers: 2, convolution: convolution)
    let file = try SafetensorsFile(input)
    let images = backend.makeTensor(file.shape(of: "images") ?? [])
    let labels = backend.makeTensor([images.shape[0]])
    try file.read("images", into: images)
    try file.read("labels", into: labels)
    let layers = architecture.layers(Int(snapshot.metadata["classes"] ?? "") ?? 0).filter { !($0 is Dropout) }
    let network = try Network(
      layers, input: architecture.inputShape, batch: images.shape[0], purpose: .training, backend: backend)
    try snapshot.restore(network)
    // A plan for training lets activations go as soon as it can.
    let made = layers.filter { !$0.isInPlace }.map(\.name)
    let looker = try Network(
      layers, input: architecture.inputShape, batch: images.shape[0], purpose: .inference(keeping: made), backend: backend)
    try snapshot.restore(looker)
    backend.copy(images, to: looker.input)
    looker.forward(count: images.shape[0], phase: .training(key: 0))
    let velocities = network.values.map { backend.makeTensor($0.shape) }
    let classes = labels.array.map { Int32($0) }
    let count = images.shape[0]
    let loss = CrossEntropy(network)
    var written: [(name: String, tensor: Tensor)] = []
    for name in made { written.append(("activation." + name, try looker.activation(named: name))) }
    var losses: [Float] = []
    for step in 0...steps {
      backend.copy(images, to: network.input)
      network.forward(count: count, phase: .training(key: 0))
      losses.append(loss(labels: classes, in: Pass(images: count)))
      network.backward(count: count, phase: .training(key: 0))
      if step == 0 {
        for (parameter, gradient) in zip(network.parameters, network.gradients) {
          written.append(("gradient." + parameter.name, copy(gradient)))
        }
      }
      if step == steps { break }
      for (index, parameter) in network.parameters.enumerated() {
        backend.sgdUpdate(
          weights: network.values[index], gradient: network.gradients[index], velocity: velocities[index],
          learningRate: learningRate * parameter.rateFactor, momentum: 0.9, weightDecay: weightDecay * parameter.decayFactor)
      }
    }
    for (parameter, values) in zip(network.parameters + network.state, network.values + network.stateValues) {
      written.append(("after." + parameter.name, values))
    }
    written.append(("losses", Tensor(losses, shape: [losses.count])))
    try SafetensorsFile.write(written, metadata: [:], to: output)
  }

  private func copy(_ tensor: Tensor) -> Tensor { Tensor(tensor.array, shape: tensor.shape) }
}

extension ConvolutionMethod: @retroactive ExpressibleByArgument {}
