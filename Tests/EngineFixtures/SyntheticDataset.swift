import Basics
import Datasets
import Kernels
import Synchronization
import Taxonomy

/// Grey 28×28 images of bars: a class has its own direction and place, and every image noise of its own.
package struct SyntheticDataset: Dataset {
  package var name = "bars"
  package var summary: String { "bars for tests" }
  package let classes: [FineClass]
  package var fingerprint: String { "bars-\(classes.count)-\(images)" }
  package var imageSize: (height: Int, width: Int, channels: Int)? { isPhotographic ? nil : (28, 28, 1) }
  /// Images a split.
  package let images: Int
  /// Images that cannot be decoded.
  package var broken: [Split: Set<Int>] = [:]
  /// Validation shows the training images.
  package var validatesOnTraining = false
  /// Images of the validation split, where they are not as many as those of training.
  package var validationImages: Int?
  /// As if the images had sizes of their own: they are then loaded one by one.
  package var isPhotographic = false
  /// Counts the images that are asked for.
  package var loads: LoadCounter?

  package init(classes: Int, images: Int) {
    self.classes = (0..<classes).map { FineClass(wnid: "n0000000\($0)", name: "bar \($0)") }
    self.images = images
  }

  package func labels(_ split: Split) -> [Int32] {
    (0..<(split == .val ? validationImages ?? images : images)).map { Int32($0 % classes.count) }
  }

  package func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture {
    loads?.add()
    if broken[split]?.contains(index) == true {
      throw Problem("this is no image", at: identifier(split, index), found: "rubbish")
    }
    let random = CounterRandom(seed: split == .train || validatesOnTraining ? 1 : 2, index)
    let label = index % classes.count
    var pixels = [UInt8](repeating: 0, count: 28 * 28)
    for place in pixels.indices {
      let across = label % 2 == 0 ? place / 28 : place % 28
      let isBar = (across / 4) == label / 2 + 1
      pixels[place] = UInt8(random.below(100, place) + (isBar ? 150 : 0))
    }
    return Picture(width: 28, height: 28, channels: 1, pixels: pixels)
  }

  package func identifier(_ split: Split, _ index: Int) -> String { "\(split.rawValue)/\(index)" }

  /// Every fine class a class of its own.
  package var fineLabelSet: LabelSet {
    LabelSet(
      name: "fine", dataset: name, policy: .name, recipe: [],
      classes: classes.map { TargetClass(wnid: $0.wnid, name: $0.name, members: [$0.wnid]) }, leftOut: [])
  }
}

/// Counts from any thread.
package final class LoadCounter: Sendable {
  private let value = Atomic(0)

  package init() {}

  package var count: Int { value.load(ordering: .relaxed) }
  package func add() { value.add(1, ordering: .relaxed) }
}
