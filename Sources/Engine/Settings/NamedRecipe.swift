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
  /// Of a detection.
  package var detection: DetectionSettings?
  /// Of a training on actions.
  package var actions: ActionSettings?

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
    NamedRecipe(
      name: "pascal-act",
      summary: "R*CNN on PASCAL VOC's actions with the detection's schedule: 70,000 iterations of two images, learning rate .001, a tenth of it from 40,000 on",
      network: "alexnet", iterations: 70_000, batchSize: 2,
      solver: .init(learningRate: 0.001, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 40_000, factor: 0.1)),
      mean: .channel, validateEveryIterations: 35_000, actions: .pascal),
    NamedRecipe(
      name: "rcnn-star",
      summary: "R*CNN's own: 10,000 iterations of two images at .0001, as higher rates did not converge for its authors",
      network: "alexnet", iterations: 10_000, batchSize: 2,
      solver: .init(learningRate: 0.0001, momentum: 0.9, weightDecay: 5e-4, schedule: .constant),
      mean: .channel, validateEveryIterations: 5_000, actions: .pascal),
    NamedRecipe(
      name: "act-stamps",
      summary: "R*CNN in small, for scenes of stamps: 3,000 iterations of eight scenes, learning rate .004, a tenth of it from 2,100 on",
      network: "alexnet-64", iterations: 3_000, batchSize: 8,
      // A scene has one person: two of them would say too little to learn from.
      solver: .init(learningRate: 0.004, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 2_100, factor: 0.1)),
      mean: .channel, validateEveryIterations: 1_500, actions: .stamps),
  ]

  /// What it is for.
  package var task: LearnedTask { detection != nil ? .detection : actions != nil ? .action : .classification }

  /// The one of a task where nothing else is asked for; nil: the network's own.
  package static func usual(_ task: LearnedTask, input: InputShape) -> NamedRecipe? {
    let isSmall = input.height <= 64
    return switch task {
    case .classification: nil
    case .detection: try? named(isSmall ? "det-stamps" : "pascal-det")
    case .action: try? named(isSmall ? "act-stamps" : "pascal-act")
    }
  }

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
    training.actions = actions
  }
}
