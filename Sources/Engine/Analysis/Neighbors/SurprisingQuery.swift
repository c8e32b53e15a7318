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

  /// Asks two nets about the same validation images.
  /// - Parameters:
  ///   - progress: hears what is done, and how much of it; what it throws ends the work.
  /// - Throws: a ``Problem`` where features cannot be computed, or `progress` throws one.
  public static func find(
    fine: NeighborFinder, coarse: NeighborFinder, in gallery: Split, metric: Metric, limit: Int = 25,
    progress: (String, Int, Int) throws(Problem) -> Void = { _, _, _ in }
  ) throws(Problem) -> [SurprisingQuery] {
    var answers: [[Int: [Int32]]] = []
    for finder in [fine, coarse] {
      for split in Set([Split.val, gallery]).sorted(by: { $0.rawValue > $1.rawValue }) {
        let total = finder.count(split)
        try finder.prepare(split) { (done) throws(Problem) in
          try progress("\(finder.features.id): \(finder.space) of \(split.rawValue)", done, total)
        }
      }
      let images = try finder.evenly(asked, of: .val)
      var found: [Int: [Int32]] = [:]
      for start in stride(from: 0, to: images.count, by: 100) {
        try progress("\(finder.features.id): neighbours", start, images.count)
        let part = Array(images[start..<min(images.count, start + 100)])
        for (image, neighbors) in zip(part, try finder.nearest(to: part, of: .val, in: gallery, k: neighbors, metric: metric)) {
          found[Int(image)] = neighbors.map(\.label)
        }
      }
      answers.append(found)
    }
    let labels = fine.dataset.labels(.val)
    // An image that one net could not read is asked of neither.
    let images = answers[0].keys.filter { answers[1][$0] != nil }.sorted()
    return ranked(
      images: images, labels: images.map { labels[$0] }, fine: images.map { answers[0][$0]! }, coarse: images.map { answers[1][$0]! },
      limit: limit)
  }
}
