import Basics
import Datasets
import Kernels
import Taxonomy

/// Training images of a label set's classes in a seeded order: every round draws each class once, in an order of its own, and an
/// image of it that was not drawn before. So large classes do not crowd out small ones, and fewer images are the first of more.
public struct CollageDraw: Sequence, IteratorProtocol, Sendable {
  /// The training images of each class, drawn ones in front.
  private var images: [[Int32]]
  private var drawn: [Int]
  private let seed: UInt64
  private var round = 0
  private var order: [Int] = []

  /// - Throws: a ``Problem`` where the label set has no training image in the dataset.
  public init(_ labelSet: LabelSet, of dataset: any Dataset, seed: UInt64) throws(Problem) {
    let wnids = dataset.classes.map(\.wnid)
    var perFine = [[Int32]](repeating: [], count: wnids.count)
    for (image, label) in dataset.labels(.train).enumerated() { perFine[Int(label)].append(Int32(image)) }
    images = labelSet.classes.map { _ in [] }
    for (fine, target) in labelSet.targets(for: wnids).enumerated() where target >= 0 {
      let own = perFine[fine]
      // A budget of images holds here as in a training.
      let used = labelSet.imageBudget?.drawn(from: own.count, ofClass: wnids[fine]).map { own[$0] } ?? own
      images[Int(target)] += used
    }
    drawn = images.map { _ in 0 }
    self.seed = seed
    guard images.contains(where: { !$0.isEmpty }) else {
      throw Problem("the dataset \(dataset.name) has no training images for this label set", at: labelSet.name)
    }
  }

  /// The next image's index among the training images and its class's among the label set's; nil where all were drawn.
  public mutating func next() -> (image: Int, label: Int)? {
    if order.isEmpty {
      order = images.indices.filter { drawn[$0] < images[$0].count }
      let random = CounterRandom(seed: seed, 1, round)
      for place in order.indices { order.swapAt(place, place + random.below(order.count - place, place)) }
      // Taken from the end.
      order.reverse()
      round += 1
    }
    guard let label = order.popLast() else { return nil }
    let place = drawn[label]
    let random = CounterRandom(seed: seed, 2, label)
    images[label].swapAt(place, place + random.below(images[label].count - place, place))
    drawn[label] += 1
    return (Int(images[label][place]), label)
  }
}
