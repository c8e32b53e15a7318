import Basics
import Datasets
import Files
import FoundationEssentials
import Kernels
import Training

/// Validates a checkpoint again, in the bits of the training itself, and keeps what its classes came to.
public struct RunValidation {
  private let run: RunDirectory
  private let trainer: Trainer
  /// The checkpoint.
  public let step: Int
  /// What a detection has found in the last validation; nil before, and for other tasks.
  public private(set) var found: FoundObjects?
  /// What a training on actions says of people; nil before, and for other tasks.
  public private(set) var actions: FoundActions?

  /// - Parameters:
  ///   - step: of a checkpoint; nil takes the best in validation.
  ///   - set: of annotated images, in place of the one that it was validated on.
  ///   - workers: how many threads to use; the numbers do not depend on it.
  /// - Throws: a ``Problem`` where there is no such checkpoint, or the dataset is not what it was.
  public init(_ run: RunDirectory, home: Home, step: Int? = nil, set: String? = nil, workers: Int? = nil) throws(Problem) {
    self.run = run
    var configuration = try run.configuration()
    if let set {
      guard configuration.training.task != .classification else {
        throw Problem("the run is validated on its dataset's validation images", at: "--set", found: set, advice: "leave --set out", kind: .usage)
      }
      configuration.training.detection?.validationSet = set
      configuration.training.actions?.validationSet = set
    }
    let chosen = try run.chosenCheckpoint(step)
    self.step = chosen
    let data = try configuration.openData(home: home, isSame: !run.isImported)
    let workers = workers ?? ProcessorCores.usable
    trainer = try data.trainer(
      configuration, backend: CPUBackend.checked(workers: workers, for: configuration.training), workers: workers, home: home)
    try run.checkpoints.restore(trainer, step: chosen, toTrain: false)
  }

  package var isOnAnnotated: Bool { trainer.task is any AnnotatedTask }

  /// The validation images.
  public var images: Int { trainer.task.validation.count }

  /// Validates, and keeps the results in the run's folder.
  /// - Parameter progress: hears how many images are done; what it throws ends the validation.
  public mutating func validate(progress: (Int) throws(Problem) -> Void = { _ in }) throws(Problem) -> ValidationReport {
    guard images > 0 else {
      throw Problem("there are no validation images", at: run.id, advice: "add some to the dataset")
    }
    let outcome = try trainer.validate(progress: progress)
    let report = outcome.report
    guard report.loss.isFinite else {
      throw Problem(
        "the network's scores are not finite", at: "\(run.id), step \(step)", expected: "a finite loss", found: "\(report.loss)",
        advice: "the training diverged, or the weights are of another network: use other ones")
    }
    (found, actions) = (outcome.found, outcome.actions)
    if let classes = outcome.classes { try run.classResults.save(classes, best: run.checkpoints.best()) }
    return report
  }
}
