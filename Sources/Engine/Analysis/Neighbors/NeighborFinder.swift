import Basics
import Datasets
import Files
import Kernels
import Runs

/// What is searched for.
public enum NeighborQuery: Sendable, Equatable {
  /// An image of the dataset; it is never its own neighbour.
  case image(Split, Int)
  /// A picture from elsewhere.
  case picture(Picture)
}

/// An image that was found.
public struct NeighborImage: Sendable, Equatable, Codable {
  public var split: Split
  /// Its index in the split.
  public var index: Int
  /// Its fine class, an index into the dataset's classes.
  public var label: Int32
  /// In the search's metric.
  public var distance: Double

  public init(split: Split, index: Int, label: Int32, distance: Double) {
    self.split = split
    self.index = index
    self.label = label
    self.distance = distance
  }
}

/// Finds images that a run's network takes for alike: nearest neighbours in one of its activations, among all images of
/// a split. The gallery's features are those of ``ImageFeatures``. May be asked from many threads.
public final class NeighborFinder: Sendable {
  public let features: any ImageFeatures
  public var dataset: any Dataset { features.dataset }
  /// The layer whose activation is compared.
  public var space: String { features.space }
  /// The checkpoint; nil where there is none.
  public var step: Int? { features.checkpoint }

  /// - Parameters:
  ///   - dataset: whose images are looked at.
  ///   - space: a layer of the network; nil takes the last before the classifier.
  ///   - step: of a checkpoint; nil takes the best in validation.
  ///   - workers: how many threads to use.
  ///   - givesWay: whether features are computed at low priority.
  /// - Throws: a ``Problem`` where the run has no such checkpoint, or its network no such layer.
  public init(
    _ run: RunDirectory, dataset: any Dataset, home: Home, space: String? = nil, step: Int? = nil, workers: Int,
    givesWay: Bool = false
  ) throws(Problem) {
    features = try RunFeatures(run, dataset: dataset, home: home, space: space, step: step, workers: workers, givesWay: givesWay)
  }

  public init(_ features: any ImageFeatures) { self.features = features }

  /// The number of images in which `split` is searched.
  public func count(_ split: Split) -> Int { dataset.labels(split).count }

  /// Makes sure that the features of a split are there, so that ``nearest(to:in:k:metric:)`` answers at once.
  /// - Parameter progress: hears how many images are done; what it throws ends the work.
  /// - Throws: a ``Problem`` where features cannot be computed, or `progress` throws one.
  public func prepare(_ split: Split, progress: (Int) throws(Problem) -> Void = { _ in }) throws(Problem) {
    _ = try features.matrix(split, isLazy: true, progress: progress)
  }

  /// The `k` nearest images of a split, nearest first.
  /// - Throws: a ``Problem`` where features cannot be computed or read.
  public func nearest(
    to query: NeighborQuery, in split: Split, k: Int, metric: Metric
  ) throws(Problem) -> [NeighborImage] {
    try features.searching { () throws(Problem) in
      let gallery = try features.matrix(split, isLazy: true)
      var excluded: Int?
      var vector: Tensor?
      if case .image(split, let index) = query, let row = gallery.indices.firstIndex(of: Int32(clamping: index)) {
        excluded = row
        try gallery.check(row..<row + 1)
        vector = gallery.values.rows(row..<row + 1)
      }
      let asked: Tensor
      if let vector { asked = vector } else { asked = try self.features(of: query) }
      return try search(gallery, of: split, for: asked, excluding: [excluded], k: k, metric: metric)[0]
    }
  }

  /// So many images of a split that have features, or all of them, evenly drawn.
  func evenly(_ count: Int, of split: Split) throws(Problem) -> [Int32] {
    let known = try features.matrix(split, isLazy: true).indices
    return count >= known.count ? known : (0..<count).map { known[$0 * known.count / count] }
  }

  /// The `k` nearest images in `split` of each of several images, whose features are kept; none is its own neighbour.
  /// - Parameter asked: the split of `images`, which are rising indices out of ``evenly(_:of:)``.
  func nearest(
    to images: [Int32], of asked: Split, in split: Split, k: Int, metric: Metric
  ) throws(Problem) -> [[NeighborImage]] {
    try features.searching { () throws(Problem) in
      let (queries, gallery) = (try features.matrix(asked, isLazy: true), try features.matrix(split, isLazy: true))
      var rowOf = [Int32: Int](minimumCapacity: queries.indices.count)
      for (row, image) in queries.indices.enumerated() { rowOf[image] = row }
      let rows = images.compactMap { rowOf[$0] }
      try queries.check(rows)
      let vectors = features.backend.makeTensor([rows.count, queries.values.shape[1]])
      vectors.gather(rows, from: queries.values)
      return try search(gallery, of: split, for: vectors, excluding: asked == split ? rows.map { $0 } : nil, k: k, metric: metric)
    }
  }

  /// The images of the rows of a split's features that are nearest to each of some vectors.
  private func search(
    _ gallery: FeatureMatrix, of split: Split, for vectors: Tensor, excluding: [Int?]?, k: Int, metric: Metric
  ) throws(Problem) -> [[NeighborImage]] {
    let labels = dataset.labels(split)
    return try NeighborSearch(k: k, metric: metric, backend: features.backend)
      .nearest(to: vectors, in: Gallery(gallery), excluding: excluding)
      .map { found in
        found.map { neighbor in
          let index = Int(gallery.indices[neighbor.index])
          return NeighborImage(split: split, index: index, label: labels[index], distance: neighbor.distance)
        }
      }
  }

  private func features(of query: NeighborQuery) throws(Problem) -> Tensor {
    let matrix: FeatureMatrix
    switch query {
    case .image(let split, let index):
      guard dataset.labels(split).indices.contains(index) else {
        throw Problem(
          "there is no such image", at: "\(split.rawValue)/\(index)",
          expected: "an index below \(dataset.labels(split).count)", kind: .notFound)
      }
      matrix = try features.features(of: dataset, split, indices: [Int32(index)])
    case .picture(let picture):
      matrix = try features.features(of: LonePicture(picture), .val, indices: [0])
    }
    guard matrix.indices.count == 1 else {
      throw Problem(
        "the query image cannot be decoded", at: matrix.skipped.first?.identifier, found: matrix.skipped.first?.reason, kind: .data)
    }
    return matrix.values
  }
}

/// A picture from outside, as a dataset of one image.
private struct LonePicture: Dataset {
  let picture: Picture

  init(_ picture: Picture) { self.picture = picture }

  var name: String { "one picture" }
  var summary: String { name }
  var classes: [FineClass] { [] }
  var fingerprint: String { "" }
  var imageSize: (height: Int, width: Int, channels: Int)? { nil }
  func labels(_ split: Split) -> [Int32] { [0] }
  func picture(_ split: Split, _ index: Int) throws(Problem) -> Picture { picture }
  func identifier(_ split: Split, _ index: Int) -> String { "the query" }
}
