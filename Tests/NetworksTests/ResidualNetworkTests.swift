import CAllocations
import Glibc
import Kernels
import Networks
import TestSupport
import Testing
import Training

@Suite struct ResidualNetworkTests {
  /// Two residual blocks, one with a projection in its shortcut; batch normalisation behind every convolution.
  static let layers: [any Layer] = [
    Convolution("conv1", outputs: 8, kernel: 3, padding: 1, weight: .he, bias: nil),
    BatchNormalization("bn1"),
    ReLU("relu1"),
    Pooling("pool1", kernel: 3, stride: 2, padding: 1, roundsUp: false),

    Convolution("a.downsample.0", from: "pool1", outputs: 6, kernel: 1, stride: 2, weight: .he, bias: nil),
    BatchNormalization("a.downsample.1"),
    Convolution("a.conv1", from: "pool1", outputs: 6, kernel: 3, stride: 2, padding: 1, weight: .he, bias: nil),
    BatchNormalization("a.bn1"),
    ReLU("a.relu1"),
    Convolution("a.conv2", outputs: 6, kernel: 3, padding: 1, weight: .he, bias: nil),
    BatchNormalization("a.bn2"),
    Sum("a.sum", with: "a.downsample.1"),
    ReLU("a.relu2"),

    Convolution("b.conv1", outputs: 6, kernel: 3, padding: 1, weight: .he, bias: nil),
    BatchNormalization("b.bn1"),
    ReLU("b.relu1"),
    Convolution("b.conv2", outputs: 6, kernel: 3, padding: 1, weight: .he, bias: nil),
    BatchNormalization("b.bn2"),
    Sum("b.sum", with: "a.relu2"),
    ReLU("b.relu2"),

    GlobalAveragePooling("pool5"),
    FullyConnected("fc", outputs: 5, weight: .he),
  ]

  private func network(
    batch: Int = 3, purpose: Network.Purpose = .training, backend: any Backend = CPUBackend(workers: 2)
  ) throws -> Network {
    let network = try Network(Self.layers, input: [9, 9, 2], batch: batch, purpose: purpose, backend: backend)
    network.initialize(seed: 5)
    fill(network.input, amplitude: 1, phase: 0.3)
    return network
  }

  private func fill(_ tensor: Tensor, amplitude: Float, phase: Double) {
    for index in 0..<tensor.count { tensor.elements[index] = amplitude * Float(sin(0.7 * Double(index) + phase)) }
  }

  private func norm(_ tensor: Tensor) -> Double { CPUBackend(workers: 1).squaredNorm(tensor).squareRoot() }

