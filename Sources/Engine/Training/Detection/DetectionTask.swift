import Basics
import Datasets
import Glibc
import Kernels
import Networks
import Settings

/// To find the objects of some classes in images and to name them: Faster R-CNN, trained jointly (Ren et al. 2015, arXiv:1506.01497, §3.2, as its public code does
/// it). One image a step; two losses of the anchors, two of the regions.
package struct DetectionTask: AnnotatedTask {
  package let settings: DetectionSettings
  package let classes: [String]
  /// Of those the ones that have an object to learn from.
  package let trainingImages: [AnnotatedImage]
  package let validationImages: [AnnotatedImage]
  /// Training images without such an object.
  package let leftOut: Int
  package let training, validation: [Sample]
  /// By the label of a sample.
  private let learned: [[Target]]
  private let known: [[Target]]
  /// Height and width that every scaled image fits, upright or lying.
  package let largest: (height: Int, width: Int)

  /// - Throws: a ``Problem`` where a set is not there, or nothing can be learned from.
  package init(_ settings: DetectionSettings, _ dataset: any AnnotatedDataset) throws(Problem) {
    self.settings = settings
    classes = dataset.objectClasses
    let all = try dataset.images(in: settings.trainingSet)
    trainingImages = all.filter { image in image.objects.contains { !$0.isDifficult } }
    leftOut = all.count - trainingImages.count
    guard !trainingImages.isEmpty else {
      throw Problem(
        "there is nothing to learn from", at: settings.trainingSet, expected: "images with objects that are not difficult",
        found: counted(all.count, "image"), kind: .data)
    }
    validationImages = try dataset.images(in: settings.validationSet)
    // Plain, then mirrored.
    learned = trainingImages.flatMap { image in [false, true].map { Self.targets(image, settings, mirrored: $0) } }
    known = validationImages.map { Self.targets($0, settings, mirrored: false) }
    training = (0..<Int32(learned.count)).map { Sample(index: $0, label: $0) }
    validation = (0..<Int32(validationImages.count)).map { Sample(index: 2 * $0, label: $0) }
    let sizes = (trainingImages + validationImages).map { settings.size(width: $0.width, height: $0.height) }
    largest = (sizes.map { min($0.width, $0.height) }.max()!, sizes.map { max($0.width, $0.height) }.max()!)
  }

  /// What is to be found in an image, difficult objects left out, in pixels of the network's input.
  package static func targets(_ image: AnnotatedImage, _ settings: DetectionSettings, mirrored: Bool) -> [Target] {
    let scale = settings.size(width: image.width, height: image.height).scale
    return image.objects.filter { !$0.isDifficult }.map { object in
      Target(label: object.label, box: (mirrored ? object.box.mirrored(in: image.width) : object.box) * scale)
    }
  }

  package var scaling: any ImageScaling { settings }
  package var listBytes: Int { (training.count + validation.count) * 4 * MemoryLayout<Target>.stride }
  package var metrics: [TaskMetric] { TaskMetric.detection }
  package var lossTerms: [String] { ["rpn_cls", "rpn_box", "head_cls", "head_box"] }
  package static let facts: Set<String> = ["classes", "task"]
  package var facts: [String: String] { ["classes": String(classes.count), "task": "detection"] }

  /// Guessing costs ln 2 for each anchor and the logarithm of the classes for each region.
  package func lossWatch() -> LossWatch { LossWatch(start: log(2) + log(Double(classes.count + 1))) }

  package func network(_ architecture: Architecture) throws(Problem) -> DetectionNetwork {
    try architecture.detection(settings, classes: classes.count, largest: largest)
  }
  package func objective(for network: Network) -> any TaskObjective { DetectionObjective(self, network) }

  fileprivate func target(_ label: Int32) -> [Target] { learned[Int(label)] }
  fileprivate func validationTarget(_ label: Int32) -> [Target] { known[Int(label)] }
}

