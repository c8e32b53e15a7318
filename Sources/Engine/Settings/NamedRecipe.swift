import Basics

/// A published training schedule that can be asked for by name, whatever the network and the images.
public struct NamedRecipe: Sendable {
  public let name: String
  /// One sentence for people: what it is and where it comes from.
  public let summary: String
  /// The network that it was published for.
  public let network: String
  let iterations: Int
  let batchSize: Int
  let solver: TrainingConfiguration.Solver
  let mean: TrainingConfiguration.Augmentation.Mean
  let validateEveryIterations: Int
  /// Of a detection; nil: it tells images apart.
  package var detection: DetectionSettings?

  /// All of them, in the order in which they are offered.
  public static let all = [
    NamedRecipe(
      name: "caffe-alexnet",
      summary: "Caffe's bvlc_alexnet: 450,000 iterations of 256, rate .01, a tenth of it every 100,000",
      network: "alexnet", iterations: 450_000, batchSize: 256,
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 100_000, factor: 0.1)),
      mean: .image,
      // Caffe validates every 1,000 iterations on 1,000 batches of 50; about twice an epoch of ILSVRC-2012 tells as much.
      validateEveryIterations: 2_500),
    NamedRecipe(
      name: "pascal-det",
      summary: "Faster R-CNN on PASCAL VOC: 70,000 iterations of one image, learning rate .001, a tenth of it from 40,000 on",
      network: "alexnet", iterations: 70_000, batchSize: 1,
      solver: .init(learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 40_000, factor: 0.1)),
      mean: .channel,
      // A test of 4,952 images takes the time of some thousand iterations.
      validateEveryIterations: 70_000, detection: .pascal),
    NamedRecipe(
      name: "det-stamps",
      summary: "the same in small, for scenes of stamps: 7,000 iterations, a tenth from 4,000 on",
      network: "alexnet-64", iterations: 7_000, batchSize: 1,
      solver: .init(learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 4_000, factor: 0.1)),
      mean: .channel, validateEveryIterations: 3_500, detection: .stamps),
  ]

  /// The one that finds objects where nothing else is asked for.
  package static func detecting(input: InputShape) -> NamedRecipe { all.first { $0.name == (input.height > 64 ? "pascal-det" : "det-stamps") }! }

  /// - Throws: a ``Problem`` that lists the names, where there is no such recipe.
  public static func named(_ name: String) throws(Problem) -> NamedRecipe {
    guard let found = all.first(where: { $0.name == name }) else {
      throw Problem("there is no such recipe", at: name, expected: "one of \(all.map(\.name).joined(separator: ", "))")
    }
    return found
  }

  /// Puts the recipe's schedule in place of a network's own; how images are resized and scaled stays the network's.
  package func apply(to training: inout TrainingConfiguration) {
    training.iterations = iterations
    training.batchSize = batchSize
    training.solver = solver
    training.augmentation.mean = mean
    training.validateEveryIterations = validateEveryIterations
    training.detection = detection
  }
}
