import Basics
import Datasets
import Kernels
import Networks
import Settings
import Training

/// A run's detector, for pictures from anywhere.
public final class RunDetector {
  public let run: String
  /// The checkpoint.
  public let step: Int
  /// The names of what it finds, by label.
  public let classes: [String]
  private let settings: DetectionSettings
  private let training: TrainingConfiguration
  private let architecture: Architecture
  private let snapshot: Snapshot
  private let backend: any Backend
  private var opened: (detector: Detector, largest: (height: Int, width: Int))?

  /// - Parameters:
  ///   - step: of a checkpoint; nil takes the best in validation.
  ///   - workers: how many threads to use; the numbers do not depend on it.
  /// - Throws: a ``Problem`` where the run finds no objects, or has no such checkpoint.
  public init(_ run: RunDirectory, step: Int? = nil, workers: Int) throws(Problem) {
    let configuration = try run.configuration()
    guard let settings = configuration.training.detection else {
      throw Problem(
        "the run finds no objects", at: run.id, expected: "a detector", found: "a net that tells whole images apart", advice: "train one with --task detection",
        kind: .usage)
    }
    (self.run, self.settings, training) = (run.id, settings, configuration.training)
    self.step = try run.chosenCheckpoint(step)
    classes = configuration.labelSet.classes.map(\.name)
    architecture = try .named(training.network)
    snapshot = try run.checkpoints.load(self.step)
    backend = try CPUBackend.checked(workers: workers, for: training)
  }

  /// What there is in a picture, by class, then by falling score.
  public func detect(in picture: Picture) throws(Problem) -> [Detection] {
    let image = AnnotatedImage(name: "picture", width: picture.width, height: picture.height, objects: [])
    let size = settings.size(width: image.width, height: image.height)
    let detector = try detector(height: size.height, width: size.width)
    let source = AnnotatedSource(
      OnePicture(picture: picture), images: [image], scaling: settings, channels: architecture.input.channels, augmentation: training.augmentation,
      mean: try snapshot.tensor(Snapshot.mean), largest: size.height * size.width, ahead: 1)
    source.begin([Sample(index: 0, label: 0)], epoch: 0)
    var labels: [Int32] = [0]
    let brought = try source.next(into: detector.network.input, labels: &labels)
    return detector.detect(brought.input!, image: (image.width, image.height), scale: size.scale).found
  }

  /// One for pictures of that size, upright or lying, the last one where it is large enough.
  private func detector(height: Int, width: Int) throws(Problem) -> Detector {
    let (short, long) = (min(height, width), max(height, width))
    if let (detector, largest) = opened, short <= largest.height, long <= largest.width { return detector }
    let largest = (height: max(short, opened?.largest.height ?? 0), width: max(long, opened?.largest.width ?? 0))
    let design = try architecture.detection(settings, classes: classes.count, largest: largest).design
    let network = try Network(design, batch: 1, purpose: .inference(keeping: []), backend: backend)
    try snapshot.restore(network)
    let detector = Detector(network, settings, classes: classes.count)
    opened = (detector, largest)
    return detector
  }
}

/// A picture in memory, as the source of images takes it.
private struct OnePicture: AnnotatedDataset {
  let picture: Picture

  var name: String { "" }
  var summary: String { "" }
  var fingerprint: String { "" }
  var objectClasses: [String] { [] }
  var actionClasses: [String] { [] }
  var sets: [String] { [] }
  func images(in set: String) throws(Problem) -> [AnnotatedImage] { [] }
  func load(_ image: AnnotatedImage, into buffer: PixelBuffer) throws(Problem) { buffer.copy(picture) }
}
