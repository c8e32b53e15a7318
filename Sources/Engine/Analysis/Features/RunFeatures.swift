import Basics
import Datasets
import Files
import Kernels
import Networks
import Runs
import Synchronization
import Taxonomy

/// What a run's network makes of a dataset's images in one of its layers, computed once, kept on disk by ``FeatureCache`` and read
/// there. May be asked from many threads; those that compute take turns.
public final class RunFeatures: ImageFeatures {
  public let run: RunDirectory
  public let configuration: RunConfiguration
  public let dataset: any Dataset
  /// The layer.
  public let space: String
  /// The checkpoint.
  public let step: Int
  /// What the features were computed with, for whatever is computed from them.
  public let backend: any Backend
  private let home: Home
  private let givesWay: Bool
  private let opened: Mutex<Opened>

  private let workers: Int

  public var id: String { run.id }
  public var name: String { configuration.name }
  public var checkpoint: Int? { step }
  public var labelSet: LabelSet { configuration.labelSet }
  public var seed: UInt64 { configuration.training.seed }

  private struct Opened {
    /// For one image at a time: with room for a batch it would hold hundreds of megabytes between the passes over a split.
    var extractor: FeatureExtractor
    var whole: [Split: FeatureMatrix] = [:]
  }

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
    configuration = try run.configuration()
    let chosen = try run.chosenCheckpoint(step)
    self.run = run
    self.dataset = dataset
    self.home = home
    self.givesWay = givesWay
    self.workers = workers
    self.step = chosen
    let architecture = try Architecture.named(configuration.training.network)
    self.space = space ?? architecture.features
    backend = try CPUBackend.checked(workers: workers, for: configuration.training)
    opened = Mutex(
      Opened(
        extractor: try FeatureExtractor(
          snapshot: try run.checkpoints.load(chosen), configuration: configuration.training, space: self.space,
          backend: backend, workers: workers, batch: 1)))
  }

  /// One for many images, with scratch memory of its own, which ends with it. That for one image where the checkpoint is gone.
  private func large(_ small: FeatureExtractor) throws(Problem) -> FeatureExtractor {
    guard let snapshot = try? run.checkpoints.load(step) else { return small }
    return try FeatureExtractor(
      snapshot: snapshot, configuration: configuration.training, space: space,
      backend: CPUBackend(workers: workers, for: configuration.training), workers: workers)
  }

  /// - Throws: a ``Problem`` where the split cannot be read, no image can be decoded, or `progress` throws one.
  public func rows(
    _ split: Split, indices: [Int32]?, isLazy: Bool, progress: (Int) throws(Problem) -> Void
  ) throws(Problem) -> FeatureMatrix {
    try withOpened { (opened) throws(Problem) in
      if indices == nil, let whole = opened.whole[split], isLazy || (try? whole.check()) != nil { return whole }
      let key = key(split, indices)
      let extractor = opened.extractor
      let made = try FeatureCache(home: home).features(
        for: key, rows: indices?.count ?? dataset.labels(split).count, width: extractor.count, isLazy: isLazy
      ) { (done, keep, take) throws(Problem) in
        // What was freed in small pieces is given back to the system as well.
        defer { giveBackFreedMemory() }
        func extract() throws(Problem) -> ExtractedImages {
          var begun = steadyTime()
          func rest(_ done: Int) throws(Problem) {
            try progress(done)
            LowPriority.rest(after: steadyTime() - begun)
            begun = steadyTime()
          }
          return try large(extractor).extract(from: dataset, split, indices: indices, after: done, keep: keep, progress: rest, take: take)
        }
        return givesWay ? try LowPriority.run(extract) : try extract()
      }
      if indices == nil { opened.whole[split] = made }
      return made
    }
  }

  private func key(_ split: Split, _ indices: [Int32]? = nil) -> FeatureCache.Key {
    FeatureCache.Key(run: run.id, step: step, space: space, fingerprint: dataset.fingerprint, split: split, indices: indices)
  }

  /// Does work on rows that are checked as it comes to them. Where it meets damaged ones, they are thrown away, and it is done once more on
  /// rows that are computed again.
  ///
  /// The rows that it looked at are not left in this process's memory: it would hold those of every net that was searched, a hundred megabytes each.
  public func searching<Value>(_ work: () throws(Problem) -> Value) throws(Problem) -> Value {
    // While features are being computed the next search does it.
    defer { opened.withLockIfAvailable { opened in for matrix in opened.whole.values { matrix.file?.forget() } } }
    do throws(Problem) {
      return try work()
    } catch {
      let damaged = opened.withLock { opened in
        let damaged = opened.whole.filter { $0.value.kept?.isDamaged == true }.map(\.key)
        for split in damaged { opened.whole[split] = nil }
        return damaged
      }
      guard !damaged.isEmpty else { throw error }
      for split in damaged { FeatureCache(home: home).discard(key(split)) }
      return try work()
    }
  }

  /// How features are computed at low priority from now on, of any run.
  /// - Parameters:
  ///   - workers: how many cores compute them.
  ///   - restFactor: how long they rest after each batch, in times of what it took.
  public static func giveWay(workers: Int, restFactor: Int) { (LowPriority.workers, LowPriority.restFactor) = (workers, restFactor) }

  public func features(of dataset: any Dataset, _ split: Split, indices: [Int32]) throws(Problem) -> FeatureMatrix {
    try withOpened { (opened) throws(Problem) in try opened.extractor.features(of: dataset, split, indices: indices) }
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