/// The losses of a detection on one network.
package final class DetectionObjective: TaskObjective {
  private let task: DetectionTask
  private let network: Network
  package let detector: Detector
  private let targets: AnchorTargets
  private let sampler: RegionSampler
  private let crossEntropy: CrossEntropy
  private var losses = 0.0
  private var found: FoundObjects

  /// Sharpness of the smooth L1 loss of anchors, whose targets are small, and of regions.
  private static let (anchorSharpness, regionSharpness): (Float, Float) = (3, 1)

  init(_ task: DetectionTask, _ network: Network) {
    (self.task, self.network) = (task, network)
    detector = Detector(network, task.settings, classes: task.classes.count)
    targets = AnchorTargets(task.settings, anchors: detector.proposals.anchors.most, backend: network.backend)
    sampler = RegionSampler(task.settings, classes: task.classes.count, backend: network.backend)
    crossEntropy = CrossEntropy(network, output: DetectionNetwork.scores)
    found = FoundObjects(set: task.settings.validationSet, classes: task.classes, images: [], detections: [])
  }

  package func learn(_ batch: TaskBatch, _ phase: Phase) -> TaskLoss {
    guard case .training(let key) = phase else { preconditionFailure("a detection learns in training alone") }
    let (label, input) = (batch.labels[0], batch.input ?? network.shapes[0])
    let objects = task.target(label)
    let image = task.trainingImages[Int(label) / 2]
    let scale = task.settings.size(width: image.width, height: image.height).scale
    let count = detector.propose(input, phase, scale: scale, task.settings.trainingProposals)
    targets.assign(detector.proposals.anchors, to: objects, width: input[1], height: input[0], key: key, image: Int(label))
    let regions = sampler.sample(
      detector.proposals.boxes, count: count, targets: objects, key: key, image: Int(label), into: network.rows(DetectionNetwork.regions))
    let pass = Pass(images: 1, input: input, rows: [regions])
    detector.judge(pass, phase)
    return loss(pass)
  }

  /// Of the outputs that the last passes have left, for the present targets. What a backward pass reads of the gradients shares memory with activations, so
  /// that all forward passes have to be over.
  private func loss(_ pass: Pass) -> TaskLoss {
    let (backend, anchors) = (network.backend, detector.anchorOutputs(in: pass))
    let share = 1 / Float(max(targets.counted, 1))
    let anchorClass = backend.pairCrossEntropy(
      logits: anchors.scores.values, labels: targets.labels, scale: share, gradient: anchors.scores.gradient!)
    let anchorBox = backend.smoothL1(
      values: anchors.codes.values, targets: targets.codes, weights: targets.weights, sharpness: Self.anchorSharpness, scale: share,
      gradient: anchors.codes.gradient!)
    var (regionClass, regionBox): (Float, Double) = (0, 0)
    if pass.rows[0] > 0 {
      let codes = detector.codeOutput(in: pass)
      regionClass = crossEntropy(labels: sampler.labels, in: pass)
      regionBox = backend.smoothL1(
        values: codes.values, targets: sampler.codes, weights: sampler.weights, sharpness: Self.regionSharpness,
        scale: 1 / Float(pass.rows[0]), gradient: codes.gradient!)
    }
    let terms = [Float(anchorClass), Float(anchorBox), regionClass, Float(regionBox)]
    return TaskLoss(terms.reduce(0, +), terms: terms, over: pass)
  }

  package func beginValidation() { (losses, found.images, found.detections) = (0, [], []) }

  /// The loss is that of training, but for chance: the anchors are chosen alike each time, the regions are all that a test looks at.
  package func validate(_ batch: TaskBatch) {
    let image = task.validationImages[Int(batch.labels[0])]
    let (objects, input) = (task.validationTarget(batch.labels[0]), batch.input ?? network.shapes[0])
    let scale = task.settings.size(width: image.width, height: image.height).scale
    let (detections, pass) = detector.detect(input, image: (image.width, image.height), scale: scale)
    found.images.append(image)
    found.detections.append(detections)
    targets.assign(detector.proposals.anchors, to: objects, width: input[1], height: input[0], key: 0, image: Int(batch.labels[0]))
    sampler.label(detector.proposals.boxes, count: pass.rows[0], targets: objects)
    losses += Double(loss(pass).value)
  }

  package func outcome(step: Int, epoch: Double, skipped: Int) -> ValidationOutcome {
    // What was found is not needed until the next one.
    defer { beginValidation() }
    // Eleven elevenths are a little more than one.
    let precisions = [PrecisionArea.voc07, .voc10].map { min(found.precision(DetectionMetric($0)).mean ?? 0, 1) }
    return ValidationOutcome(
      ValidationReport(
        step: step, epoch: epoch, loss: losses / Double(max(found.images.count, 1)), metrics: MetricValues(TaskMetric.detection, precisions),
        images: found.images.count, skipped: skipped), found: found)
  }
}

extension TaskMetric {
  /// Mean average precision over the classes, by PASCAL VOC's definition until 2009, in which published numbers of VOC 2007 are.
  public static let map07 = TaskMetric("map07", heading: "mAP VOC07", title: "mean average precision, VOC07")
  /// The same by its definition since 2010.
  public static let map10 = TaskMetric("map10", heading: "mAP VOC10+", title: "mean average precision, VOC10+")

  /// Those of a detection.
  public static let detection = [map07, map10]
}
