import Basics
import Datasets
import Files
import Kernels
import Networks
import Settings
import Training

/// The images of a run, which tell its task: each with a class, or with objects.
enum RunData {
  case labelled(any Dataset)
  case annotated(any AnnotatedDataset)

  func trainer(
    _ run: RunConfiguration, backend: any Backend, workers: Int, home: Home, keepingFeaturesIn folder: String? = nil
  ) throws(Problem) -> Trainer {
    switch self {
    case .labelled(let dataset):
      try Trainer(
        configuration: run.training, dataset: dataset, labelSet: run.labelSet, backend: backend, workers: workers, means: MeanCache(home: home),
        keepingFeaturesIn: folder)
    case .annotated(let dataset): try Trainer(configuration: run.training, detecting: dataset, backend: backend)
    }
  }

  /// - Returns: what is worth knowing before the start.
  /// - Throws: a ``Problem`` where there is less memory than the training needs.
  func checkMemory(_ run: RunConfiguration, _ backend: any Backend) throws(Problem) -> String? {
    let (training, architecture) = (run.training, try Architecture.named(run.training.network))
    switch self {
    case .labelled(let dataset):
      let view = try TrainingView(dataset, run.labelSet)
      return try TrainingNeed.check(
        architecture, classes: view.classes, batch: training.batchSize, training: view.training.count, validation: view.validation.count,
        tuning: training.tuning, backend: backend)
    case .annotated(let dataset): return try TrainingNeed(DetectionTask(training.detection!, dataset), architecture, backend: backend).check()
    }
  }
}

extension RunConfiguration {
  /// Opens the images that the run is of.
  /// - Parameter isSame: false: other images than at the launch will do.
  /// - Throws: a ``Problem`` where they are not there, or not what they were at the launch.
  func openData(home: Home, isSame: Bool = true) throws(Problem) -> RunData {
    let catalog = DatasetCatalog(home: home)
    if training.detection != nil {
      let dataset = try catalog.objects(self.dataset, labelSet)
      if isSame { try check(fingerprint: dataset.fingerprint) }
      return .annotated(dataset)
    }
    let dataset = try catalog.open(self.dataset)
    if isSame { try check(fingerprint: dataset.fingerprint) }
    return .labelled(dataset)
  }

  /// - Throws: a ``Problem`` where the dataset is not what it was at the launch.
  private func check(fingerprint now: String) throws(Problem) {
    guard now == fingerprint else {
      throw Problem(
        "the dataset has changed since the run was launched", at: dataset, expected: fingerprint, found: now, advice: "launch a new run", kind: .data)
    }
  }
}
