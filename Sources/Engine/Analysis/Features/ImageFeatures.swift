import Basics
import Datasets
import Kernels
import Taxonomy

/// What a network makes of a dataset's images in one of its layers, a row an image: a run's (``RunFeatures``), or another program's
/// (``ImportedFeatures``). May be asked from many threads.
public protocol ImageFeatures: Sendable {
  /// What names them in commands: a run's directory, or `features/NAME`.
  var id: String { get }
  /// What people call them.
  var name: String { get }
  /// The step of the checkpoint; nil where there is none.
  var checkpoint: Int? { get }
  /// The layer.
  var space: String { get }
  var dataset: any Dataset { get }
  /// The classes that the network was taught; without any where it was taught others, or nobody said.
  var labelSet: LabelSet { get }
  /// Of the training; 0 where that is not known.
  var seed: UInt64 { get }
  /// What whatever is computed from the features is computed with.
  var backend: any Backend { get }

  /// The features of a split; `indices`: of these images alone, rising.
  /// - Parameters:
  ///   - isLazy: whether kept rows are to be checked only when they are looked at, within ``searching(_:)``.
  ///   - progress: hears how many images are done; what it throws ends the work.
  /// - Throws: a ``Problem`` where there are none and none can be computed, or `progress` throws one.
  func rows(_ split: Split, indices: [Int32]?, isLazy: Bool, progress: (Int) throws(Problem) -> Void) throws(Problem) -> FeatureMatrix

  /// Does work on rows that are checked as it comes to them.
  /// - Throws: what the work throws, or a ``Problem`` where the rows are damaged and cannot be computed again.
  func searching<Value>(_ work: () throws(Problem) -> Value) throws(Problem) -> Value

  /// The features of images that are not kept, of any dataset.
  /// - Throws: a ``Problem`` where no network can be asked, or it cannot read them.
  func features(of dataset: any Dataset, _ split: Split, indices: [Int32]) throws(Problem) -> FeatureMatrix
}

extension ImageFeatures {
  /// As ``rows(_:indices:isLazy:progress:)``.
  public func matrix(
    _ split: Split, indices: [Int32]? = nil, isLazy: Bool = false, progress: (Int) throws(Problem) -> Void = { _ in }
  ) throws(Problem) -> FeatureMatrix {
    try rows(split, indices: indices, isLazy: isLazy, progress: progress)
  }

  /// Says how many images of a split are done.
  func report(_ split: Split, _ done: Int, to progress: EvaluationProgress) throws(Problem) {
    try progress("\(id): \(space) of \(split.rawValue)", done, dataset.labels(split).count)
  }
}
