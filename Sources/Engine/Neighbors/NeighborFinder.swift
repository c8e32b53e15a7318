import Kernels
import Synchronization
import Taxonomy

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
/// a split.
///
/// The features of the gallery are computed once, kept on disk by ``FeatureCache``, and held in memory while this
/// lives. May be asked from many threads; they take turns.
public final class NeighborFinder: Sendable {
  public let run: RunDirectory
  public let configuration: RunConfiguration
  public let dataset: any Dataset
  /// The layer whose activation is compared.
  public let space: String
  /// The checkpoint.
  public let step: Int
  private let home: Home
  private let workers: Int
  private let opened: Mutex<Opened>

  private struct Opened {
    var backend: any Backend
    var extractor: FeatureExtractor
    var galleries: [Split: FeatureMatrix] = [:]
  }

  /// - Parameters:
  ///   - dataset: whose images are looked at.
  ///   - space: a layer of the network; nil takes the last before the classifier.
  ///   - step: of a checkpoint; nil takes the best in validation.
  ///   - workers: how many threads to use.
  /// - Throws: a ``Problem`` where the run has no such checkpoint, or its network no such layer.
  public init(
    _ run: RunDirectory, dataset: any Dataset, home: Home, space: String? = nil, step: Int? = nil, workers: Int
  ) throws(Problem) {
    configuration = try run.configuration()
    guard let chosen = step ?? run.checkpoints.best() else {
      throw Problem(
        "the run has no checkpoint yet", at: run.id, advice: "wait for the end of its first epoch")
    }
    self.run = run
    self.dataset = dataset
    self.home = home
    self.workers = workers
    self.step = chosen
    let architecture = try Architecture.named(configuration.training.network)
    self.space = space ?? architecture.features
    let backend = try CPUBackend.checked(
      workers: workers, convolution: configuration.training.convolution ?? .columns)
    opened = Mutex(
      Opened(
        backend: backend,
        extractor: try FeatureExtractor(
          snapshot: try run.checkpoints.load(chosen), configuration: configuration.training, space: self.space,
          backend: backend, workers: workers)))
  }

  /// The number of images in which `split` is searched.
  public func count(_ split: Split) -> Int { dataset.labels(split).count }

  /// Makes sure that the features of a split are there, so that ``nearest(to:in:k:metric:)`` answers at once.
  /// - Parameter progress: hears how many images are done; what it throws ends the work.
  public func prepare(_ split: Split, progress: (Int) throws(Problem) -> Void = { _ in }) throws(Problem) {
    try withOpened { (opened) throws(Problem) in
      guard opened.galleries[split] == nil else { return }
      let key = FeatureCache.Key(
        run: run.id, step: step, space: space, fingerprint: dataset.fingerprint, split: split)
      opened.galleries[split] = try FeatureCache(home: home).features(for: key) { () throws(Problem) in
        try opened.extractor.features(of: dataset, split, progress: progress)
      }
    }
  }

  /// The `k` nearest images of a split, nearest first.
  public func nearest(
    to query: NeighborQuery, in split: Split, k: Int, metric: Metric
  ) throws(Problem) -> [NeighborImage] {
    try prepare(split)
    return try withOpened { (opened) throws(Problem) in
      let gallery = opened.galleries[split]!
      var excluded: Int?
      var vector: Tensor?
      if case .image(split, let index) = query, let row = gallery.indices.firstIndex(of: Int32(clamping: index)) {
        excluded = row
        vector = Self.row(row, of: gallery.values)
      }
      let features: Tensor
      if let vector { features = vector } else { features = try self.features(of: query, opened.extractor) }
      let labels = dataset.labels(split)
      return try NeighborSearch(k: k, metric: metric, backend: opened.backend)
        .nearest(to: features, in: Gallery(gallery.values), excluding: [excluded])[0]
        .map { neighbor in
          let index = Int(gallery.indices[neighbor.index])
          return NeighborImage(split: split, index: index, label: labels[index], distance: neighbor.distance)
        }
    }
  }

  private func features(of query: NeighborQuery, _ extractor: FeatureExtractor) throws(Problem) -> Tensor {
    let matrix: FeatureMatrix
    switch query {
    case .image(let split, let index):
      guard dataset.labels(split).indices.contains(index) else {
        throw Problem(
          "there is no such image", at: "\(split.rawValue)/\(index)",
          expected: "an index below \(dataset.labels(split).count)")
      }
      matrix = try extractor.features(of: dataset, split, indices: [Int32(index)])
    case .picture(let picture):
      matrix = try extractor.features(of: LonePicture(picture), .val, indices: [0])
    }
    guard matrix.indices.count == 1 else {
      throw Problem(
        "the query image cannot be decoded", at: matrix.skipped.first?.identifier, found: matrix.skipped.first?.reason)
    }
    return matrix.values
  }

  private static func row(_ row: Int, of matrix: Tensor) -> Tensor {
    let width = matrix.shape[1]
    return Tensor(storage: matrix.storage, offset: matrix.offset + row * width, shape: [1, width])
  }

  /// As `Mutex.withLock`, for work that throws problems.
  private func withOpened<Value>(
    _ work: (inout Opened) throws(Problem) -> Value
  ) throws(Problem) -> Value where Value: Sendable {
    let result: Result<Value, Problem> = opened.withLock { opened in
      do throws(Problem) {
        return .success(try work(&opened))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
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
