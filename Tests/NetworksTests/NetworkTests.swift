import Basics
import CAllocations
import Datasets
import Glibc
import Kernels
import Networks
import TestSupport
import Testing
import Training

@Suite struct NetworkTests {
  /// A net with every kind of layer, small enough for finite differences.
  static let layers: [any Layer] = [
    Convolution("conv1", outputs: 4, kernel: 3, padding: 1, weight: .he),
    ReLU("relu1"),
    ResponseNormalization("norm1", LocalResponse(alpha: 0.5)),
    Pooling("pool1", kernel: 3, stride: 2),
    Convolution("conv2", outputs: 6, kernel: 3, padding: 1, groups: 2, weight: .he),
    ReLU("relu2"),
    Pooling("pool2", .average, kernel: 2, stride: 1),
    Flatten("flatten"),
    FullyConnected("fc3", outputs: 10, weight: .he),
    ReLU("relu3"),
    Dropout("drop3", probability: 0.3),
    FullyConnected("fc4", outputs: 5, weight: .he),
  ]
  static let input = [9, 9, 2]

  private func network(
    _ layers: [any Layer] = layers, batch: Int = 3, purpose: Network.Purpose = .training,
    backend: any Backend = CPUBackend(workers: 2)
  ) throws -> Network {
    let network = try Network(layers, input: Self.input, batch: batch, purpose: purpose, backend: backend)
    network.initialize(seed: 5)
    return network
  }

  /// amplitude · sin(.7 i + phase): numbers that any other program can make as well.
  private func fill(_ tensor: Tensor, amplitude: Float, phase: Double) {
    for index in 0..<tensor.count { tensor.elements[index] = amplitude * Float(sin(0.7 * Double(index) + phase)) }
  }

  @Test("a network's gradients are the derivatives of its loss, dropout included")
  func gradients() throws {
    let network = try network(backend: ReferenceBackend())
    fill(network.input, amplitude: 1, phase: 0.3)
    let labels: [Int32] = [4, 0, 2]
    let phase = Phase.training(key: 11)
    func objective() -> Double {
      network.forward(count: 3, phase: phase)
      return Double(network.loss(labels: labels, count: 3))
    }
    _ = objective()
    network.backward(count: 3, phase: phase)
    func difference(_ element: UnsafeMutablePointer<Float>, _ step: Float) -> Double {
      let value = element.pointee
      defer { element.pointee = value }
      element.pointee = value + step
      let above = objective()
      element.pointee = value - step
      return (above - objective()) / Double(2 * step)
    }
    for (index, parameter) in network.parameters.enumerated() {
      let elements = network.values[index].elements
      let gradient = network.gradients[index].array
      let scale = gradient.reduce(0) { max($0, abs(Double($1))) }
      #expect(scale > 1e-4, "\(parameter.name) has a gradient")
      var kinks = 0
      for place in elements.indices {
        let (wide, narrow) = (difference(&elements[place], 0.002), difference(&elements[place], 0.001))
        // Where two steps disagree, one of them went over the kink of a ReLU or of a maximum.
        if abs(wide - narrow) > 0.01 * scale {
          kinks += 1
        } else {
          #expect(abs(narrow - Double(gradient[place])) < 0.02 * scale, "\(parameter.name)[\(place)]")
        }
      }
      #expect(kinks <= max(1, elements.count / 5), "\(parameter.name): \(kinks) of \(elements.count) at kinks")
    }
  }

  @Test("loss, gradients and ten steps are PyTorch's", arguments: [1, 2])
  func golden(workers: Int) throws {
    // PyTorch 2.13 in double precision: the same layers in NCHW without dropout, the same sines, Caffe's update by hand.
    let network = try network(
      Self.layers.filter { !($0 is Dropout) }, backend: CPUBackend(workers: workers))
    fill(network.input, amplitude: 1, phase: 0.3)
    for (index, values) in network.values.enumerated() { fill(values, amplitude: 0.4, phase: Double(index)) }
    let labels: [Int32] = [4, 0, 2]
    let descent = GradientDescent(network)
    let losses: [Double] = [
      1.6810453840642658, 1.6550559775460372, 1.6187129124194548, 1.572793293519546, 1.5255433709732642,
      1.4769065071617462, 1.4260234202746644, 1.376743076673024, 1.3302990947391762, 1.2881079917788203,
      1.2515487909960814,
    ]
    for (step, loss) in losses.enumerated() {
      network.forward(count: 3, phase: .inference)
      #expect(abs(Double(network.loss(labels: labels, count: 3)) - loss) < 1e-5 * loss, "after \(step) steps")
      network.backward(count: 3, phase: .inference)
      if step == 0 {
        let logits: [Float] = [0.4319425641768263, 0.37380221486241716, 0.14032649612034495, -0.15473788752709142]
        #expect(zip(network.logits.array, logits).allSatisfy { abs($0 - $1) < 1e-5 })
        let norms = [
          0.4552555347821606, 0.030840099114056656, 0.32881414620416444, 0.1394597187301828, 0.2795220313917546,
          0.18934803599010083, 0.19209285258687503, 0.3914109891669135,
        ]
        for (gradient, norm) in zip(network.gradients, norms) {
          #expect(abs(network.backend.squaredNorm(gradient).squareRoot() - norm) < 1e-5 * norm + 1e-7)
        }
      }
      if step < 10 { descent.step(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01) }
    }
    let norms = [
      2.355056460714663, 0.5964712992325607, 2.8828769298669266, 0.637698041051631, 6.443086863027828,
      1.0003238968764758, 1.9701488275928696, 1.262786422125715,
    ]
    for (values, norm) in zip(network.values, norms) {
      #expect(abs(network.backend.squaredNorm(values).squareRoot() - norm) < 1e-5 * norm)
    }
  }

