import Kernels
import Taxonomy

/// A dataset seen through a label set: which images take part, under which labels. Nothing is copied or moved.
public struct TrainingView: Sendable {
  public let training: [Sample]
  public let validation: [Sample]
  public let classes: Int

  /// - Throws: a ``Problem`` where the label set names classes that the dataset does not have, has fewer than two classes,
  ///   or leaves no image to train on.
  public init(_ dataset: any Dataset, _ labelSet: LabelSet) throws(Problem) {
    let wnids = dataset.classes.map(\.wnid)
    let known = Set(wnids)
    let strangers = labelSet.classes.flatMap(\.members).filter { !known.contains($0) }
    guard strangers.isEmpty else {
      throw Problem(
        "the label set does not fit the dataset \(dataset.name)", at: labelSet.name,
        expected: "its classes only", found: Self.list(strangers), advice: "make the label set from this dataset")
    }
    guard labelSet.classes.count > 1 else {
      throw Problem(
        "nothing can be learned from this label set", at: labelSet.name, expected: "two classes or more",
        found: "\(labelSet.classes.count)", advice: "cut the tree finer")
    }
    let targets = labelSet.targets(for: wnids)
    classes = labelSet.classes.count
    let all = Self.samples(dataset.labels(.train), targets)
    training = labelSet.imageBudget.map { Self.within($0, all, dataset.labels(.train), wnids) } ?? all
    validation = Self.samples(dataset.labels(.val), targets)
    guard !training.isEmpty else {
      throw Problem(
        "the dataset \(dataset.name) has no training images for this label set", at: labelSet.name,
        advice: "see `imagenet-tui data show \(dataset.name)`")
    }
  }

  /// Every image whose fine class has a target, in the dataset's order.
  private static func samples(_ labels: [Int32], _ targets: [Int32]) -> [Sample] {
    labels.indices.compactMap { index in
      let target = targets[Int(labels[index])]
      return target < 0 ? nil : Sample(index: Int32(index), label: target)
    }
  }

  /// The samples of each fine class that stand first in its permutation, in the dataset's order.
  private static func within(
    _ budget: ImageBudget, _ samples: [Sample], _ labels: [Int32], _ wnids: [String]
  ) -> [Sample] {
    var ofClass: [[Int]] = Array(repeating: [], count: wnids.count)
    for (place, sample) in samples.enumerated() { ofClass[Int(labels[Int(sample.index)])].append(place) }
    var chosen: [Int] = []
    for (wnid, places) in zip(wnids, ofClass) {
      chosen += budget.drawn(from: places.count, ofClass: wnid).map { places[$0] }
    }
    return chosen.sorted().map { samples[$0] }
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
