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

  /// How many training images each class has.
  public func imagesPerClass() -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    for sample in training { counts[Int(sample.label)] += 1 }
    return counts
  }

  /// Every image whose fine class has a target, in the dataset's order.
  private static func samples(_ labels: [Int32], _ targets: [Int32]) -> [Sample] {
    // One block and one pass: ImageNet is relabelled in a few milliseconds.
    [Sample](unsafeUninitializedCapacity: labels.count) { samples, count in
      var end = 0
      targets.withUnsafeBufferPointer { targets in
        for (index, label) in labels.enumerated() {
          let target = targets[Int(label)]
          // Written in any case, and kept where there is a target: no branch to mispredict.
          samples[end] = Sample(index: Int32(truncatingIfNeeded: index), label: target)
          end += target < 0 ? 0 : 1
        }
      }
      count = end
    }
  }

  /// The samples of each fine class that stand first in its permutation, in the dataset's order.
  private static func within(
    _ budget: ImageBudget, _ samples: [Sample], _ labels: [Int32], _ wnids: [String]
  ) -> [Sample] {
    // The samples' places sorted by class (by counting), so that the k-th of a class is found at once.
    var starts = [Int](repeating: 0, count: wnids.count + 1)
    for sample in samples { starts[Int(labels[Int(sample.index)]) + 1] += 1 }
    for fineClass in wnids.indices { starts[fineClass + 1] += starts[fineClass] }
    var ends = starts
    var places = [Int32](repeating: 0, count: samples.count)
    for place in samples.indices {
      let fineClass = Int(labels[Int(samples[place].index)])
      places[ends[fineClass]] = Int32(truncatingIfNeeded: place)
      ends[fineClass] += 1
    }
    var isChosen = [Bool](repeating: false, count: samples.count)
    var total = 0
    for (fineClass, wnid) in wnids.enumerated() {
      let drawn = budget.drawn(from: starts[fineClass + 1] - starts[fineClass], ofClass: wnid)
      for place in drawn { isChosen[Int(places[starts[fineClass] + place])] = true }
      total += drawn.count
    }
    var chosen: [Sample] = []
    chosen.reserveCapacity(total)
    for place in samples.indices where isChosen[place] { chosen.append(samples[place]) }
    return chosen
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
