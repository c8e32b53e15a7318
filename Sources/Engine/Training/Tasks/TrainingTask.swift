import Basics
import Datasets
import Networks

/// What a training is for: which samples take part, what the network for it looks like, and what a validation comes to.
///
/// A task is a value; what works on one network, with memory of its own, is its ``TaskObjective``. The trainer knows neither labels nor outputs: it
/// brings batches, moves parameters by the gradients that a loss leaves, and keeps snapshots.
package protocol TrainingTask: Sendable {
  /// What a validation comes to, the headline first.
  var metrics: [TaskMetric] { get }
  /// The names of the parts of its loss that are worth a curve each; none where it has one part.
  var lossTerms: [String] { get }

  /// What is trained and validated on. A sample's label is what the objective is told of it: its class, or its place in a table of the task's own.
  var training: [Sample] { get }
  var validation: [Sample] { get }
  /// How many images a sample has, one behind the other in the network's input.
  var imagesPerSample: Int { get }

  /// How many samples a validation takes at a time where a step takes so many.
  func validationBatch(_ batch: Int) -> Int

  /// What the metadata of a checkpoint has to agree in, besides network and seed.
  var facts: [String: String] { get }

  /// What judges its losses.
  func lossWatch() -> LossWatch
  /// - Throws: a ``Problem`` where the architecture cannot learn it.
  func design(_ architecture: Architecture) throws(Problem) -> NetworkDesign
  /// - Parameter network: made of the ``design(_:)``, or its last part.
  func objective(for network: Network) -> any TaskObjective
}

extension TrainingTask {
  package var lossTerms: [String] { [] }
  package var imagesPerSample: Int { 1 }
  package func validationBatch(_ batch: Int) -> Int { batch }
}

/// What a task makes of the outputs of one network: the loss, which is learned from, and the tally of a validation.
package protocol TaskObjective: AnyObject {
  /// Runs a batch through the network, in several parts where what a later one reads depends on what an earlier one made, and leaves the gradient
  /// of the loss in the outputs that have any. Allocates nothing.
  func learn(_ batch: TaskBatch, _ phase: Phase) -> TaskLoss

  /// Forgets what was tallied.
  func beginValidation()
  /// Runs a batch through the network as it is, and tallies what it gets right.
  func validate(_ batch: TaskBatch)
  /// - Parameter skipped: the samples that were left out because they could not be decoded.
  func outcome(step: Int, epoch: Double, skipped: Int) -> ValidationOutcome
}

/// The samples whose images are in the network's input.
package struct TaskBatch {
  package var count: Int
  /// The label of each; there may be more behind them, which say nothing.
  package var labels: [Int32]
  /// Height, width and channels of the images, where they are smaller than the network was planned for.
  package var input: [Int]?

  package init(count: Int, labels: [Int32], input: [Int]? = nil) {
    (self.count, self.labels, self.input) = (count, labels, input)
  }
}

package struct TaskLoss {
  package var value: Float
  /// Of each of ``TrainingTask/lossTerms``.
  package var terms: [Float]
  /// What the network went over, and has to go back over.
  package var pass: Pass

  package init(_ value: Float, terms: [Float] = [], over pass: Pass) {
    (self.value, self.terms, self.pass) = (value, terms, pass)
  }
}

package struct ValidationOutcome {
  package var report: ValidationReport
  /// Nil where the task tells no classes apart.
  package var classes: ClassResults?
  /// Nil where the task finds no objects.
  package var found: FoundObjects?
  /// Nil where the task tells no actions.
  package var actions: FoundActions?

  package init(_ report: ValidationReport, classes: ClassResults? = nil, found: FoundObjects? = nil, actions: FoundActions? = nil) {
    (self.report, self.classes, self.found, self.actions) = (report, classes, found, actions)
  }
}
