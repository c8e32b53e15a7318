import Basics
import Datasets
import Glibc
import Kernels
import Networks
import Settings

/// To tell what people do, whose boxes are given: R*CNN (Gkioxari et al. 2015, arXiv:1505.01197). An action's score is that of the person's box, and the best of
/// the regions around it.
package struct ActionTask: AnnotatedTask {
  package let settings: ActionSettings
  /// In the order of the scores; the last one, `other`, is what people do who do none of them, and is not evaluated.
  package let actions: [String]
  package let trainingImages: [AnnotatedImage]
  package let validationImages: [AnnotatedImage]
  package let leftOut: Int
  package let training, validation: [Sample]
  package let largest: (height: Int, width: Int)
  /// Of the training images, and of those of the validation.
  let scenes, known: [ActionScene]
  let distribution: CodeDistribution
  /// Who of the validation set does each action that is evaluated.
  let truth: [[ActionTruth]]
  private let candidateHash: String

  static let other = "other"

  /// - Parameters:
  ///   - workers: how many threads make the candidates.
  ///   - searching: hears of how many images they are made, and of how many in all.
  /// - Throws: a ``Problem`` where a set or the candidates of an image are not there, or nothing can be learned from.
  package init(
    _ settings: ActionSettings, _ dataset: any AnnotatedDataset, _ candidates: any CandidateRegions, workers: Int = 1,
    searching: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(Problem) {
    self.settings = settings
    let names = dataset.actionClasses
    guard !names.isEmpty else {
      throw Problem("the dataset has no actions", at: dataset.name, expected: "people whose actions are annotated, as PASCAL VOC 2012 has them", kind: .data)
    }
    let evaluated = names.filter { $0 != Self.other }
    let outputs = evaluated + [Self.other]
    actions = outputs
    func withPeople(_ images: [AnnotatedImage]) -> [AnnotatedImage] { images.filter { image in image.objects.contains { $0.actions != nil } } }
    let all = try dataset.images(in: settings.trainingSet)
    let (shown, tested) = (withPeople(all), withPeople(try dataset.images(in: settings.validationSet)))
    func made(of images: [AnnotatedImage], after done: Int) throws(Problem) -> [ActionScene] {
      let boxes = try candidates.boxes(of: images, in: dataset, workers: workers) { (count) throws(Problem) in searching(done + count, shown.count + tested.count) }
      return zip(images, boxes).map { ActionScene($0, actions: names, outputs: outputs, candidates: $1) }
    }
    let pairs = zip(shown, try made(of: shown, after: 0)).filter { $1.teaches }
    (trainingImages, scenes) = (pairs.map { $0.0 }, pairs.map { $0.1 })
    leftOut = all.count - trainingImages.count
    guard !trainingImages.isEmpty else {
      throw Problem(
        "there is nothing to learn from", at: settings.trainingSet, expected: "people whose actions are known, with candidate regions around them",
        found: counted(all.count, "image"), kind: .data)
    }
    validationImages = tested
    known = try made(of: tested, after: shown.count)
    truth = try evaluated.map { name throws(Problem) in
      let list = try dataset.actionTruth(of: names.firstIndex(of: name)!, in: settings.validationSet)
      // Names everybody once, or says who is there twice.
      _ = try ActionPrecision.ActionRow(name, truth: list, scores: [])
      return list
    }
    distribution = CodeDistribution(scenes, actions: outputs.count)
    training = (0..<2 * Int32(trainingImages.count)).map { Sample(index: $0, label: $0) }
    validation = (0..<Int32(validationImages.count)).map { Sample(index: 2 * $0, label: $0) }
    let sizes = (trainingImages + validationImages).map { settings.size(width: $0.width, height: $0.height) }
    // Of two images, one may be upright and the other lie.
    largest = (sizes.map(\.height).max()!, sizes.map(\.width).max()!)
    var hash = Fingerprint()
    for scene in scenes {
      hash.add(scene.boxes.count)
      for box in scene.boxes { for side in [box.x1, box.y1, box.x2, box.y2] { hash.add(Int(side.bitPattern)) } }
    }
    candidateHash = hash.text
  }

  package var scaling: any ImageScaling { settings }
  package var listBytes: Int { (scenes + known).reduce(0) { $0 + $1.boxes.count * MemoryLayout<Box>.stride } }
  package var metrics: [TaskMetric] { TaskMetric.action }
  package var lossTerms: [String] { settings.boxLoss ? ["action", "box"] : [] }
  package static let facts: Set<String> = ["candidates", "classes", "task"]
  /// A training goes on with the candidates that it began with.
  package var facts: [String: String] { ["candidates": candidateHash, "classes": String(actions.count), "task": "action"] }

  package func lossWatch() -> LossWatch { LossWatch(start: log(Double(actions.count))) }
  /// Images are tested one by one: beside a larger one an image has a margin, which its neighbourhood sees.
  package func validationBatch(_ batch: Int) -> Int { 1 }
  package func network(_ architecture: Architecture) throws(Problem) -> ActionNetwork {
    try architecture.actions(settings, actions: actions.count, largest: largest)
  }
  package func objective(for network: Network) -> any TaskObjective { ActionObjective(self, network) }
}

extension TaskMetric {
  /// Mean average precision over the actions, `other` left out, by PASCAL VOC's definition since 2010. It is no accuracy: each action ranks all people.
  public static let actionMAP = TaskMetric("actionMAP", heading: "mAP actions", title: "mean average precision of actions, people's boxes given")

  /// Those of actions.
  public static let action = [actionMAP]
}
