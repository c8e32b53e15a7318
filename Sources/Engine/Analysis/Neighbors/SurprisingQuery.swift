import Basics
import Datasets

/// An image that two nets disagree about: its nearest neighbour is of its fine class under the one, and of another under the other.
public struct SurprisingQuery: Equatable, Sendable, Codable {
  /// Its index among the validation images.
  public var image: Int
  /// Its fine class.
  public var label: Int32
  /// How many of its ``neighbors`` nearest images are of its fine class, under the net on finer and the one on coarser classes.
  public var fine, coarse: Int
  /// Whether the net on coarser classes is the one that is right.
  public var isCoarseRight: Bool

  package init(image: Int, label: Int32, fine: Int, coarse: Int, isCoarseRight: Bool) {
    (self.image, self.label, self.fine, self.coarse, self.isCoarseRight) = (image, label, fine, coarse, isCoarseRight)
  }

  /// So many neighbours are counted.
  public static let neighbors = 5
  /// So many validation images are asked about at most, evenly drawn: enough to find some, and an answer within seconds.
  public static let asked = 1000

  /// The images that the nets disagree about most: first those that the coarser net has right, then the reverse, each with the largest
  /// difference of counts first, equal ones by index.
  /// - Parameters:
  ///   - images, labels: of the queries.
  ///   - fine, coarse: of each query, the classes of its nearest images under both nets, the nearest first.
  ///   - limit: of either kind.
  public static func ranked(
    images: [Int], labels: [Int32], fine: [[Int32]], coarse: [[Int32]], limit: Int
  ) -> [SurprisingQuery] {
    var found: [SurprisingQuery] = []
    for (place, label) in labels.enumerated() {
      let (isFineRight, isCoarseRight) = (fine[place].first == label, coarse[place].first == label)
      guard isFineRight != isCoarseRight else { continue }
      found.append(
        SurprisingQuery(
          image: images[place], label: label, fine: fine[place].count { $0 == label }, coarse: coarse[place].count { $0 == label },
          isCoarseRight: isCoarseRight))
    }
    func most(_ kind: Bool) -> ArraySlice<SurprisingQuery> {
      found.filter { $0.isCoarseRight == kind }.sorted { one, other in
        let (a, b) = (abs(one.coarse - one.fine), abs(other.coarse - other.fine))
        return a == b ? one.image < other.image : a > b
      }.prefix(limit)
    }
    return Array(most(true) + most(false))
  }
}