  @Test("layers that are updated as soon as they have their gradients learn the same, with less memory", arguments: [1, 2, 3])
  func descent(workers: Int) throws {
    let (whole, byLayer) = (try network(), try network(purpose: .descent, backend: CPUBackend(workers: workers)))
    let (first, second) = (GradientDescent(whole), GradientDescent(byLayer))
    for step in 0..<5 {
      for (network, descent) in [(whole, first), (byLayer, second)] {
        fill(network.input, amplitude: 1, phase: 0.3 + Double(step))
        network.forward(count: 3, phase: .training(key: UInt64(step)))
        _ = network.loss(labels: [4, 0, 2], count: 3)
        if network === whole {
          network.backward(count: 3, phase: .training(key: UInt64(step)))
          descent.step(learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4)
        } else {
          network.backward(count: 3, phase: .training(key: UInt64(step))) {
            descent.step($0, by: $1, learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4)
          }
        }
      }
    }
    for (a, b) in zip(whole.values, byLayer.values) { #expect(a.array == b.array) }
    for (a, b) in zip(first.velocities, second.velocities) { #expect(a.array == b.array) }
    let backend = CPUBackend(workers: 1)
    let large = try Architecture.named("alexnet-28")
    let all = try large.network(classes: 10, batch: 64, purpose: .training, backend: backend)
    let one = try large.network(classes: 10, batch: 64, purpose: .descent, backend: backend)
    #expect(one.bytes <= all.bytes - 4 * all.parameterCount * 99 / 100)
  }

  @Test("gradients that nobody keeps have the norms of those that are kept, in the order of the parameters")
  func norms() throws {
    let norms = try [Network.Purpose.training, .descent].map { purpose in
      let network = try network(purpose: purpose)
      fill(network.input, amplitude: 1, phase: 0.3)
      network.forward(count: 3, phase: .training(key: 1))
      _ = network.loss(labels: [4, 0, 2], count: 3)
      var norms: [LayerNorm] = []
      network.backward(count: 3, phase: .training(key: 1)) { norms.insert(network.norm(of: $1, of: $0), at: 0) }
      #expect(norms.map(\.place.name) == network.parameters.map(\.name))
      return norms.map(\.value)
    }
    for (kept, lost) in zip(norms[0], norms[1]) { #expect(abs(kept - lost) <= 1e-6 * kept) }
  }

  /// A loop of several threads costs two small blocks, in which Swift hands its closure over; nothing else may allocate.
  @Test(
    "a step allocates nothing but to hand out its pieces, full and short batches in turn",
    arguments: [Network.Purpose.training, .descent], [(1, 0), (2, 100)])
  func noAllocation(purpose: Network.Purpose, _ limit: (workers: Int, blocksAStep: Int)) throws {
    let network = try network(batch: 6, purpose: purpose, backend: CPUBackend(workers: limit.workers))
    fill(network.input, amplitude: 1, phase: 0.3)
    let descent = GradientDescent(network)
    let loss = CrossEntropy(network)
    let labels: [Int32] = [4, 0, 2, 1, 3, 3]
    func step(_ number: Int) {
      let phase = Phase.training(key: UInt64(number))
      network.forward(count: 6, phase: phase)
      _ = loss(labels: labels, in: Pass(images: 6))
      network.backward(count: 6, phase: phase) {
        descent.step($0, by: $1, learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4)
      }
      network.forward(count: 4, phase: .inference)
    }
    for number in 0..<3 { step(number) }
    let before = callocations_of_this_thread()
    for number in 0..<20 { step(number) }
    #expect(callocations_of_this_thread() - before <= 20 * limit.blocksAStep)
  }

  @Test("a short batch is the same images as a batch of its own, and leaves the rest alone")
  func shortBatches() throws {
    let (long, short) = (try network(batch: 5), try network(batch: 2))
    for network in [long, short] {
      fill(network.input, amplitude: 1, phase: 0.3)
      network.forward(count: 2, phase: .training(key: 3))
      #expect(network.loss(labels: [1, 2], count: 2) > 0)
      network.backward(count: 2, phase: .training(key: 3))
    }
    #expect(long.logits.prefix(2).array == short.logits.array)
    for (a, b) in zip(long.gradients, short.gradients) { #expect(a.array == b.array) }
    #expect(long.logits.array[10...].allSatisfy { $0 == 0 })
  }

  @Test("a plan for inference computes the same with less memory, and keeps what it was asked to")
  func inference() throws {
    let training = try network(batch: 4)
    let inference = try network(batch: 4, purpose: .inference(keeping: ["conv2", "norm1"]))
    for network in [training, inference] {
      fill(network.input, amplitude: 1, phase: 0.3)
      network.forward(count: 4, phase: .inference)
    }
    #expect(inference.bytes < training.bytes)
    #expect(inference.logits.array == training.logits.array)
    for name in ["conv2", "relu2", "fc4"] {
      let kept = try inference.activation(named: name)
      #expect(try kept.array == training.activation(named: name).array)
      #expect(try kept.shape == training.activation(named: name).shape)
    }
    let problem = #expect(throws: Problem.self) { try inference.activation(named: "conv1") }
    #expect(problem?.what == "the plan does not keep the activation")
    let normalised = inference.backend.makeTensor(try inference.activation(named: "norm1").shape)
    inference.backend.lrnForward(LocalResponse(alpha: 0.5), input: try training.activation(named: "conv1"), output: normalised)
    #expect(try inference.activation(named: "norm1").array == normalised.array)
    #expect(throws: Problem.self, "no backward pass reads it") { try training.activation(named: "norm1") }
  }

  @Test("the small AlexNet's activations take little more than half of a window for each and two for gradients, and less than a third of that for inference")
  func inferenceMemory() throws {
    let backend = CPUBackend(workers: 1)
    let architecture = try Architecture.named("alexnet-28")
    let training = try architecture.network(classes: 10, batch: 64, purpose: .training, backend: backend)
    let inference = try architecture.network(
      classes: 10, batch: 64, purpose: .inference(keeping: ["fc7"]), backend: backend)
    let parameters = training.parameterCount * 4
    let shapes = zip(training.layers, training.shapes.dropFirst()).filter { !$0.0.isInPlace }.map { $0.1.reduce(1, *) }
    let scratch = zip(training.layers, training.shapes).reduce(0) {
      if case .image(let shape)? = $1.0.scratch(for: $1.1) { $0 + shape.reduce(1, *) } else { $0 }
    }
    let simple = 64 * 4 * (28 * 28 + shapes.reduce(0, +) + scratch + 2 * shapes.max()!)
    #expect(training.bytes - 2 * parameters < simple * 11 / 20)
    #expect(inference.bytes - parameters < simple / 3)
  }

  @Test("an activation is named after its layer and stands as the layers in place left it")
  func activationNames() throws {
    let network = try network()
    fill(network.input, amplitude: 1, phase: 0.3)
    network.forward(count: 3, phase: .inference)
    let conv1 = try network.activation(named: "conv1")
    #expect(conv1.shape == [3, 9, 9, 4])
    #expect(conv1.array.allSatisfy { $0 >= 0 } && conv1.array.contains { $0 > 0 })
    #expect(try network.activation(named: "relu1").array == conv1.array)
    #expect(try network.activation(named: "flatten").shape == [3, 54])
    let problem = #expect(throws: Problem.self) { try network.activation(named: "fc9") }
    #expect(problem?.place == "fc9")
    #expect(problem?.expected?.contains("conv1, relu1, norm1") == true)
    #expect(throws: Problem.self) { try self.network(purpose: .inference(keeping: ["fc9"])) }
  }

  @Test("equal seeds begin with equal weights, other seeds with others, and no two layers with the same")
  func seeds() throws {
    let (first, second, other) = (try network(), try network(), try network())
    other.initialize(seed: 6)
    #expect(first.values.map(\.array) == second.values.map(\.array))
    #expect(first.values[0].array != other.values[0].array)
    #expect(first.values[0].array.prefix(8) != first.values[2].array.prefix(8))
  }
}