  @Test("loss, gradients, ten steps and running averages are PyTorch's", arguments: [1, 2])
  func golden(workers: Int) throws {
    // Made by Benchmarks/scripts/pytorch_golden.py.
    let network = try network(backend: CPUBackend(workers: workers))
    for (index, values) in network.values.enumerated() { fill(values, amplitude: 0.4, phase: Double(index)) }
    let labels: [Int32] = [4, 0, 2]
    let descent = GradientDescent(network)
    let losses: [Double] = [
      1.9783539895846254, 1.9019619464463542, 1.7781988448516588, 1.6428906099925318, 1.5180139559604928,
      1.4166149660692204, 1.3409558772670558, 1.2861437424680273, 1.2461971974712542, 1.2161721960148342,
      1.1914952091398894,
    ]
    for (step, loss) in losses.enumerated() {
      network.forward(count: 3, phase: .training(key: 0))
      #expect(abs(Double(network.loss(labels: labels, count: 3)) - loss) < 1e-4 * loss, "after \(step) steps")
      network.backward(count: 3, phase: .training(key: 0))
      if step == 0 {
        let logits: [Float] = [0.92655591748751, 0.2273305319833976, -0.39481678029055534, 1.1636703275622142]
        #expect(zip(network.logits.array, logits).allSatisfy { abs($0 - $1) < 1e-5 })
        let norms = [
          0.11403587131675709, 0.01694890468394019, 0.008840567467031353, 0.01959401585437336, 0.012892667108296682,
          0.2998491738526944, 0.02897918241420989, 0.017633910237945673, 0.017143089110785673, 0.025574729388355668,
          0.011636356045873184, 0.2998491738526944, 0.004411457635048922, 0.009713217553157438, 0.0060526644298876655,
          0.003962413654231999, 0.023363852211685625, 0.30005789044387476, 0.8674193123562296, 0.5199870481603001,
        ]
        for (index, expected) in norms.enumerated() {
          let found = norm(network.gradients[index])
          #expect(abs(found - expected) < 1e-3 * expected, "\(network.parameters[index].name): \(found), not \(expected)")
        }
      }
      if step < 10 { descent.step(learningRate: 0.05, momentum: 0.9, weightDecay: 0.01) }
    }
    let norms = [
      3.3223080838345393, 0.8253210062515628, 0.7373590785713838, 1.9101882461974125, 0.7194961836954378,
      0.5386789560174284, 5.751216404319281, 0.7037232202823865, 0.7297918457779512, 4.982406592491247,
      0.6935121339571524, 0.5875543987642182, 4.984006453923497, 0.648259624043133, 0.7546446679402851,
      4.985885107506786, 0.6506985535401756, 0.6288261471956919, 1.5177141814431907, 1.51498604707297,
    ]
    for (values, expected) in zip(network.values, norms) { #expect(abs(norm(values) - expected) < 1e-4 * expected) }
    let averages = [
      0.02329299338179895, 1.1226384959975797, 0.4294131886983872, 0.9736616038861129, 0.1857399575436872,
      1.2003538080334208, 0.34805744780195597, 1.0064585448283112, 0.3968832067361613, 2.6117532938674675,
      0.5869585514794533, 2.7650852295713846,
    ]
    for (values, expected) in zip(network.stateValues, averages) {
      #expect(abs(norm(values) - expected) < 1e-4 * expected)
    }
    network.forward(count: 3, phase: .inference)
    #expect(abs(network.loss(labels: labels, count: 3) - 1.2214933911168089) < 1e-4)
  }

  @Test("an activation with several readers gets the sum of their gradients", arguments: [
    Phase.training(key: 1), .inference,
  ])
  func gradients(phase: Phase) throws {
    let network = try network(backend: ReferenceBackend())
    let labels: [Int32] = [4, 0, 2]
    func objective() -> Double {
      network.forward(count: 3, phase: phase)
      return Double(network.loss(labels: labels, count: 3))
    }
    _ = objective()
    network.backward(count: 3, phase: phase)
    var misses: [String] = []
    var checked = 0
    for (index, parameter) in network.parameters.enumerated() {
      let elements = network.values[index].elements
      let gradient = network.gradients[index].array
      let scale = gradient.reduce(0) { max($0, abs($1)) }
      for place in stride(from: 0, to: elements.count, by: 7) {
        let value = elements[place]
        elements[place] = value + 0.002
        let above = objective()
        elements[place] = value - 0.002
        let difference = Float((above - objective()) / 0.004)
        elements[place] = value
        checked += 1
        if abs(difference - gradient[place]) > 0.05 * scale { misses.append("\(parameter.name)[\(place)]") }
      }
    }
    // Some steps go over the kink of a ReLU or of a maximum.
    #expect(misses.count * 10 < checked, "\(misses)")
  }

  @Test("a plan for inference computes the same with less memory")
  func inference() throws {
    let training = try network()
    let inference = try network(purpose: .inference(keeping: ["a.relu2", "pool5"]))
    for network in [training, inference] { network.forward(count: 3, phase: .inference) }
    #expect(inference.bytes < training.bytes)
    #expect(inference.logits.array == training.logits.array)
    for name in ["a.sum", "pool5"] {
      #expect(try inference.activation(named: name).array == training.activation(named: name).array)
    }
  }

  @Test("the same bits for any number of workers, gradients and running averages included")
  func workers() throws {
    let made = try [1, 2, 3].map { workers in
      let network = try network(backend: CPUBackend(workers: workers))
      for step in 0..<3 {
        network.forward(count: 3 - step, phase: .training(key: 1))
        _ = network.loss(labels: [1, 2, 3], count: 3 - step)
        network.backward(count: 3 - step, phase: .training(key: 1))
      }
      return (network.gradients + network.stateValues).map { $0.array.map(\.bitPattern) }
    }
    #expect(made[0] == made[1] && made[0] == made[2])
  }

  @Test("a step allocates nothing")
  func noAllocation() throws {
    let network = try network(backend: CPUBackend(workers: 1))
    let loss = CrossEntropy(network)
    let labels: [Int32] = [1, 2, 3]
    func step() {
      network.forward(count: 3, phase: .training(key: 1))
      _ = loss(labels: labels, in: Pass(images: 3))
      network.backward(count: 3, phase: .training(key: 1))
    }
    for _ in 0..<2 { step() }
    let before = callocations_of_this_thread()
    for _ in 0..<5 { step() }
    #expect(callocations_of_this_thread() == before)
  }
}
