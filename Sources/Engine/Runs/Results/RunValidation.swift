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

  /// - Parameters:
  ///   - step: of a checkpoint; nil takes the best in validation.
  ///   - workers: how many threads to use; the numbers do not depend on it.
  /// - Throws: a ``Problem`` where there is no such checkpoint, or the dataset is not what it was.
  public init(_ run: RunDirectory, home: Home, step: Int? = nil, workers: Int? = nil) throws(Problem) {
    self.run = run
    let configuration = try run.configuration()
    let chosen = try run.chosenCheckpoint(step)
    self.step = chosen
    let dataset = try DatasetCatalog(home: home).open(configuration.dataset)
    if !run.isImported { try configuration.check(dataset) }
    let workers = workers ?? ProcessorCores.usable
    trainer = try Trainer(
      configuration: configuration.training, dataset: dataset, labelSet: configuration.labelSet,
      backend: CPUBackend.checked(workers: workers, for: configuration.training),
      workers: workers, means: MeanCache(home: home))
    try run.checkpoints.restore(trainer, step: chosen, toTrain: false)
  }

  /// The validation images.
  public var images: Int { trainer.task.validation.count }

  /// Validates, and keeps the results in the run's folder.
  /// - Parameter progress: hears how many images are done.
  public func validate(progress: (Int) -> Void = { _ in }) throws(Problem) -> ValidationReport {
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
    if let classes = outcome.classes { try run.classResults.save(classes, best: run.checkpoints.best()) }
    return report
  }
}

extension RunConfiguration {
  /// - Throws: a ``Problem`` where the dataset is not what it was at the launch.
  func check(_ dataset: any Dataset) throws(Problem) {
    guard dataset.fingerprint == fingerprint else {
      throw Problem(
        "the dataset has changed since the run was launched", at: self.dataset, expected: fingerprint,
        found: dataset.fingerprint, advice: "launch a new run", kind: .data)
    }
  }
}
