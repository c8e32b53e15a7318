import Basics
import Datasets
import Kernels
import Networks
import Settings

extension Trainer {
  /// - Throws: a ``Problem`` where a detection cannot be trained so.
  package static func checkDetection(_ configuration: TrainingConfiguration) throws(Problem) {
    precondition(configuration.detection != nil, "the configuration is of another task")
    guard configuration.batchSize == 1 else {
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
    try Self.checkDetection(configuration)
    let settings = configuration.detection!
    let task = try DetectionTask(settings, dataset)
    let channels = try Architecture.named(configuration.network).input.channels
    func source(_ images: [AnnotatedImage], _ mean: Tensor) -> AnnotatedSource {
      AnnotatedSource(
        dataset, images: images, settings: settings, channels: channels, augmentation: configuration.augmentation, mean: mean,
        largest: task.largest.height * task.largest.width)
    }
    try self.init(
      configuration: configuration, task: task, backend: backend,
      sources: Sources(
        mean: { (mayGoOn) throws(Problem) in
          try AnnotatedMean.compute(dataset, images: task.trainingImages, channels: channels, mayGoOn: mayGoOn)
        },
        loaders: { (mean, _) throws(Problem) in (source(task.trainingImages, mean), source(task.validationImages, mean)) }))
  }
}
