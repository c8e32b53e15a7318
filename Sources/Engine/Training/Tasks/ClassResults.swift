import Basics

/// How well each target class was told from the others in one validation, and what its images were taken for.
public struct ClassResults: Codable, Equatable, Sendable {
  /// Images of one class that were taken for another.
  public struct Confusion: Equatable, Sendable {
    /// An index into the label set's classes.
    public var label: Int
    /// Another one; nil where no score of the network was a number.
    public var prediction: Int?
    public var count: Int

    package init(label: Int, prediction: Int?, count: Int) {
      (self.label, self.prediction, self.count) = (label, prediction, count)
    }
  }

  @Bounded<Count> public var step: Int
  @Bounded<Measure> public var epoch: Double
  /// The validation images of each target class, and how many of them were right.
  public private(set) var images: [Int32]
  public private(set) var right: [Int32]
  /// Images whose confusion is not listed, for want of room.
  @Bounded<Count> public private(set) var unlisted: Int
  /// Label, prediction (−1: none) and count of each confusion, one behind the other, the most frequent first.
  private var listed: [Int32]

  /// No more confusions are listed: a file stays below 4 MB however many classes and images there are. 50,000 images of
  /// 1000 classes never have so many.
  package static let most = 100_000

  /// - Parameter pairs: of every image its label in the upper 32 bits, its prediction in the lower ones (−1: none).
  package init(step: Int, epoch: Double, classes: Int, pairs: [UInt64]) {
    (self.step, self.epoch) = (step, epoch)
    images = Array(repeating: 0, count: classes)
    right = images
    unlisted = 0
    listed = []
    var found: [(pair: UInt64, count: Int32)] = []
    for pair in pairs.sorted() {
      let label = Int(pair >> 32)
      images[label] += 1
      if pair >> 32 == pair & 0xFFFF_FFFF {
        right[label] += 1
      } else if found.last?.pair == pair {
        found[found.count - 1].count += 1
      } else {
        found.append((pair, 1))
      }
    }
    found.sort { ($1.count, $0.pair) < ($0.count, $1.pair) }
    for (pair, count) in found.prefix(Self.most) {
      listed += [Int32(pair >> 32), Int32(truncatingIfNeeded: pair), count]
    }
    unlisted = found.dropFirst(Self.most).reduce(0) { $0 + Int($1.count) }
  }

  /// The number of target classes.
  public var classes: Int { images.count }

  /// The share of a class's images that were right, 0…1; nil where it has none.
  public func accuracy(of label: Int) -> Double? {
    images[label] > 0 ? Double(right[label]) / Double(images[label]) : nil
  }

  /// The confusions, the most frequent first.
  public var confusions: some RandomAccessCollection<Confusion> {
    (0..<listed.count / 3).lazy.map { [listed] in
      let prediction = Int(listed[3 * $0 + 1])
      return Confusion(
        label: Int(listed[3 * $0]), prediction: prediction < 0 ? nil : prediction, count: Int(listed[3 * $0 + 2]))
    }
  }

  /// The most frequent confusion of each class; nil for classes that are never confused.
  public func topConfusions() -> [Confusion?] {
    var top = [Confusion?](repeating: nil, count: classes)
    for confusion in confusions where top[confusion.label] == nil { top[confusion.label] = confusion }
    return top
  }

  /// Whether the numbers can be used without looking out of bounds: a file may be anything.
  package var isSound: Bool {
    let labels = Int32(classes)
    return right.count == classes && listed.count % 3 == 0 && unlisted >= 0
      && zip(images, right).allSatisfy { 0 <= $1 && $1 <= $0 }
      && confusions.allSatisfy { $0.count > 0 }
      && stride(from: 0, to: listed.count, by: 3).allSatisfy {
        (0..<labels).contains(listed[$0]) && (-1..<labels).contains(listed[$0 + 1])
      }
  }
}
