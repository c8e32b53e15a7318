import Basics
import Kernels
import Networks
import Taxonomy

/// What a run's network says of a dataset's validation images: the class with the highest score of each, and its true one. Classes are
/// indices into the run's label set.
public struct RunPredictions: Sendable {
  public let labelSet: LabelSet
  /// Of each image that has a class in the label set and could be decoded.
  public let truths, predictions: [Int32]
  /// Images that could not be decoded.
  public let skipped: Int

  /// - Parameter features: of the run, in its classifier (``classifier(of:)``).
  /// - Throws: a ``Problem`` where the split cannot be read.
  public init(_ features: any ImageFeatures, progress: (Int) throws(Problem) -> Void = { _ in }) throws(Problem) {
    labelSet = features.labelSet
    let scores = try features.matrix(.val, progress: progress)
    let targets = labelSet.targets(for: features.dataset.classes.map(\.wnid))
    let labels = features.dataset.labels(.val)
    var (truths, predictions): ([Int32], [Int32]) = ([], [])
    for (row, image) in scores.indices.enumerated() {
      let target = targets[Int(labels[Int(image)])]
      guard target >= 0 else { continue }
      truths.append(target)
      predictions.append(Self.highest(scores.values, row))
    }
    (self.truths, self.predictions, skipped) = (truths, predictions, scores.skipped.count)
  }

  package init(labelSet: LabelSet, truths: [Int32], predictions: [Int32]) {
    (self.labelSet, self.truths, self.predictions, skipped) = (labelSet, truths, predictions, 0)
  }

  /// The layer of a network that scores the classes: its last.
  public static func classifier(of network: String) throws(Problem) -> String {
    try Architecture.named(network).layers(2).last!.name
  }

  /// The first of the highest; −1 where none is a number.
  private static func highest(_ scores: Tensor, _ row: Int) -> Int32 {
    let width = scores.shape[1]
    let values = scores.elements[row * width..<(row + 1) * width]
    var (best, place) = (-Float.infinity, -1)
    for (index, value) in values.enumerated() where value > best { (best, place) = (value, index) }
    return Int32(place)
  }
}

/// How often images of one class are taken for another.
public struct Confusion: Equatable, Sendable {
  public let classes: Int
  /// Row: the true class, column: the predicted one.
  private let counts: [Int32]
  /// Images of each class.
  public let images: [Int]

  public init(truths: [Int32], predictions: [Int32], classes: Int) {
    var counts = [Int32](repeating: 0, count: classes * classes)
    var images = [Int](repeating: 0, count: classes)
    for (truth, prediction) in zip(truths, predictions) {
      images[Int(truth)] += 1
      if prediction >= 0 { counts[Int(truth) * classes + Int(prediction)] += 1 }
    }
    (self.classes, self.counts, self.images) = (classes, counts, images)
  }

  public subscript(truth: Int, prediction: Int) -> Int { Int(counts[truth * classes + prediction]) }

  /// The pairs of different classes that are confused most often, with the number of images.
  public func worst(_ limit: Int, among chosen: some Collection<Int>) -> [(truth: Int, prediction: Int, count: Int)] {
    var pairs: [(truth: Int, prediction: Int, count: Int)] = []
    for truth in chosen {
      for prediction in 0..<classes where prediction != truth && self[truth, prediction] > 0 {
        pairs.append((truth, prediction, self[truth, prediction]))
      }
    }
    return Array(pairs.sorted { ($1.count, $0.truth, $0.prediction) < ($0.count, $1.truth, $1.prediction) }.prefix(limit))
  }
}
