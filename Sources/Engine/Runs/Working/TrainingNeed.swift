import Basics
import Datasets
import Kernels
import Networks
import Settings
import Training

/// What a training takes, computed from its plan before anything is made.
package struct TrainingNeed: Equatable, Sendable {
  /// The values that learn.
  package let parameters: Int
  /// Bytes of memory: parameters, momentum, the activations of a batch and their gradients, the backend's scratch, the loaders'
  /// batches ahead, the lists of images, and the program.
  package let memory: Int

  /// The program and its libraries, before any training.
  static let program = 40 << 20

  package init(
    _ architecture: Architecture, classes: Int, batch: Int, training: Int, validation: Int,
    tuning: TrainingConfiguration.Tuning? = nil, backend: any Backend
  ) throws(Problem) {
    let network = try architecture.need(classes: classes, batch: batch, tuning: tuning, backend: backend)
    let (height, width, channels) = architecture.input
    // Two loaders, each with as many batches ahead as it has by default.
    let loaders = 2 * Loader.defaultAhead * batch * height * width * channels * MemoryLayout<Float>.stride
    // An epoch's order, and what is left of it when it was begun.
    let lists = (3 * training + 2 * validation) * MemoryLayout<Sample>.stride
    parameters = network.parameters
    memory = network.memory.all + loaders + lists + Self.program
  }

  /// Of a training on annotated images, so many a step.
  package init(_ task: any AnnotatedTask, _ architecture: Architecture, batch: Int, backend: any Backend) throws(Problem) {
    let network = try NetworkSplit(task.design(architecture), tuning: nil).need(batch: batch, backend: backend)
    let floats = batch * task.largest.height * task.largest.width * architecture.input.channels
    // Two sources with images ahead, and of each annotated object some numbers.
    let ahead = 2 * Loader.defaultAhead * floats * MemoryLayout<Float>.stride
    let lists = (3 * task.training.count + 2 * task.validation.count) * MemoryLayout<Sample>.stride + task.listBytes
    parameters = network.parameters
    memory = network.memory.all + ahead + lists + Self.program
  }

  /// - Returns: what is worth knowing before the start; nil where there is room.
  /// - Throws: a ``Problem`` where there is less memory at all.
  package func check(budget: MemoryBudget = MemoryBudget()) throws(Problem) -> String? {
    if let total = budget.total, memory > total {
      throw Problem(
        "the training needs more memory than \(budget.owner)", expected: "at most \(total / 1_000_000) MB", found: "about \(memory / 1_000_000) MB",
        advice: "choose a smaller network")
    }
    return Self.shortage(memory, budget)
  }

  private static func shortage(_ need: Int, _ budget: MemoryBudget) -> String? {
    guard let free = budget.free, need > free else { return nil }
    return "about \(need / 1_000_000) MB of memory are needed and \(free / 1_000_000) MB are free now"
  }

  /// - Returns: what is worth knowing before the start; nil where there is room.
  /// - Throws: a ``Problem`` that tells the batch size that would fit, where there is less memory at all.
  package static func check(
    _ architecture: Architecture, classes: Int, batch: Int, training: Int, validation: Int,
    tuning: TrainingConfiguration.Tuning? = nil, backend: any Backend, budget: MemoryBudget = MemoryBudget()
  ) throws(Problem) -> String? {
    func memory(_ batch: Int) throws(Problem) -> Int {
      try TrainingNeed(
        architecture, classes: classes, batch: batch, training: training, validation: validation, tuning: tuning,
        backend: backend
      ).memory
    }
    func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
    let need = try memory(batch)
    if let total = budget.total, need > total {
      // The largest batch that fits, by halving the interval: memory grows with the batch.
      var (fits, fails) = (0, batch)
      while fails - fits > 1 {
        let middle = (fits + fails) / 2
        if try memory(middle) <= total { fits = middle } else { fails = middle }
      }
      throw Problem(
        "the training needs more memory than \(budget.owner)", at: "batch \(batch)",
        expected: "at most \(megabytes(total))", found: "about \(megabytes(need))",
        advice: fits > 0 ? "--batch \(fits) fits" : "not even one image fits; choose a smaller network")
    }
    return shortage(need, budget)
  }
}
