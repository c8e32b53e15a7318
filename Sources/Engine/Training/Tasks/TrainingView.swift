import Basics
import Datasets
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
        "the label set has too few classes to train on", at: labelSet.name, expected: "two classes or more",
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
        advice: "see \(ShellCommand("data", "show", dataset.name).inSentence)")
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
    let (starts, places) = placesByClass(samples, labels, classes: wnids.count)
    var isChosen = [Bool](repeating: false, count: samples.count)
    var total = 0
    isChosen.withUnsafeMutableBufferPointer { isChosen in
      for (index, wnid) in wnids.enumerated() {
        let drawn = budget.drawn(from: starts[index + 1] - starts[index], ofClass: wnid)
        for number in drawn {
          let place = starts[index] + number
          isChosen[places.isEmpty ? place : Int(places[place])] = true
        }
        total += drawn.count
      }
    }
    // One place more than there are: a sample is written in any case, and kept where it was chosen.
    return [Sample](unsafeUninitializedCapacity: total + 1) { chosen, count in
      var end = 0
      for (sample, isChosen) in zip(samples, isChosen) {
        chosen[end] = sample
        end += isChosen ? 1 : 0
      }
      count = end
    }
  }

  /// Where the samples of each class stand: those of class c are `places[starts[c]..<starts[c + 1]]`. No places: they come
  /// class by class already, as those of folders and databases do.
  private static func placesByClass(
    _ samples: [Sample], _ labels: [Int32], classes: Int
  ) -> (starts: [Int], places: [Int32]) {
    var starts = [Int](repeating: 0, count: classes + 1)
    var last = -1
    var isGrouped = true
    for (place, sample) in samples.enumerated() {
      let fineClass = Int(labels[Int(sample.index)])
      if fineClass == last { continue }
      isGrouped = fineClass > last
      guard isGrouped else { break }
      for skipped in last + 1...fineClass { starts[skipped] = place }
      last = fineClass
    }
    if isGrouped {
      for skipped in last + 1...classes { starts[skipped] = samples.count }
      return (starts, [])
    }
    starts = [Int](repeating: 0, count: classes + 1)
    for sample in samples { starts[Int(labels[Int(sample.index)]) + 1] += 1 }
    for fineClass in 0..<classes { starts[fineClass + 1] += starts[fineClass] }
    var ends = starts
    var places = [Int32](repeating: 0, count: samples.count)
    for (place, sample) in samples.enumerated() {
      let fineClass = Int(labels[Int(sample.index)])
      places[ends[fineClass]] = Int32(truncatingIfNeeded: place)
      ends[fineClass] += 1
    }
    return (starts, places)
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
