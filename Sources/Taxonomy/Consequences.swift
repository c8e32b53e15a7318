/// What a label set means for a training: how many classes and images, how unequal, how hard by chance.
public struct Consequences: Equatable, Sendable {
  public let classes: Int
  /// Fine classes that are in a class, and those that are left out.
  public let fineClasses, leftOut: Int
  /// Classes of one fine class.
  public let singletons: Int
  /// The accuracy of guessing: 1 / classes.
  public let chance: Double
  /// The training images of each class, ascending; nil where the dataset has no images here.
  public let imagesPerClass: [Int]?

  public var images: Int? { imagesPerClass?.reduce(0, +) }
  /// How many times more images the largest class has than the smallest; nil where the smallest has none.
  public var imbalance: Double? {
    guard let smallest = imagesPerClass?.first, let largest = imagesPerClass?.last, smallest > 0 else { return nil }
    return Double(largest) / Double(smallest)
  }

  /// - Parameters:
  ///   - targets: the target of each fine class, negative where it is left out; any numbering of the targets.
  ///   - imagesPerFine: the number of training images of each fine class.
  public init(targets: [Int32], imagesPerFine: [Int]?, budget: ImageBudget? = nil) {
    let size = Int(targets.max() ?? -1) + 1
    var members = [Int](repeating: 0, count: max(0, size))
    var images = members
    for (fine, target) in targets.enumerated() where target >= 0 {
      members[Int(target)] += 1
      if let imagesPerFine { images[Int(target)] += min(imagesPerFine[fine], budget?.perClass ?? .max) }
    }
    let held = members.indices.filter { members[$0] > 0 }
    classes = held.count
    fineClasses = members.reduce(0, +)
    leftOut = targets.count - fineClasses
    singletons = held.count { members[$0] == 1 }
    chance = held.isEmpty ? 0 : 1 / Double(held.count)
    imagesPerClass = imagesPerFine.map { _ in held.map { images[$0] }.sorted() }
  }
}
