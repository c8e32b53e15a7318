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

  /// How many classes have their images in each of so many equal parts of the range from the smallest to the largest class; nil as
  /// ``sizes``. A screen draws it with every key.
  public let spread: [Int]?
  public static let spreadParts = 16

  /// The middle of the classes' images; nil where there is no class.
  public var median: Int? {
    guard let sizes, let low = smallest?.size, let high = largest?.size else { return nil }
    guard high - low < 1 << 16 else { return sizes.sorted()[sizes.count / 2] }
    var counts = [Int32](repeating: 0, count: high - low + 1)
    for size in sizes { counts[size - low] += 1 }
    var rest = Int32(sizes.count / 2)
    return low + counts.firstIndex { count in
      rest -= count
      return rest < 0
    }!
  }

  /// The training images of each class, ascending.
  public var imagesPerClass: [Int]? { sizes?.sorted() }
  /// How many times more images the largest class has than the smallest; nil where the smallest has none.
  public var imbalance: Double? {
    guard sizes != nil, let smallest, let largest, smallest.size > 0 else { return nil }
    return Double(largest.size) / Double(smallest.size)
  }

  /// Without images.
  init(classes: Int, fineClasses: Int, leftOut: Int, singletons: Int, largest: Extreme?, smallest: Extreme?) {
    (self.classes, self.fineClasses, self.leftOut, self.singletons) = (classes, fineClasses, leftOut, singletons)
    (self.largest, self.smallest) = (largest, smallest)
    chance = classes == 0 ? 0 : 1 / Double(classes)
    (sizes, images, spread) = (nil, nil, nil)
  }

  /// - Parameters:
  ///   - targets: the target of each fine class, negative where it is left out; any numbering of the targets.
  ///   - imagesPerFine: the number of training images of each fine class.
  public init(targets: [Int32], imagesPerFine: [Int]?, budget: ImageBudget? = nil) {
    // This runs at every edit of trees with 80,000 classes: plain loops over memory, one over the fine classes, one over the targets.
    let count = Int(targets.max() ?? -1) + 1
    let (members, held) = Self.count(targets, imagesPerFine, most: budget?.perClass ?? .max, targetCount: count)
    var sizes: [Int] = []
    if held != nil { sizes.reserveCapacity(min(count, targets.count)) }
    var (classes, fines, singletons, total) = (0, 0, 0, 0)
    var (largest, most, smallest, least) = (-1, -1, -1, Int.max)
    members.withUnsafeBufferPointer { members in
      for target in 0..<members.count where members[target] > 0 {
        classes += 1
        fines += Int(members[target])
        singletons += members[target] == 1 ? 1 : 0
        var size = Int(members[target])
        if let held {
          size = held[target]
          sizes.append(size)
          total += size
        }
        if size > most { (largest, most) = (target, size) }
        if size < least { (smallest, least) = (target, size) }
      }
    }
    (self.classes, self.singletons) = (classes, singletons)
    self.largest = largest < 0 ? nil : Extreme(target: largest, size: most)
    self.smallest = smallest < 0 ? nil : Extreme(target: smallest, size: least)
    fineClasses = fines
    leftOut = targets.count - fines
    chance = classes == 0 ? 0 : 1 / Double(classes)
    self.sizes = held == nil ? nil : sizes
    spread = held == nil ? nil : Self.spread(sizes, from: least, to: most)
    images = held == nil ? nil : total
  }

  /// The fine classes of each target, and its images where those are known.
  private static func count(
    _ targets: [Int32], _ imagesPerFine: [Int]?, most: Int, targetCount: Int
  ) -> (members: [Int32], images: [Int]?) {
    var members = [Int32](repeating: 0, count: targetCount)
    var images = [Int](repeating: 0, count: imagesPerFine == nil ? 0 : targetCount)
    members.withUnsafeMutableBufferPointer { members in
      images.withUnsafeMutableBufferPointer { images in
        targets.withUnsafeBufferPointer { targets in
          guard let imagesPerFine else {
            for target in targets where target >= 0 { members[Int(target)] &+= 1 }
            return
          }
          imagesPerFine.withUnsafeBufferPointer { imagesPerFine in
            for fine in 0..<targets.count where targets[fine] >= 0 {
              members[Int(targets[fine])] &+= 1
              images[Int(targets[fine])] &+= min(imagesPerFine[fine], most)
            }
          }
        }
      }
    }
    return (members, imagesPerFine == nil ? nil : images)
  }

  private static func spread(_ sizes: [Int], from low: Int, to high: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: spreadParts)
    let scale = Double(spreadParts) / Double(max(0, high - low) + 1)
    for size in sizes { counts[min(spreadParts - 1, Int(Double(size - low) * scale))] += 1 }
    return counts
  }
}
