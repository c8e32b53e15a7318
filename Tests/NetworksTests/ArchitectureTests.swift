import Basics
import Kernels
import Networks
import TestSupport
import Testing

@Suite struct ArchitectureTests {
  /// Parameters and shapes without the memory of the whole network.
  private func walk(_ architecture: Architecture, classes: Int) throws -> (shapes: [[Int]], parameters: [Parameter]) {
    let wiring = try Wiring(architecture.layers(classes), input: architecture.inputShape)
    return (wiring.shapes, wiring.parameters.flatMap { $0 })
  }

  @Test("AlexNet has 60,965,224 parameters at 1000 classes")
  func alexNetParameters() throws {
    let parameters = try walk(.named("alexnet"), classes: 1000).parameters
    #expect(parameters.reduce(0) { $0 + $1.count } == 60_965_224)
    #expect(parameters.map(\.name) == [1, 2, 3, 4, 5].flatMap { ["conv\($0).weight", "conv\($0).bias"] }
      + [6, 7, 8].flatMap { ["fc\($0).weight", "fc\($0).bias"] })
  }

  @Test("every layer of AlexNet makes the shape of Caffe's")
  func alexNetShapes() throws {
    let architecture = try Architecture.named("alexnet")
    let shapes = try walk(architecture, classes: 1000).shapes
    let expected: [String: [Int]] = [
      "conv1": [55, 55, 96], "relu1": [55, 55, 96], "norm1": [55, 55, 96], "pool1": [27, 27, 96],
      "conv2": [27, 27, 256], "relu2": [27, 27, 256], "norm2": [27, 27, 256], "pool2": [13, 13, 256],
      "conv3": [13, 13, 384], "relu3": [13, 13, 384], "conv4": [13, 13, 384], "relu4": [13, 13, 384],
      "conv5": [13, 13, 256], "relu5": [13, 13, 256], "pool5": [6, 6, 256], "flatten": [9216],
      "fc6": [4096], "relu6": [4096], "drop6": [4096], "fc7": [4096], "relu7": [4096], "drop7": [4096], "fc8": [1000],
    ]
    let made = Dictionary(
      uniqueKeysWithValues: zip(architecture.layers(1000).map(\.name), shapes.dropFirst()))
    #expect(made == expected)
  }

  @Test("AlexNet begins as Caffe's does: deviations, biases, and biases that learn twice as fast without decay")
  func alexNetStart() throws {
    let parameters = Dictionary(
      uniqueKeysWithValues: try walk(.named("alexnet"), classes: 1000).parameters.map { ($0.name, $0) })
    for layer in ["conv1", "conv2", "conv3", "conv4", "conv5", "fc8"] {
      #expect(parameters[layer + ".weight"]?.initialization == .gaussian(0.01))
    }
    for layer in ["fc6", "fc7"] { #expect(parameters[layer + ".weight"]?.initialization == .gaussian(0.005)) }
    for layer in ["conv2", "conv4", "conv5", "fc6", "fc7"] {
      #expect(parameters[layer + ".bias"]?.initialization == .constant(0.1))
    }
    for layer in ["conv1", "conv3", "fc8"] { #expect(parameters[layer + ".bias"]?.initialization == .constant(0)) }
    for parameter in parameters.values {
      let isBias = parameter.name.hasSuffix(".bias")
      #expect(parameter.rateFactor == (isBias ? 2 : 1) && parameter.decayFactor == (isBias ? 0 : 1))
    }
  }

  @Test("AlexNet's recipe is the paper's: 450,000 iterations of 256 images at .01, a tenth every 100,000")
  func alexNetRecipe() throws {
    let recipe = try Architecture.named("alexnet").recipe
    let iterations = recipe.epochs * ((1_281_167 + recipe.batchSize - 1) / recipe.batchSize)
    #expect(abs(iterations - 450_000) < 1000)
    #expect(recipe.solver.learningRate == 0.01 && recipe.solver.momentum == 0.9 && recipe.solver.weightDecay == 5e-4)
    #expect(recipe.solver.schedule == .step(every: 100_000, factor: 0.1))
    #expect(recipe.augmentation.resizeTo == 256 && recipe.augmentation.resize == .warp && recipe.augmentation.mirror)
  }

  @Test("the small AlexNet costs about 12.5 million multiply-adds an image")
  func smallNetCost() throws {
    let architecture = try Architecture.named("alexnet-28")
    let (shapes, parameters) = try walk(architecture, classes: 10)
    var cost = 0
    for (layer, shape) in zip(architecture.layers(10), shapes.dropFirst()) {
      guard let weights = parameters.first(where: { $0.name == layer.name + ".weight" }) else { continue }
      cost += weights.count * shape.dropLast().reduce(1, *)
    }
    #expect((12_000_000...13_000_000).contains(cost))
    #expect(shapes.last == [10])
  }

  @Test("the small nets cost what they say", arguments: [("resnet8-28", 12.2), ("alexnet-64", 29)])
  func smallNetsCost(name: String, millions: Double) throws {
    let made = Double(try NetworkTable(.named(name), classes: 10, batch: 1).multiplyAdds) / 1e6
    #expect(abs(made - millions) < 0.03 * millions, "\(made) million")
  }

  @Test("every network's recipe is one that can be trained, under its own name", arguments: Architecture.all.map(\.name))
  func recipes(name: String) throws {
    let architecture = try Architecture.named(name)
    #expect(architecture.recipe.network == name)
    try architecture.recipe.validate()
    #expect(architecture.layers(3).contains { $0.name == architecture.features })
  }

  @Test("networks have the parameters that are published for them at 1000 classes", arguments: [
    ("alexnet", 60_965_224), ("caffenet", 60_965_224), ("alexnet-torchvision", 61_100_840), ("vgg16", 138_357_544),
    ("resnet18", 11_689_512), ("resnet34", 21_797_672),
  ])
  func parameters(name: String, count: Int) throws {
    #expect(try NetworkTable(.named(name), classes: 1000, batch: 1).parameters == count)
  }

  /// torchvision's "GFLOPS" are thousand million multiply-adds.
  @Test("networks cost the multiply-adds that are published for them", arguments: [
    ("alexnet-torchvision", 0.71), ("vgg16", 15.47), ("resnet18", 1.81), ("resnet34", 3.66),
  ])
  func cost(name: String, published: Double) throws {
    let made = Double(try NetworkTable(.named(name), classes: 1000, batch: 1).multiplyAdds) / 1e9
    #expect(abs(made - published) < 0.01)
  }

  @Test("a residual network's parameters and averages are named as in torchvision")
  func residualNames() throws {
    let architecture = try Architecture.named("resnet18")
    let wiring = try Wiring(architecture.layers(10), input: architecture.inputShape)
    let names = Set((wiring.parameters + wiring.state).joined().map(\.name))
    for name in [
      "conv1.weight", "bn1.running_var", "layer1.0.conv1.weight", "layer1.1.bn2.bias", "layer2.0.downsample.0.weight",
      "layer2.0.downsample.1.running_mean", "layer4.1.conv2.weight", "fc.bias",
    ] { #expect(names.contains(name), "\(name)") }
    #expect(!names.contains("conv1.bias") && !names.contains("layer1.0.downsample.0.weight"))
    #expect(names.count == 102)
    #expect(try wiring.outputShape(of: wiring.index(of: "pool5")) == [512])
  }

  @Test("AlexNet's activations take a seventh less than a window for each and two in turns for the gradients")
  func alexNetMemory() throws {
    let table = try NetworkTable(.named("alexnet"), classes: 1000, batch: 64)
    #expect(table.trainingWorkspaceBytes < 4 * 64 * 2_471_171 * 6 / 7)
    #expect(table.inferenceWorkspaceBytes < table.trainingWorkspaceBytes * 11 / 20)
    #expect(table.trainingBytes == table.trainingWorkspaceBytes + table.scratchBytes + 8 * 60_965_224)
  }

  @Test("a table of no classes or of a gigantic batch is refused", arguments: [(0, 1), (2, 0), (2, 1 << 40)])
  func tableLimits(classes: Int, batch: Int) {
    #expect(throws: Problem.self) { try NetworkTable(.named("alexnet-28"), classes: classes, batch: batch) }
  }

  @Test("an unknown network is answered with the names that there are")
  func unknown() {
    let problem = #expect(throws: Problem.self) { try Architecture.named("lenet") }
    #expect(problem?.place == "lenet")
    #expect(
      problem?.expected
        == "one of alexnet, caffenet, alexnet-torchvision, vgg16, resnet18, resnet34, alexnet-64, alexnet-28, resnet8-28")
  }
}
