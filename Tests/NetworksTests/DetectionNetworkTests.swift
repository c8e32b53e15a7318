import Basics
import Kernels
import Networks
import Settings
import Testing

/// Architectures as detectors.
@Suite struct DetectionNetworkTests {
  private func detection(_ name: String, _ settings: DetectionSettings = .pascal, height: Int, width: Int) throws -> DetectionNetwork {
    try Architecture.named(name).detection(settings, classes: 20, largest: (height, width))
  }

  /// The shape of a layer's output.
  private func shape(_ network: DetectionNetwork, _ layer: String) throws -> [Int] {
    let design = network.design
    let wiring = try Wiring(design.layers, input: design.input, rowSets: design.rowSets, outputs: design.outputs)
    return wiring.outputShape(of: try wiring.index(of: layer))
  }

  @Test(
    "Feature maps have the published sizes, with cells on multiples of the stride",
    arguments: [
      ("alexnet", 600, 1000, 39, 64), ("alexnet", 600, 800, 39, 51), ("alexnet", 600, 600, 39, 39), ("caffenet", 1000, 600, 64, 39), ("vgg16", 600, 800, 38, 50),
      ("alexnet-64", 128, 128, 17, 17), ("alexnet-64", 192, 192, 25, 25), ("alexnet-64", 256, 256, 33, 33), ("resnet18", 600, 800, 38, 50), ("alexnet-28", 112, 112, 29, 29),
    ])
  func sizes(name: String, height: Int, width: Int, rows: Int, columns: Int) throws {
    let network = try detection(name, height: height, width: width)
    #expect(try shape(network, DetectionNetwork.anchorScores) == [rows, columns, 18] && shape(network, DetectionNetwork.anchorCodes) == [rows, columns, 36])
    #expect(try shape(network, DetectionNetwork.scores) == [21] && shape(network, DetectionNetwork.codes) == [84])
  }

  @Test("AlexNet's maps on the way there are those of the definition")
  func alexNetMaps() throws {
    let network = try detection("alexnet", height: 600, width: 1000)
    #expect(try ["conv1", "pool1", "pool2", "conv5", "roi_pool"].map { try shape(network, $0) } == [[150, 250, 96], [76, 126, 96], [39, 64, 256], [39, 64, 256], [6, 6, 256]])
  }

  @Test("Every layer but the classifier has the classifier's weights, in their shapes", arguments: ["alexnet", "caffenet", "alexnet-torchvision", "vgg16", "resnet18", "alexnet-64", "alexnet-28", "resnet8-28"])
  func weights(name: String) throws {
    let architecture = try Architecture.named(name)
    let network = try detection(name, height: 300, width: 400)
    let design = network.design
    func parameters(_ wiring: Wiring) -> [String: [Int]] {
      Dictionary(uniqueKeysWithValues: (Array(wiring.parameters.joined()) + Array(wiring.state.joined())).map { ($0.name, $0.shape) })
    }
    let known = parameters(try Wiring(architecture.layers(7), input: architecture.inputShape))
    let detector = parameters(try Wiring(design.layers, input: design.input, rowSets: design.rowSets, outputs: design.outputs))
    let shared = known.filter { detector[$0.key] == $0.value }
    #expect(known.count - shared.count == 2 && known.keys.filter { detector[$0] == nil }.allSatisfy { $0.hasPrefix("fc") })
    #expect(Set(detector.keys).subtracting(known.keys) == Set(["rpn_conv", "rpn_cls", "rpn_box", "cls_score", "bbox_pred"].flatMap { ["\($0).weight", "\($0).bias"] }))
  }

  @Test("Biases learn twice as fast and do not decay")
  func biases() throws {
    let design = try detection("alexnet", height: 300, width: 400).design
    for parameter in try Wiring(design.layers, input: design.input, rowSets: design.rowSets, outputs: design.outputs).parameters.joined() {
      let isBias = parameter.name.hasSuffix(".bias")
      #expect(parameter.rateFactor == (isBias ? 2 : 1) && parameter.decayFactor == (isBias ? 0 : 1), "\(parameter.name)")
    }
  }

  @Test("What is frozen is never told of, the rest gets its gradients, in a network that keeps them and in one that does not", arguments: ["alexnet-64", "alexnet-28", "resnet8-28"])
  func frozen(name: String) throws {
    var settings = DetectionSettings.stamps
    settings.regions = 8
    settings.testProposals.after = 8
    let channels = try Architecture.named(name).input.channels
    var told: [[String]] = []
    var gradients: [[Float]] = []
    for purpose in [Network.Purpose.training, .descent] {
      let network = try Network(detection(name, settings, height: 40, width: 56).design, batch: 1, purpose: purpose, backend: CPUBackend(workers: 2))
      network.initialize(seed: 3)
      let random = CounterRandom(5)
      let pass = Pass(images: 1, input: [40, 48, channels], rows: [3])
      for place in network.input.elements.indices { network.input.elements[place] = random.uniform(place) - 0.5 }
      for (place, value) in ([0, 3, 4, 30, 30, 0, 0, 0, 47, 39, 0, 20, 8, 25, 39] as [Float]).enumerated() { network.rows(DetectionNetwork.regions).elements[place] = value }
      network.forward(pass, .training(key: 1))
      for (place, layer) in network.layers.enumerated() where [DetectionNetwork.anchorScores, DetectionNetwork.anchorCodes, DetectionNetwork.scores, DetectionNetwork.codes].contains(layer.name) {
        let gradient = network.output(of: place, in: pass).gradient!.elements
        for index in gradient.indices { gradient[index] = random.uniform(1000 + index) - 0.5 }
      }
      var (names, sums): ([String], [Float]) = ([], [])
      network.backward(pass, .training(key: 1)) { parameter, gradient in
        names.append(network.parameters[parameter].name)
        sums.append(Float(network.backend.squaredNorm(gradient)))
      }
      told.append(names)
      gradients.append(sums)
    }
    #expect(told[0] == told[1] && !told[0].contains { $0.hasPrefix("conv1.") || $0.contains("bn") })
    #expect(told[0].contains("rpn_conv.weight") && told[0].contains("cls_score.bias"))
    #expect(zip(gradients[0], gradients[1]).allSatisfy { abs($0 - $1) <= 1e-5 * abs($1) } && gradients[0].allSatisfy { $0 > 0 })
  }

  @Test("Running averages are taken and left alone by a frozen normalisation, in training too")
  func frozenAverages() throws {
    let network = try Network(detection("alexnet-64", .stamps, height: 64, width: 64).design, batch: 1, purpose: .descent, backend: CPUBackend(workers: 2))
    network.initialize(seed: 3)
    let before = network.stateValues.map(\.array)
    let pass = Pass(images: 1, rows: [1])
    let random = CounterRandom(5)
    func features(_ phase: Phase) -> [Float] {
      for place in network.input.elements.indices { network.input.elements[place] = random.uniform(place) - 0.5 }
      network.forward(pass, phase)
      return network.output(of: network.layers.firstIndex { $0.name == DetectionNetwork.anchorScores }!, in: pass).values.array
    }
    #expect(features(.training(key: 1)) == features(.inference))
    #expect(network.stateValues.map(\.array) == before)
  }
}
