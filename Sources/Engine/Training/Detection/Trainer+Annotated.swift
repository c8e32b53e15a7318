import Basics
import Datasets
import Kernels
import Networks
import Settings

extension Trainer {
  /// - Throws: a ``Problem`` where what annotated images are for cannot be trained so.
  package static func checkAnnotated(_ configuration: TrainingConfiguration) throws(Problem) {
    if configuration.detection != nil, configuration.batchSize != 1 {
      throw Problem("the training cannot be set up", at: "--batch", expected: "1: a detection takes one image a step", found: "\(configuration.batchSize)", kind: .usage)
    }
    if let part = configuration.tuning?.part, part != .all {
      throw Problem("the training cannot be set up", at: "--tune", expected: "all", found: part.text, kind: .usage)
    }
  }

  /// Sets up a training that finds objects. Nothing is decoded before it runs.
  /// - Throws: a ``Problem`` where the configuration, which has to say how, the network and the dataset do not fit together.
  public convenience init(
    configuration: TrainingConfiguration, detecting dataset: any AnnotatedDataset, backend: any Backend
  ) throws(Problem) {
    guard let settings = configuration.detection else { preconditionFailure("the configuration is of another task") }
    try self.init(configuration: configuration, task: DetectionTask(settings, dataset), dataset, backend: backend)
  }

  /// Sets up a training that tells what people do. Nothing is decoded before it runs.
  /// - Parameter candidates: where context is looked for.
  /// - Throws: a ``Problem`` where the configuration, which has to say how, the network and the dataset do not fit together.
  public convenience init(
    configuration: TrainingConfiguration, actionsOf dataset: any AnnotatedDataset, candidates: any CandidateRegions, backend: any Backend
  ) throws(Problem) {
    guard let settings = configuration.actions else { preconditionFailure("the configuration is of another task") }
    try self.init(configuration: configuration, task: ActionTask(settings, dataset, candidates), dataset, backend: backend)
  }

  /// Sets up a training on annotated images.
  package convenience init(
    configuration: TrainingConfiguration, task: some AnnotatedTask, _ dataset: any AnnotatedDataset, backend: any Backend
  ) throws(Problem) {
    try Self.checkAnnotated(configuration)
    let channels = try Architecture.named(configuration.network).input.channels
    func source(_ images: [AnnotatedImage], _ mean: Tensor, _ batch: Int) -> AnnotatedSource {
      AnnotatedSource(
        dataset, images: images, scaling: task.scaling, channels: channels, augmentation: configuration.augmentation, mean: mean,
        largest: task.largest.height * task.largest.width, batchSize: batch)
    }
    try self.init(
      configuration: configuration, task: task, backend: backend,
      sources: Sources(
        mean: { (mayGoOn) throws(Problem) in
          try AnnotatedMean.compute(dataset, images: task.trainingImages, channels: channels, mayGoOn: mayGoOn)
        },
        loaders: { (mean, batch) throws(Problem) in
          (source(task.trainingImages, mean, batch), source(task.validationImages, mean, task.validationBatch(batch)))
        }))
  }
}
