import Basics
import Datasets
import Files
import Kernels
import Networks
import Settings
import Taxonomy
import Training

/// The images of a run, which tell its task: each with a class, or with annotated objects.
enum RunData {
  case labelled(any Dataset)
  case annotated(any AnnotatedDataset, any AnnotatedTask)

  func trainer(
    _ run: RunConfiguration, backend: any Backend, workers: Int, home: Home, keepingFeaturesIn folder: String? = nil
  ) throws(Problem) -> Trainer {
    switch self {
    case .labelled(let dataset):
      try Trainer(
        configuration: run.training, dataset: dataset, labelSet: run.labelSet, backend: backend, workers: workers, means: MeanCache(home: home),
        keepingFeaturesIn: folder)
    case .annotated(let dataset, let task): try Trainer(configuration: run.training, task: task, dataset, backend: backend)
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
    case .annotated(_, let task): return try TrainingNeed(task, architecture, batch: training.batchSize, backend: backend).check()
    }
  }
}

extension RunConfiguration {
  /// Opens the images that the run is of.
  /// - Parameter isSame: false: other images than at the launch will do.
  /// - Throws: a ``Problem`` where they are not there, or not what they were at the launch.
  func openData(home: Home, isSame: Bool = true) throws(Problem) -> RunData {
    let catalog = DatasetCatalog(home: home)
    if training.task != .classification {
      let dataset = try catalog.annotated(self.dataset, for: training.task, labelSet)
      if isSame { try check(fingerprint: dataset.fingerprint) }
      return .annotated(dataset, try training.annotatedTask(dataset, home: home, workers: workers))
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

extension DatasetCatalog {
  /// The annotated images of a training: a detection's label set groups the objects.
  func annotated(_ name: String, for task: LearnedTask, _ labelSet: LabelSet?) throws(Problem) -> any AnnotatedDataset {
    if task == .detection { try objects(name, labelSet) } else { try annotated(name) }
  }
}

extension TrainingConfiguration {
  /// What is learned of annotated images.
  /// - Parameters:
  ///   - workers: how many threads search for candidate regions; nil: all cores.
  ///   - searching: hears how many images were searched, and of how many.
  /// - Throws: a ``Problem`` where sets or candidates are not there, or nothing can be learned from.
  func annotatedTask(
    _ dataset: any AnnotatedDataset, home: Home, workers: Int?, searching: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(Problem) -> any AnnotatedTask {
    if let detection { return try DetectionTask(detection, dataset) }
    guard let actions else { preconditionFailure("a classification has no annotated images") }
    let candidates = try CandidateStore(home: home, dataset: dataset.name).open(actions.candidates)
    return try ActionTask(actions, dataset, candidates, workers: workers ?? ProcessorCores.usable, searching: searching)
  }
}
