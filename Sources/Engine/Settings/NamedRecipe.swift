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

  /// All of them, in the order in which they are offered.
  public static let all = [
    NamedRecipe(
      name: "caffe-alexnet",
      summary: "Caffe's bvlc_alexnet: 450,000 iterations of 256, rate .01, a tenth of it every 100,000",
      network: "alexnet", iterations: 450_000, batchSize: 256,
      solver: .init(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4, schedule: .step(every: 100_000, factor: 0.1)),
      mean: .image,
      // Caffe validates every 1,000 iterations on 1,000 batches of 50; about twice an epoch of ILSVRC-2012 tells as much.
      validateEveryIterations: 2_500)
  ]

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
  }
}
