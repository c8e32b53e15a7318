/// What a label set means for a training: how many classes and images, how unequal, how hard by chance.
public struct Consequences: Equatable, Sendable {
  public let classes: Int
  /// Fine classes that are in a class, and those that are left out.
  public let fineClasses, leftOut: Int
  /// Classes of one fine class.
  public let singletons: Int
  /// The accuracy of guessing: 1 / classes.
  public let chance: Double
  /// The training images of each class, in no order that means anything; nil where the dataset has no images here.
  public let sizes: [Int]?
  /// All of them.
  public let images: Int?
  /// The classes with the most and the fewest images (fine classes, where there are no images): the first of equal ones. Nil
  /// where there is no class.
  public let largest, smallest: Extreme?

  /// A class that is larger or smaller than all others.
  public struct Extreme: Equatable, Sendable {
    /// As ``init(targets:imagesPerFine:budget:)`` was given it.
    public let target: Int
    /// Its images, or else its fine classes.
    public let size: Int
  }

  /// The training images of each class, ascending.
  public var imagesPerClass: [Int]? { sizes?.sorted() }
  /// How many times more images the largest class has than the smallest; nil where the smallest has none.
  public var imbalance: Double? {
    guard sizes != nil, let smallest, let largest, smallest.size > 0 else { return nil }
    return Double(largest.size) / Double(smallest.size)
  }

  /// - Parameters:
  ///   - targets: the target of each fine class, negative where it is left out; any numbering of the targets.
  ///   - imagesPerFine: the number of training images of each fine class.
  public init(targets: [Int32], imagesPerFine: [Int]?, budget: ImageBudget? = nil) {
    // This runs at every edit of trees with 80,000 classes: one loop over the fine classes, one over the targets.
    var members = [Int32](repeating: 0, count: Int(targets.max() ?? -1) + 1)
    var images = [Int](repeating: 0, count: imagesPerFine == nil ? 0 : members.count)
    let most = budget?.perClass ?? .max
    var held = 0
    for (fine, target) in targets.enumerated() where target >= 0 {
      members[Int(target)] += 1
      held += 1
      if let imagesPerFine { images[Int(target)] += min(imagesPerFine[fine], most) }
    }
    var (classes, singletons, total) = (0, 0, 0)
    var sizes: [Int] = []
    if imagesPerFine != nil { sizes.reserveCapacity(min(members.count, held)) }
    var largest, smallest: Extreme?
    for target in members.indices where members[target] > 0 {
      classes += 1
      if members[target] == 1 { singletons += 1 }
      let size = imagesPerFine == nil ? Int(members[target]) : images[target]
      if imagesPerFine != nil {
        sizes.append(size)
        total += size
      }
      if size > largest?.size ?? .min { largest = Extreme(target: target, size: size) }
      if size < smallest?.size ?? .max { smallest = Extreme(target: target, size: size) }
    }
    (self.classes, self.singletons, self.largest, self.smallest) = (classes, singletons, largest, smallest)
    fineClasses = held
    leftOut = targets.count - held
    chance = classes == 0 ? 0 : 1 / Double(classes)
    self.sizes = imagesPerFine == nil ? nil : sizes
    self.images = imagesPerFine == nil ? nil : total
  }
}
